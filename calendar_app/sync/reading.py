"""What the office says of its events, as documents; a few queries for all of a calendar."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from calendar_app.models import Event, EventStatus, Visibility
from calendar_app.sync.documents import (
    Doc,
    days,
    hours,
    key_text,
    recurring,
    text_of,
    tidied,
    title_of,
    without_rule,
)


@dataclass(slots=True)
class Bundle:
    """An event or series with the changed occurrences that have a row of their own."""

    event: Event
    overrides: list[Event] = field(default_factory=list)

    @property
    def doc(self) -> Doc | None:
        """What the office says of it; None where it does not take place."""
        if self.event.status == EventStatus.CANCELLED:
            return None
        return document_of(self.event, self.overrides)

    @property
    def changed_at(self) -> datetime:
        """When anything of it was changed last."""
        return max(row.updated_at for row in (self.event, *self.overrides))


def bundles_of(events: Iterable[Event]) -> dict[UUID, Bundle]:
    """Return these events and series with what was changed of them; locked; one query."""
    found = {event.pk: Bundle(event) for event in events}
    for row in _overrides(found):
        if row.series_id is not None:
            found[row.series_id].overrides.append(row)
    return found


def _overrides(ids: Collection[UUID]) -> Iterable[Event]:
    rows = Event.objects.filter(series__in=ids).order_by("original_start")
    locked: Any = rows.select_for_update(of=("self",))
    return list(locked) if ids else []


def document_of(event: Event, overrides: Iterable[Event]) -> Doc:
    """Return what an event says, and what was changed of it."""
    when = _when(event)
    if event.recurrence or event.rdates:
        when = recurring(when, event.recurrence, [key_text(key) for key in event.rdates])
    parts: dict[str, Any] = defaultdict(dict)
    for row in overrides:
        if row.original_start is not None:
            parts[key_text(row.original_start)] = _part(row)
    parts |= {key_text(key): None for key in event.exdates}
    return tidied({**_fields(event), "when": when, "parts": dict(parts)})


def _part(row: Event) -> Doc | None:
    if row.status == EventStatus.CANCELLED:
        return None
    return {**_fields(row), "when": without_rule(_when(row))}


def _fields(event: Event) -> Doc:
    return {
        "title": title_of(event.title),
        "description": text_of(event.description, "description"),
        "location": text_of(event.location, "location"),
        "status": event.status,
        "private": event.visibility == Visibility.BUSY,
        "free": event.is_free,
    }


def _when(event: Event) -> dict[str, Any]:
    if event.start_date is not None and event.end_date is not None:
        return days(event.start_date, event.end_date)
    return hours(event.start, event.end, event.timezone)
