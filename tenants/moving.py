"""Moving an organisation to another database, while its people read on.

Nothing is lost, whoever is killed when: until the switch everything stands where it stood, and from
it on where it went. What writes meanwhile is refused by the database itself: a trigger is attached
to each table of the old schema, which waits for whoever has just written there, and stays. Each
step may be done twice, so that another worker goes on where one was killed.
"""

import logging
from collections.abc import Callable
from hashlib import sha256
from time import monotonic, sleep
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction
from psycopg.errors import LockNotAvailable

from common.errors import ConflictError, MissingError
from tenants.archive.loader import (
    CONTENT_TYPES,
    check_references,
    empty_table,
    fill_table,
    hash_of_table,
    replace_content_types,
)
from tenants.archive.tables import Table, lines_of, tables_of, write_alike
from tenants.archive.writer import one_moment
from tenants.beside import copy_beside, forget_beside
from tenants.context import public_context, tenant_transaction, wrapper_of
from tenants.directory import any_tenant
from tenants.migrating import tenants_behind
from tenants.models import Tenant
from tenants.operation_models import Kind, Operation
from tenants.services import fill_schema
from tenants.turns import LeaseLostError, Turn

logger = logging.getLogger(__name__)

# What a new schema brings along by itself.
ITS_OWN = frozenset({"schema_marker", "django_migrations"})
# In `moving_to` before the name of a region to which somebody leaves, where a database would stand.
AWAY = "@"
BATCH = 1000
# So long what is in hand may still come to its end, and who has just written to commit.
HANDS_SECONDS = 60.0
WRITERS_SECONDS = 300.0
LOOK_EVERY = 0.2
_hands: list[Callable[[], bool]] = []


def register_hand(is_busy: Callable[[], bool]) -> None:
    """Announce what tells whether something is in hand in the tenant in force; at start."""
    _hands.append(is_busy)


def move_tenant(turn: Turn) -> None:
    """Move the organisation, or go on with a move. Raises ConflictError when it cannot be."""
    tenant = any_tenant(turn.operation.tenant_id)
    if tenant is None:
        raise MissingError("The organisation is gone.")
    target = turn.operation.details["to"]
    try:
        if tenant.db_alias != target:
            begin(turn, tenant, target)
            wait_for_hands(turn, tenant)
            still(turn, tenant)
            _copy(turn, tenant, target)
            _switch(turn, tenant, target)
        turn.report(95, "Forgetting it where it was.")
        forget_beside(tenant, tenant.left_alias)
        _open(turn, tenant)
    except (LeaseLostError, OperationalError, InterfaceError):
        # Somebody else goes on.
        raise
    except Exception:
        release(tenant)
        raise


def begin(turn: Turn, tenant: Tenant, target: str) -> None:
    """Let nobody write from the next request on."""
    if tenants_behind([tenant]):
        raise ConflictError("Its schema is not of this release: run manage.py migrate_tenants.")
    with public_context(), transaction.atomic():
        turn.hold()
        tenant.moving_to = target
        _store(tenant, "moving_to")


def _store(tenant: Tenant, *fields: str) -> None:
    tenant.save(update_fields=[*fields, "updated_at"])  # type: ignore[no-untyped-call]  # django-tenants


def wait_for_hands(turn: Turn, tenant: Tenant) -> None:
    """Let what was begun come to its end: a message that is being sent, and its note."""
    end = monotonic() + HANDS_SECONDS
    while monotonic() < end:
        turn.report(3, "Waiting for what is in hand.")
        with tenant_transaction(tenant):
            if not any(is_busy() for is_busy in _hands):
                return
        sleep(LOOK_EVERY)


def still(turn: Turn, tenant: Tenant) -> None:
    """Attach the trigger to each table; nobody is in the middle of writing afterwards."""
    with public_context(), connections[tenant.db_alias].cursor() as cursor:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
        cursor.execute(names, [tenant.schema_name])
        tables = [name for (name,) in cursor.fetchall()]
    end = monotonic() + WRITERS_SECONDS
    for table in tables:
        turn.report(5, f"Waiting for who writes to {table}.")
        while not _still_table(turn, tenant, table):
            if monotonic() > end:
                raise ConflictError(f"Somebody has been writing to {table} for minutes.")
            turn.report(5, f"Waiting for who writes to {table}.")


def _still_table(turn: Turn, tenant: Tenant, table: str) -> bool:
    """Try it for some seconds: who writes elsewhere in between shall not wait behind us."""
    alias = tenant.db_alias
    try:
        with public_context(), transaction.atomic(), transaction.atomic(using=alias):
            turn.hold()
            with connections[alias].cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                cursor.execute("SELECT public.office_still_table(%s, %s::name)", [tenant.pk, table])
    except DatabaseError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


def _copy(turn: Turn, tenant: Tenant, target: str) -> None:
    """Make the schema anew in the other database, with every row of every table; all or nothing."""
    there = tenant.copied()
    there.db_alias = target
    with one_moment(tenant) as old, public_context(), transaction.atomic(using=target):
        with connections[target].cursor() as new:
            # A worker that was taken for dead may be at it.
            key = f"move {tenant.pk}"
            new.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            new.execute("SELECT public.office_drop_copy(%s)", [tenant.pk])
            forget_beside(there, target)
            fill_schema(there)
            write_alike(new)
            new.execute("SELECT public.office_rest_triggers(%s, true)", [tenant.pk])
            _copy_tables(turn, there, old, new)
            check_references(new)
            new.execute("SELECT public.office_rest_triggers(%s, false)", [tenant.pk])
        turn.report(90, "Copying what stands beside it.")
        copy_beside(tenant, target)


def _copy_tables(turn: Turn, there: Tenant, old: Any, new: Any) -> None:
    tables = tables_of(old, there.schema_name, without=ITS_OWN.__contains__)
    made = tables_of(new, there.schema_name, without=ITS_OWN.__contains__)
    if {table.name: table.columns for table in tables} != {
        table.name: table.columns for table in made
    }:
        raise ConflictError("The other database makes other tables: migrate it first.")
    for table in reversed(made):
        if table.name != CONTENT_TYPES:
            empty_table(new, table)
    tables.sort(key=lambda table: table.name != CONTENT_TYPES)
    total, before = sum(table.pages for table in tables), 0
    for table in tables:
        turn.report(10 + 80 * before // total, f"Copying {table.name}.")
        _copy_table(turn, there, table, old, new)
        before += table.pages


def _copy_table(turn: Turn, there: Tenant, table: Table, old: Any, new: Any) -> None:
    """Copy the rows, and compare what then stands there with what was read."""
    digest = sha256()
    rest = b""

    def lines() -> Any:
        nonlocal rest
        for number, piece in enumerate(lines_of(old, table), start=1):
            digest.update(piece)
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if number % BATCH == 0:
                turn.report(*turn.said)

    if table.name == CONTENT_TYPES:
        replace_content_types(new, there, table, lines())
    else:
        fill_table(new, table, lines())
    for column in table.identity:
        _copy_sequence(table, column, old, new)
    if hash_of_table(new, table) != digest.hexdigest():
        raise ConflictError(f"The rows of {table.name} did not come out as they went in.")


def _copy_sequence(table: Table, column: str, old: Any, new: Any) -> None:
    """Go on with the numbers where they stood, also behind rows that are gone."""
    old.execute(
        "SELECT last_value FROM pg_sequences WHERE last_value IS NOT NULL AND"
        " format('%%I.%%I', schemaname, sequencename) = pg_get_serial_sequence(%s, %s)",
        [table.place.as_string(), column],
    )
    if found := old.fetchone():
        new.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
            [table.place.as_string(), column, found[0]],
        )


def _switch(turn: Turn, tenant: Tenant, target: str) -> None:
    """From here on it lives there."""
    turn.report(92, "Switching.")
    with public_context(), transaction.atomic():
        turn.hold()
        tenant.left_alias, tenant.db_alias = tenant.db_alias, target
        _store(tenant, "db_alias", "left_alias")


def _open(turn: Turn, tenant: Tenant) -> None:
    with public_context(), transaction.atomic():
        tenant.moving_to = ""
        _store(tenant, "moving_to")
        turn.finish()


def release(tenant: Tenant) -> None:
    """Let people write again where a move has come to nothing, or to its end but for that.

    What was copied until then is dropped.
    """
    row = any_tenant(tenant.pk)
    if row is None or not row.moving_to:
        return
    if row.db_alias == row.moving_to:
        forget_beside(row, row.left_alias)
    else:
        _drop_copy(row, row.moving_to)
        with wrapper_of(row.db_alias).cursor_without_path() as cursor:
            cursor.execute("SELECT public.office_stir_schema(%s)", [row.pk])
    with public_context(), transaction.atomic():
        row.moving_to = ""
        _store(row, "moving_to")


def release_abandoned() -> None:
    """Do so where nobody moves an organisation any more: cancelled, given up."""
    with public_context():
        moved = Operation.objects.unfinished().filter(kind=Kind.MOVE).values("tenant_id")
        # Those that leave for another region wait for a person.
        here = Tenant.objects.exclude(moving_to="").exclude(moving_to__startswith=AWAY)
        found = list(here.exclude(pk__in=moved))
    for tenant in found:
        try:
            release(tenant)
        except (DatabaseError, InterfaceError):
            logger.exception("a move was not undone", extra={"tenant": str(tenant.pk)})


def drop_what_was_left(*, tenant: Tenant) -> None:
    """Drop the schema that a move has left in the database before.

    Raises ConflictError where there is none, or while something is done with the organisation.
    """
    with public_context(), transaction.atomic():
        row = Tenant.objects.select_for_update(of=("self",)).get(pk=tenant.pk)
        busy = Operation.objects.unfinished().filter(tenant_id=row.pk).exists()
        if busy or not row.left_alias or row.moving_to:
            raise ConflictError("Nothing waits to be dropped, or something else is being done.")
        _drop_copy(row, row.left_alias)
        row.left_alias = ""
        _store(row, "left_alias")


def _drop_copy(tenant: Tenant, alias: str) -> None:
    with public_context(), transaction.atomic(using=alias):
        forget_beside(tenant, alias)
        with wrapper_of(alias).cursor_without_path() as cursor:
            cursor.execute("SELECT public.office_drop_copy(%s)", [tenant.pk])
