"""Seals of the audit trail: a chain of hashes that shows what was changed behind our back.

A job seals the entries that are a minute old and more, batch by batch; a write pays nothing for it,
and an office that is idle is not even entered.
Each seal covers the one before. The number and the hash of the last one stand in the shared
directory as well (`tenants.SealNote`), and whoever writes them down elsewhere can ask later whether
that seal still stands.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)
from django.utils import timezone

from accounts.seal_models import AuditSeal
from tenants.context import current_tenant, home_alias, public_context, tenant_transaction
from tenants.models import SealNote, Tenant

logger = logging.getLogger(__name__)

BATCH = 1000
# In one transaction; the rest comes with the next tick.
MOST_BATCHES = 100
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
# An entry is older than its commit: by so much it may be late.
SETTLE = timedelta(minutes=1)
MARGIN = timedelta(minutes=1)
ID, DIGEST = 16, 32
NOTHING = "0" * 64
# All that stands in an entry, in one text that every version of PostgreSQL writes alike. Another
# form needs another name in `seal_of`: what was sealed by this one is verified by this one.
FORM = """
    sha256(convert_to(jsonb_build_array(id,
        to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), action,
        content_type_id, object_pk, object_id, object_repr, changes, changes_text, serialized_data,
        additional_data, actor_id, actor_email, cid, host(remote_addr), remote_port, user_agent,
        source)::text, 'UTF8'))
"""
NEXT = f"""
    SELECT id, {FORM}, timestamp FROM (SELECT * FROM accounts_auditentry
    WHERE (timestamp, id) > (%(time)s, %(id)s) AND timestamp < %(until)s AND id <> ALL(%(known)s)
    ORDER BY timestamp, id LIMIT %(most)s) AS entry ORDER BY timestamp, id
"""  # noqa: S608  no text of others
MORE = "SELECT EXISTS(SELECT 1 FROM accounts_auditentry WHERE (timestamp, id) > (%s, %s))"
# Who has written nothing since all was sealed is not looked at. The count comes with the commit or
# some seconds after, so that what is not counted yet is found by the next tick.
INSERTED = """
    SELECT nspname, pg_stat_get_tuples_inserted(pg_class.oid)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relname = 'accounts_auditentry' AND relkind = 'r'
"""
OLDEST = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL
        AND pid <> pg_backend_pid()
"""
THERE = f"SELECT id, {FORM}, timestamp FROM accounts_auditentry WHERE id = ANY(%s)"  # noqa: S608  no text of others


# The id, the digest and the time of an entry.
Row = tuple[Any, ...]


def seal_all_offices() -> int:
    """Seal what has settled in each open office that may have something; return how many seals."""
    made = 0
    for alias in connections:
        try:
            made += _seal_database(alias)
        except (OperationalError, InterfaceError):
            if alias == DEFAULT_DB_ALIAS:
                raise
            logger.exception("database does not answer", extra={"database": alias})
    return made


def _seal_database(alias: str) -> int:
    inserted = _inserted(alias)
    known = dict(SealNote.objects.using(alias).values_list("tenant_id", "inserted"))
    made = 0
    for tenant in Tenant.objects.working().filter(db_alias=alias):
        count = inserted.get(tenant.schema_name, 0)
        # None counted: the server has forgotten, or counts nothing.
        if count and count == known.get(tenant.pk):
            continue
        try:
            with tenant_transaction(tenant):
                made += seal_entries()
                if not _has_more():
                    _note_all_sealed(tenant, count)
        except Exception:
            # One office's trouble must not hold up the others; its entries are sealed next time.
            logger.exception("audit trail not sealed", extra={"tenant": str(tenant.pk)})
    return made


def _inserted(alias: str) -> dict[str, int]:
    """Return how many entries were ever written in each schema, as the server counts by itself."""
    with connections[alias].cursor() as cursor:
        cursor.execute(INSERTED)
        return dict(cursor.fetchall())


def _has_more() -> bool:
    last = AuditSeal.objects.defer("digests").last()
    place = (last.until, last.last_id) if last else (BEGINNING, UUID(int=0))
    return bool(ask(MORE, place)[0][0])


def _note_all_sealed(tenant: Tenant, inserted: int) -> None:
    """Write down that nothing is left of what the server had counted before we looked."""
    with public_context(), transaction.atomic(using=tenant.db_alias):
        notes = SealNote.objects.using(tenant.db_alias)
        notes.filter(tenant_id=tenant.pk).update(inserted=inserted)


def seal_entries(*, now: datetime | None = None) -> int:
    """Seal the entries of the office in force that have settled; return how many seals it took.

    Two that come at once do the work of one.
    """
    if not ask("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_name()])[0][0]:
        return 0
    last = AuditSeal.objects.defer("digests").last()
    until = _settled(now or timezone.now())
    # The margin lets what was committed late come after.
    place = (last.until - MARGIN if last else BEGINNING, UUID(int=0))
    known = [pk for row in AuditSeal.objects.filter(until__gte=place[0]) for pk, _ in digests(row)]
    sealed_until = last.until if last else BEGINNING
    for made in range(MOST_BATCHES + 1):
        if place[0] > sealed_until:
            # Nothing so late was ever sealed; thousands of ids would be sent for each batch.
            known = []
        rows = _next(place, until, known) if made < MOST_BATCHES else []
        if not rows:
            break
        last = _seal(last, rows, until)
        place = (rows[-1][2], rows[-1][0])
    if made and last is not None:
        _note(last)
    return made


def _name() -> str:
    return f"audit seals of {current_tenant().pk}"


def _settled(now: datetime) -> datetime:
    """Return the instant before which no transaction can write an entry any more."""
    (oldest,) = ask(OLDEST)[0]
    return (min(now, oldest) if oldest else now) - SETTLE


def _next(place: tuple[datetime, UUID], until: datetime, known: Sequence[UUID]) -> list[Row]:
    time, pk = place
    values = {"time": time, "id": pk, "until": until, "known": list(known), "most": BATCH}
    return ask(NEXT, values)


def _seal(last: AuditSeal | None, rows: Sequence[Row], until: datetime) -> AuditSeal:
    made = AuditSeal(
        number=last.number + 1 if last else 1,
        sealed_at=timezone.now(),
        # After a full batch the next one goes on where it ends.
        until=until if len(rows) < BATCH else rows[-1][2],
        count=len(rows),
        first_id=rows[0][0],
        last_id=rows[-1][0],
        digests=b"".join(pk.bytes + digest for pk, digest, _time in rows),
        previous=last.seal if last else NOTHING,
    )
    made.seal = seal_of(made)
    made.save(force_insert=True)
    return made


def seal_of(row: AuditSeal) -> str:
    """Return the hash over all that a seal says."""
    facts = (
        *("office audit seal 1", current_tenant().pk, row.number, row.previous, row.count),
        *(row.first_id, row.last_id, row.until.astimezone(UTC).isoformat()),
    )
    return sha256("\n".join(map(str, facts)).encode() + b"\n" + bytes(row.digests)).hexdigest()


def digests(row: AuditSeal) -> Iterator[tuple[UUID, bytes]]:
    """Return the entries that a seal holds: the id of each, and its SHA-256."""
    packed = bytes(row.digests)
    for start in range(0, len(packed), ID + DIGEST):
        middle = start + ID
        yield UUID(bytes=packed[start:middle]), packed[middle : middle + DIGEST]


def _note(last: AuditSeal) -> None:
    """Write the last seal down where the office's schema does not reach."""
    tenant = current_tenant()
    with public_context(), transaction.atomic(using=home_alias()):
        SealNote.objects.using(tenant.db_alias).update_or_create(
            tenant_id=tenant.pk, defaults={"number": last.number, "seal": last.seal}
        )
    logger.info("audit trail sealed", extra={"seal": last.seal, "number": last.number})


def entries_of(ids: Sequence[UUID]) -> dict[UUID, tuple[bytes, datetime]]:
    """Return the SHA-256 of each entry that is there now, and its time."""
    return {pk: (bytes(digest), time) for pk, digest, time in ask(THERE, [list(ids)])}


def ask(text: str, values: Any = None) -> list[tuple[Any, ...]]:
    """Return the rows of a statement about the office in force."""
    with connections[home_alias()].cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall())
