"""The sweep: finds whatever is due in any office and has its app act on it.

Beat only ticks. What is due stands in `tenants.DueInstant`; the objects themselves are claimed
under their own locks, so that two sweeps, or ten, do the work of one. A sweep that dies half-way
leaves the rest due.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.models import F
from django.utils import timezone

from messaging.due import due_kind
from tenants.context import commit_without_waiting, tenant_transaction, wrapper_of
from tenants.models import DueInstant, Tenant

logger = logging.getLogger(__name__)

CHANCE = SystemRandom()
# So many are looked for at once: an office of which several are due is entered once for all.
BATCH = 10_000
MAX_BATCHES = 5
# What one transaction acts on.
TOGETHER = 200


def sweep_due(*, now: datetime | None = None) -> int:
    """Act on all that is due by `now`; return how many objects were looked at.

    A database that does not answer does not hold up the offices of the others.
    """
    now = now or timezone.now()
    seen = 0
    for alias in connections:
        try:
            seen += _sweep_database(alias, now)
        except (OperationalError, InterfaceError):
            if alias == DEFAULT_DB_ALIAS:
                raise
            logger.exception("database does not answer", extra={"database": alias})
    return seen


def _sweep_database(alias: str, now: datetime) -> int:
    """Act on what is due there, oldest first."""
    seen = 0
    for _batch in range(MAX_BATCHES):
        due = _due_objects(alias, now)
        # Another sweep may be at the same: so they seldom stand before the same office.
        with wrapper_of(alias).passing():
            for (tenant, kind), ids in CHANCE.sample(list(due.items()), len(due)):
                for start in range(0, len(ids), TOGETHER):
                    _handle(tenant, kind, ids[start : start + TOGETHER], now)
                seen += len(ids)
        if sum(map(len, due.values())) < BATCH:
            break
    return seen


def _due_objects(alias: str, now: datetime) -> dict[tuple[Tenant, str], list[UUID]]:
    # What closed offices and those that move owe must not fill the batch.
    closed = Tenant.objects.resting().filter(db_alias=alias).values_list("pk", flat=True)
    due = DueInstant.objects.using(alias).filter(due_at__lte=now).exclude(tenant__in=[*closed])
    columns = due.order_by("due_at").values_list("tenant_id", "kind", "object_id")
    rows = list(columns[:BATCH])
    here = Tenant.objects.working().filter(db_alias=alias)
    tenants = here.in_bulk({tenant_id for tenant_id, _kind, _pk in rows})
    found: dict[tuple[Tenant, str], list[UUID]] = defaultdict(list)
    for tenant_id, kind, pk in rows:
        if tenant_id in tenants:
            found[tenants[tenant_id], kind].append(pk)
    return found


def _handle(tenant: Tenant, kind: str, ids: Sequence[UUID], now: datetime) -> None:
    """Act on the objects in one transaction; when that fails, on each in its own."""
    if _try(tenant, kind, ids, now):
        return
    for pk in ids:
        if not _try(tenant, kind, [pk], now):
            _postpone(tenant, kind, pk, now)


def _try(tenant: Tenant, kind: str, ids: Sequence[UUID], now: datetime) -> bool:
    try:
        with tenant_transaction(tenant):
            # What a crash undoes is due again; a job queued meanwhile finds nothing.
            commit_without_waiting()
            due_kind(kind).handle(ids, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # One office's odd row must not hold up the others: it is logged and tried again later.
        logger.exception("due objects failed", extra={"tenant": str(tenant.pk), "kind": kind})
        return False
    return True


def _postpone(tenant: Tenant, kind: str, pk: UUID, now: datetime) -> None:
    row = DueInstant.objects.using(tenant.db_alias).filter(tenant=tenant, kind=kind, object_id=pk)
    failures = row.values_list("failures", flat=True).first() or 0
    wait = timedelta(minutes=min(2**failures, 60))
    row.update(due_at=now + wait, failures=F("failures") + 1)
