"""Putting events back as they were: after a change, a split of a series, a deletion."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from accounts.models import User
from calendar_app.calendars import calendar_for
from calendar_app.models import Attendee, Event, EventReminder, Tombstone
from calendar_app.rooms import rebook
from calendar_app.services import require_change
from common.plain import keys_there, plain_rows, row_of, without_gone
from tenants.context import atomic

# Plain values of rows: those of a series with all that it consists of, by their kind.
Rows = Mapping[str, list[dict[str, Any]]]
KINDS: dict[str, type[Model]] = {
    "events": Event,
    "attendees": Attendee,
    "reminders": EventReminder,
}
# What time and the sweep change by themselves.
PASSING = ("updated_at", "next_at", "settled_until", "book_more_at")


def rows_of(event_id: UUID) -> Rows | None:
    """Return an event as plain values, of a series all of it, and what was split off; or None."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        return None
    root = event.series_id or event.pk
    whole = Q(pk=root) | Q(series=root) | Q(split_from=root) | Q(series__split_from=root)
    events = list(Event.objects.filter(whole).order_by("created_at", "id"))
    # Whatever refers to another one comes after it.
    events.sort(key=lambda row: (row.series_id is not None, row.split_from_id is not None))
    ids = [row.pk for row in events]
    return {
        "events": plain_rows(events, without=PASSING),
        "attendees": plain_rows(
            Attendee.objects.filter(event__in=ids).order_by("id"), without=PASSING
        ),
        "reminders": plain_rows(
            EventReminder.objects.filter(event__in=ids).order_by("id"), without=PASSING
        ),
    }


@atomic()
def restore_events(*, before: Rows, after: Rows | None, by: User) -> list[Event]:
    """Put back what was there before a change, and delete what it made; return what was put back.

    Without `after` all of it was deleted. Raises NotYoursError, InvalidError or RoomTakenError.
    """
    now: Rows = after or {name: [] for name in KINDS}
    _require(before, now, by)
    made = {row["pk"] for row in now["events"]} - {row["pk"] for row in before["events"]}
    Event.objects.filter(pk__in=made).delete()
    # What was split off took some with it.
    lost = {row["pk"] for row in before["events"]} - keys_there(Event, before["events"])
    same = [row for row in now["events"] if row["pk"] not in lost]
    again: list[Event] = [row_of(row) for row in before["events"] if row not in same]
    events = [_put_event(event) for event in without_gone(again, heir=by)]
    ids = {f"{event.pk}" for event in events}
    for name in ("attendees", "reminders"):
        _put_others(KINDS[name], before[name], now[name], lost=lost, by=by)
    rebook(Event.objects.filter(pk__in=ids | {row["fields"]["event"] for row in now["attendees"]}))
    for event in events:
        Tombstone.objects.filter(calendar=event.calendar_id, ical_uid=event.ical_uid).delete()
    return events


def _require(before: Rows, now: Rows, by: User) -> None:
    here = {row["pk"] for row in now["events"]}
    for row in before["events"]:
        if row["pk"] not in here:
            calendar_for(UUID(row["fields"]["calendar"]), by)
    for event in Event.objects.filter(pk__in=here, series=None):
        require_change(event, by)


def _put_event(event: Event) -> Event:
    """Store an event as it was, told as a new version of it."""
    there = Event.objects.select_for_update(of=("self",)).filter(pk=event.pk).first()
    event.version = max(event.version, there.version if there else 0) + 1
    event.sequence = max(event.sequence, there.sequence if there else 0) + 1
    if there is not None:
        event.note_stored(Event.objects.db)
    event.save(force_insert=there is None)
    return event


def _put_others(
    model: type[Model],
    before: list[dict[str, Any]],
    now: list[dict[str, Any]],
    *,
    lost: set[str],
    by: User,
) -> None:
    rows: Any = model._default_manager
    gone = {row["pk"] for row in now} - {row["pk"] for row in before}
    rows.filter(pk__in=gone).delete()
    there = keys_there(model, before)
    again = [
        row_of(row)
        for row in before
        if row not in now or row["pk"] not in there or row["fields"]["event"] in lost
    ]
    for row in without_gone(again, heir=by):
        if f"{row.pk}" in there:
            row.note_stored(rows.db)
        row.save()
