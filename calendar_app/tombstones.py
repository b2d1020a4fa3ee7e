"""Remembering deleted events for a while."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from calendar_app.models import Attendee, Event, Tombstone

DUE_KIND = "tombstone"
# For how long a deleted event is told of as cancelled.
REMEMBERED = timedelta(days=30)
SAME = (
    *("calendar_id", "ical_uid", "source", "external_id", "sequence", "start", "end"),
    *("timezone", "start_date", "end_date"),
)


def bury(events: Iterable[Event]) -> None:
    """Remember events that are about to be deleted; changed occurrences go with their series."""
    rows = [event for event in events if event.series_id is None]
    people: dict[UUID, list[UUID]] = defaultdict(list)
    there: Any = Attendee.objects.coming().filter(event__in=rows, person__isnull=False)
    for event_id, person_id in there.values_list("event", "person"):
        people[event_id].append(person_id)
    now = timezone.now()
    made = [
        Tombstone(
            **{name: getattr(event, name) for name in SAME},
            people=people[event.pk],
            deleted_at=now,
            forget_at=now + REMEMBERED,
        )
        for event in rows
    ]
    Tombstone.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["calendar", "ical_uid"],
        update_fields=[*(name for name in SAME if name not in {"calendar_id", "ical_uid"}),
                       "people", "deleted_at", "forget_at"],
    )  # fmt: skip


def forget(ids: Sequence[UUID], now: datetime) -> None:
    """Forget those that were remembered long enough; what the sweep calls."""
    Tombstone.objects.filter(pk__in=ids, forget_at__lte=now).delete()
