"""The sweep: finds whatever is due in any office and has its app act on it.

Beat only ticks. What is due stands in `tenants.DueInstant`; the objects themselves are claimed
under their own locks, so that two sweeps, or ten, do the work of one. A sweep that dies half-way
leaves the rest due.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.utils import timezone

from messaging.due import due_kind
from tenants.context import tenant_transaction
from tenants.models import DueInstant, Tenant

logger = logging.getLogger(__name__)

BATCH = 200
MAX_BATCHES = 50


def sweep_due(*, now: datetime | None = None) -> int:
    """Act on all that is due by `now`, oldest first; return how many objects were looked at."""
    now = now or timezone.now()
    seen = 0
    for _batch in range(MAX_BATCHES):
        due = _due_objects(now)
        for (tenant, kind), ids in due.items():
            _handle(tenant, kind, ids, now)
            seen += len(ids)
        if sum(map(len, due.values())) < BATCH:
            break
    return seen


def _due_objects(now: datetime) -> dict[tuple[Tenant, str], list[UUID]]:
    rows = DueInstant.objects.filter(due_at__lte=now, tenant__is_active=True, tenant__ready=True)
    found: dict[tuple[Tenant, str], list[UUID]] = defaultdict(list)
    for row in rows.select_related("tenant").order_by("due_at")[:BATCH]:
        found[row.tenant, row.kind].append(row.object_id)
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
            due_kind(kind).handle(ids, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # One office's odd row must not hold up the others: it is logged and tried again later.
        logger.exception("due objects failed", extra={"tenant": str(tenant.pk), "kind": kind})
        return False
    return True


def _postpone(tenant: Tenant, kind: str, pk: UUID, now: datetime) -> None:
    row = DueInstant.objects.filter(tenant=tenant, kind=kind, object_id=pk)
    failures = row.values_list("failures", flat=True).first() or 0
    wait = timedelta(minutes=min(2**failures, 60))
    row.update(due_at=now + wait, failures=F("failures") + 1)
