"""What will be sent: found by the very functions that owe, and by what the ledger holds already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from messaging.due import planners
from messaging.ledger import unwanted
from messaging.models import WAITING, OutgoingMessage
from messaging.owing import messages_for

# Nobody reads a longer list at once.
MOST = 500


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


@dataclass(frozen=True, slots=True)
class Coming:
    """What will be sent from an instant on; `truncated` when there is more."""

    start: datetime
    results: list[OutgoingMessage]
    truncated: bool

    def moment_of(self, row: OutgoingMessage) -> datetime:
        """Return when one of them is to be sent."""
        return moment_of(row, self.start)


def coming_for(
    *, by: User, days: int, person: UUID | None = None, start: datetime | None = None
) -> Coming:
    """Return what will be sent to a person, or to all, as far as the asker may see it."""
    seen = User.objects.active() if by.sees_all else User.objects.active().filter(pk=by.pk)
    people = list(seen if person is None else seen.filter(pk=person))
    start = start or timezone.now()
    rows = preview(people, start, start + timedelta(days=days))
    return Coming(start, rows[:MOST], truncated=len(rows) > MOST)
