"""Which tenant the running code works for. Nothing here ever guesses."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, cast

from django.db import connections, transaction

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper
    from tenants.models import Tenant

_current: ContextVar["Tenant | None"] = ContextVar("tenant", default=None)


class NoTenantError(RuntimeError):
    """Tenant work was asked for outside any tenant; there is no fall-back to `public`."""


def current_tenant() -> "Tenant":
    """Return the tenant in force. Raises NoTenantError when there is none."""
    tenant = _current.get()
    if tenant is None:
        raise NoTenantError("no tenant is in force here")
    return tenant


def tenant_or_none() -> "Tenant | None":
    """Return the tenant in force, or None on the shared host and in the shell."""
    return _current.get()


@contextmanager
def tenant_context(tenant: "Tenant") -> Iterator["Tenant"]:
    """Everything inside works for `tenant`; the one before is in force again afterwards.

    Only names the tenant. Queries also need a transaction: see `tenant_transaction`.
    """
    connection = wrapper_of(tenant.db_alias)
    before = connection.tenant
    token = _current.set(tenant)
    connection.set_tenant(tenant)
    try:
        yield tenant
    finally:
        connection.set_tenant(before)
        _current.reset(token)


@contextmanager
def public_context() -> Iterator[None]:
    """Everything inside works on the shared directories, also when a tenant is in force."""
    connection = wrapper_of("default")
    before = connection.tenant
    token = _current.set(None)
    connection.set_schema_to_public()  # type: ignore[no-untyped-call]  # django-tenants
    try:
        yield
    finally:
        connection.set_tenant(before)
        _current.reset(token)


@contextmanager
def tenant_transaction(tenant: "Tenant") -> Iterator["Tenant"]:
    """Enter `tenant` and a transaction of its own: how jobs and commands do their work."""
    with tenant_context(tenant), transaction.atomic(using=tenant.db_alias):
        yield tenant


def wrapper_of(alias: str) -> "DatabaseWrapper":
    """Return this thread's connection, typed as our backend."""
    return cast("DatabaseWrapper", connections[alias])
