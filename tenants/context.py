"""Which tenant the running code works for, and in which database. Nothing here ever guesses."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from tenants.backend.place import NOWHERE, SHARED, NoTenant, Place, in_force

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper
    from tenants.models import Tenant

P = TypeVar("P")


class NoTenantError(RuntimeError):
    """Tenant work was asked for outside any tenant; there is no fall-back to `public`."""


def current_tenant() -> "Tenant":
    """Return the tenant in force. Raises NoTenantError when there is none."""
    tenant = tenant_or_none()
    if tenant is None:
        raise NoTenantError("no tenant is in force here")
    return tenant


def tenant_or_none() -> "Tenant | None":
    """Return the tenant in force, or None on the shared host and in the shell."""
    place = in_force.get()
    return None if isinstance(place, NoTenant) else place


class Entered(AbstractContextManager[P]):
    """Inside, a place is in force; the one before is again afterwards. Once for each use."""

    __slots__ = ("_given", "_place", "_token")

    def __init__(self, place: Place, given: P) -> None:
        self._place, self._given = place, given

    def __enter__(self) -> P:
        self._token = in_force.set(self._place)
        return self._given

    def __exit__(self, *_raised: object) -> None:
        left_in_order = in_force.get() is self._place
        in_force.reset(self._token)
        if not left_in_order:
            # A generator that was left in the middle: whose turn it is now, nobody knows.
            in_force.set(NOWHERE)
            raise NoTenantError("tenants were left in another order than they were entered")


def tenant_context(tenant: "Tenant") -> Entered["Tenant"]:
    """Everything inside works for `tenant`; the one before is in force again afterwards.

    Only names the tenant. Queries also need a transaction: see `tenant_transaction`.
    """
    return Entered(tenant, tenant)


def public_context() -> Entered[None]:
    """Everything inside works on the shared directories, also when a tenant is in force."""
    return Entered(SHARED, None)


def home_alias() -> str:
    """Return the database in which the tenant in force lives; the first one without a tenant."""
    tenant = tenant_or_none()
    return tenant.db_alias if tenant else DEFAULT_DB_ALIAS


class Shared(transaction.Atomic):
    """A transaction that fails as a whole: the services called in it need no savepoints."""


@contextmanager
def atomic(*, durable: bool = False) -> Iterator[None]:
    """Run in one transaction, in the database of the tenant in force; also as a decorator.

    Inside a request to the API it joins the request's: what fails there fails the request. Whoever
    wants to go on after an error makes an `attempt`. A durable one is committed when it ends:
    inside another one it raises RuntimeError.
    """
    alias = home_alias()
    blocks = connections[alias].atomic_blocks
    joins = bool(blocks) and isinstance(blocks[-1], Shared)
    kind = Shared if joins else transaction.Atomic
    with kind(using=alias, savepoint=not joins, durable=durable):
        yield


@contextmanager
def attempt() -> Iterator[None]:
    """Run what may fail without harm to the transaction around it."""
    with transaction.atomic(using=home_alias()):
        yield


@contextmanager
def tenant_transaction(tenant: "Tenant") -> Iterator["Tenant"]:
    """Enter `tenant` and a transaction of its own: how jobs and commands do their work."""
    with tenant_context(tenant), transaction.atomic(using=tenant.db_alias):
        yield tenant


def commit_without_waiting() -> None:
    """Let the COMMIT of the transaction in force not wait until it is on the disk.

    For what is simply done again when PostgreSQL crashes within the second: it is undone as a
    whole, and never where a later COMMIT that waited is kept (PostgreSQL, "Asynchronous Commit").
    """
    wrapper_of(home_alias()).say_soon("SET LOCAL synchronous_commit = off", [])


def wrapper_of(alias: str) -> "DatabaseWrapper":
    """Return this thread's connection, typed as our backend."""
    return cast("DatabaseWrapper", connections[alias])
