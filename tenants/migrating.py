"""Bringing every tenant's schema to the present state of the migrations, several at a time.

What is applied is read from each schema's own table, many schemas in one query; nothing else is
trusted. Each tenant is migrated under a lock of its own, so that two commands share the work, and
a command that was killed is simply run again.
"""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import local
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tenants.utils import quote_schema_name

from tenants.context import public_context
from tenants.grants import grant_schema
from tenants.migrator import Migrator
from tenants.models import Tenant
from tenants.schema_states import SchemaState, SchemaStatus
from tenants.template import migration_state

SCHEMAS_A_QUERY = 200
MIGRATE_LOCK = 7302
EXISTING = """
    SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relname = 'django_migrations' AND nspname = ANY(%s)"""
_own = local()


@dataclass(slots=True)
class Outcome:
    """What a run came to; tenants are named by their slugs."""

    current: int = 0
    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def migrate_tenants(tenants: Iterable[Tenant], *, jobs: int) -> Outcome:
    """Migrate those that are behind; one that fails is named and does not stop the others."""
    everybody = list(tenants)
    late = tenants_behind(everybody)
    outcome = Outcome(current=len(everybody) - len(late))
    for tenant, error in _work(late, jobs=min(jobs, len(late))):
        if error:
            outcome.failed[tenant.slug] = error
        else:
            outcome.migrated.append(tenant.slug)
    return outcome


def tenants_behind(tenants: Iterable[Tenant]) -> list[Tenant]:
    """Return those whose schema lacks a migration; one without a schema is left out."""
    by_home: dict[str, list[Tenant]] = {}
    for tenant in tenants:
        by_home.setdefault(tenant.db_alias, []).append(tenant)
    return [tenant for alias, some in by_home.items() for tenant in _behind_in(alias, some)]


def _behind_in(alias: str, tenants: list[Tenant]) -> list[Tenant]:
    wanted = expected_migrations()
    found: list[Tenant] = []
    with public_context(), connections[alias].cursor() as cursor:
        for start in range(0, len(tenants), SCHEMAS_A_QUERY):
            some = tenants[start : start + SCHEMAS_A_QUERY]
            cursor.execute(EXISTING, [[tenant.schema_name for tenant in some]])
            # A tenant that is being opened or erased has none to be seen.
            existing = {name for (name,) in cursor.fetchall()}
            if not existing:
                continue
            counts = " UNION ALL ".join(
                f"SELECT '{name}', count(*) FROM {quote_schema_name(name)}.django_migrations"  # noqa: S608
                " WHERE app || '.' || name = ANY(%(wanted)s)"
                for name in sorted(existing)
            )
            cursor.execute(counts, {"wanted": wanted})
            current = {name for name, count in cursor.fetchall() if count == len(wanted)}
            behind = existing - current
            found += [tenant for tenant in some if tenant.schema_name in behind]
    return found


@cache
def expected_migrations() -> list[str]:
    """Return what each tenant's schema has to have, as `tasks.0001_initial`."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return [f"{app}.{name}" for app, name in loader.disk_migrations]


def _work(tenants: list[Tenant], *, jobs: int) -> Iterator[tuple[Tenant, str]]:
    """Give each tenant with what went wrong, as they come to an end."""
    if jobs <= 1:
        yield from ((tenant, migrate_tenant(tenant.pk)) for tenant in tenants)
        return
    by_key = {tenant.pk: tenant for tenant in tenants}
    # Processes, since building the states of models is work for Python itself; they inherit what
    # is loaded, but no connection.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(jobs, _end_when_asked) as pool:
        for key, error in pool.imap_unordered(_migrate_in_process, by_key):
            yield by_key[key], error


def _end_when_asked() -> None:
    """Let SIGTERM end this process, whatever the one that it came from does with it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _migrate_in_process(key: UUID) -> tuple[UUID, str]:
    return key, migrate_tenant(key)


def migrate_tenant(key: UUID) -> str:
    """Migrate one tenant under its lock; return what went wrong, or an empty string."""
    with public_context():
        tenant = Tenant.objects.filter(pk=key).first()
        if tenant is None:
            return ""
        with _lock_of(tenant):
            if not tenants_behind([tenant]):
                return ""
            _note(tenant, status=SchemaStatus.RUNNING)
            try:
                _migrator_of(tenant.db_alias).migrate(tenant.schema_name)
                grant_schema(tenant.schema_name, alias=tenant.db_alias)
            except Exception as error:  # noqa: BLE001  whatever a migration raises is told by name
                _own.__dict__.clear()
                sentence = f"{type(error).__name__}: {error}".strip().split("\n")[0]
                _note(tenant, status=SchemaStatus.FAILED, error=sentence[:500])
                return sentence
            _note(tenant, status=SchemaStatus.CURRENT)
    return ""


def _migrator_of(alias: str) -> Migrator:
    """Return this thread's, since a connection belongs to one thread."""
    if alias not in _own.__dict__:
        _own.__dict__[alias] = Migrator(alias)
    migrator: Migrator = _own.__dict__[alias]
    return migrator


@contextmanager
def _lock_of(tenant: Tenant) -> Iterator[None]:
    """Let one process at a time work on the tenant; the others wait and find it done."""
    with connections[tenant.db_alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [MIGRATE_LOCK, str(tenant.pk)])
        try:
            yield
        finally:
            unlock = "SELECT pg_advisory_unlock(%s, hashtext(%s))"
            cursor.execute(unlock, [MIGRATE_LOCK, str(tenant.pk)])


def _note(tenant: Tenant, *, status: SchemaStatus, error: str = "") -> None:
    now = timezone.now()
    running = status == SchemaStatus.RUNNING
    values: dict[str, Any] = {"status": status, "error": error, "state": migration_state()}
    values |= {"started_at": now, "ended_at": None} if running else {"ended_at": now}
    SchemaState.objects.update_or_create(
        tenant=tenant, defaults=values, create_defaults={"started_at": now, **values}
    )
