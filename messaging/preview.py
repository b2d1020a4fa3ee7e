"""What will be sent: found by the very functions that owe, and by what the ledger holds already."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from messaging.due import planners
from messaging.ledger import unwanted
from messaging.models import WAITING, OutgoingMessage
from messaging.owing import messages_for


def preview(people: Collection[User], start: datetime, end: datetime) -> list[OutgoingMessage]:
    """Return what these people will get after `start` and up to `end`, as rows in order of time.

    Rows that are not owed yet are not stored either. What people do meanwhile changes what comes.
    """
    owed = [item for plan in planners() for item in plan(people, start, end)]
    rows = messages_for(owed, now=start)
    known = {row.dedupe_key for row in rows}
    waiting = OutgoingMessage.objects.filter(recipient__in=people, status__in=WAITING)
    held = list(waiting.select_related("recipient"))
    cancelled = unwanted(held)
    keys = OutgoingMessage.objects.filter(dedupe_key__in=known).values_list("dedupe_key", flat=True)
    owed_already = set(keys)
    coming = [row for row in rows if row.wake_at and row.dedupe_key not in owed_already]
    return sorted(
        (
            row
            for row in (*held, *coming)
            if row.pk not in cancelled and moment_of(row, start) <= end
        ),
        key=lambda row: (moment_of(row, start), row.subject),
    )


def moment_of(row: OutgoingMessage, start: datetime) -> datetime:
    """Return when the message is to be sent, seen from `start`."""
    return max(row.not_before or row.planned_at, start)
