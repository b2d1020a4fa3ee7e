"""From stored events to what happens between two instants."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from calendar_app.models import Event, EventQuerySet
from calendar_app.recurrence import expand

# What expanding needs to know of an event.
NEEDED = (
    *("id", "start", "end", "timezone", "all_day", "start_date", "end_date", "recurrence"),
    *("exdates", "rdates", "series_id", "original_start"),
)


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One time that an event happens: the row that describes it, and its key in a series."""

    start: datetime
    end: datetime
    event_id: UUID
    # The series, which an occurrence of its own row belongs to as well; None for what is single.
    series_id: UUID | None = None
    key: datetime | None = None


def occurrences_between(
    rows: EventQuerySet, start: datetime, end: datetime, *extra: str
) -> list[Occurrence]:
    """Return what happens of these events between two instants, the earliest first; two queries."""
    found = light(rows.between(start, end), *extra)
    return sorted(occurrences_of(found, start, end))


def light(rows: EventQuerySet, *extra: str) -> list[Event]:
    """Return the events with no more columns than expanding needs, and these."""
    plain: Any = rows.order_by().values_list(*NEEDED, *extra)
    return [Event(**dict(zip((*NEEDED, *extra), row, strict=True))) for row in plain]


def occurrences_of(
    events: Collection[Event], start: datetime, end: datetime
) -> Iterable[Occurrence]:
    """Yield what happens of these events between two instants; one query for all series."""
    changed = changed_keys(event.pk for event in events if event.recurrence or event.rdates)
    for event in events:
        if not (event.recurrence or event.rdates):
            if event.start < end and (event.end > start or event.start >= start):
                yield Occurrence(
                    event.start, event.end, event.pk, event.series_id, event.original_start
                )
            continue
        series = event.as_series(without=changed.get(event.pk, frozenset()))
        for instance in expand(series, start, end):
            yield Occurrence(instance.start, instance.end, event.pk, event.pk, instance.key)


def changed_keys(series_ids: Iterable[UUID]) -> Mapping[UUID, frozenset[datetime]]:
    """Return the keys of the instances that have a row of their own, by the series; one query."""
    ids = list(series_ids)
    found: dict[UUID, set[datetime]] = defaultdict(set)
    rows: Any = Event.objects.filter(series__in=ids) if ids else Event.objects.none()
    for series_id, key in rows.order_by().values_list("series_id", "original_start"):
        found[series_id].add(key)
    return {series_id: frozenset(keys) for series_id, keys in found.items()}
