"""What is due and not done: a worker that is alive and deaf shows here, and nowhere else.

The directory of due instants says it, whoever asks: `/metrics`, `/health`, `manage.py doctor`, and
beat, which looks by itself and logs it.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from tenants.context import public_context
from tenants.models import DueInstant, Tenant

logger = logging.getLogger(__name__)

# The sweep comes every few seconds, and what it finds is postponed or done.
PATIENCE = timedelta(seconds=60)
LOOK_EVERY_SECONDS = 30
# By kind: how many wait, how many are due, and for how many seconds the oldest has been.
Figures = dict[str, tuple[int, int, float]]


def due_in(alias: str) -> Figures | None:
    """Return what one database says; None without an answer.

    What closed offices, and those that move, owe is late on purpose.
    """
    now = timezone.now()
    is_due = Q(due_at__lte=now)
    try:
        with public_context(), transaction.atomic(using=alias):
            figures = (
                _owed_in(alias)
                .values("kind")
                .annotate(
                    many=Count("pk"),
                    due=Count("pk", filter=is_due),
                    oldest=Min("due_at", filter=is_due),
                )
            )
            found = figures.values_list("kind", "many", "due", "oldest")
            return {
                kind: (many, due, (now - oldest).total_seconds() if oldest else 0.0)
                for kind, many, due, oldest in found
            }
    except (DatabaseError, InterfaceError):
        return None


def late_work() -> dict[str, float]:
    """Return the kinds of work that should have been done by now, with the seconds of the oldest.

    Load balancers ask every few seconds: by the index, only what is late is read. A database that
    does not answer is told of elsewhere.
    """
    now = timezone.now()
    late: dict[str, float] = {}
    for alias in connections:
        with suppress(DatabaseError, InterfaceError), public_context(), transaction.atomic(alias):
            rows = _owed_in(alias).filter(due_at__lt=now - PATIENCE)
            for kind, oldest in rows.values_list("kind").annotate(Min("due_at")):
                late[kind] = max((now - oldest).total_seconds(), late.get(kind, 0.0))
    return late


def _owed_in(alias: str) -> QuerySet[DueInstant]:
    closed = [*Tenant.objects.resting().values_list("pk", flat=True)]
    return DueInstant.objects.using(alias).exclude(tenant__in=closed).order_by()


def state_of_work() -> dict[str, Any]:
    """Return it as `/health` shows it: late work degrades the platform, and does not end it."""
    late = late_work()
    if not late:
        return {"status": "ok"}
    return {"status": "late", "seconds": round(max(late.values())), "kinds": sorted(late)}


def watch_work() -> None:
    """Log an error when work is late."""
    late = late_work()
    if late:
        logger.error(
            "work is due and not done",
            extra={"kinds": sorted(late), "seconds": round(max(late.values()))},
        )


def begin_watch(stop: Event) -> Thread:
    """Look again and again, in a thread of its own, until the event is set."""
    thread = Thread(target=_watch, args=(stop,), name="watch of work", daemon=True)
    thread.start()
    return thread


def _watch(stop: Event) -> None:
    while not stop.wait(LOOK_EVERY_SECONDS):
        try:
            watch_work()
        except Exception:
            # The thread must outlive whatever is wrong just now.
            logger.exception("the watch of work failed")
        finally:
            connections.close_all()
