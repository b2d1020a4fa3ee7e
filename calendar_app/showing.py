"""What the API shows of events: all, or to others that somebody is busy."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from calendar_app.expansion import Occurrence
from calendar_app.models import FOLLOWED, Attendee, Event, Visibility

HIDDEN: Mapping[str, Any] = {
    **dict.fromkeys(("description", "location", "conference_url", "external_id"), ""),
    "attendees": [],
    "reminders": [],
}
PLAIN = (
    *("id", "title", "description", "location", "start", "end", "all_day", "start_date"),
    *("end_date", "timezone", "organizer_id", "calendar_id", "external_id", "status"),
    *("visibility", "is_free", "conference_url", "series_id", "split_from_id", "source"),
    *("version", "created_at", "updated_at"),
)


def show(event: Event, by: User, occurrence: Occurrence | None = None) -> dict[str, Any]:
    """Return an event of `for_reading` as the API shows it to a person, as it stands or once."""
    shown = {name: getattr(event, name) for name in PLAIN}
    shown["recurrence"] = event.recurrence or None
    shown["organizer_name"] = event.organizer.full_name if event.organizer else None
    shown["attendees"] = [show_attendee(row) for row in event.attendees.all()]
    shown["reminders"] = [row.minutes_before for row in event.reminders.all()]
    shown["occurrence"] = event.original_start
    if occurrence is not None:
        shown |= _as_once(event, occurrence)
    shown["is_hidden"] = not is_open(event, by)
    return {**shown, "title": _("Busy"), **HIDDEN} if shown["is_hidden"] else shown


def _as_once(event: Event, occurrence: Occurrence) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "start": occurrence.start,
        "end": occurrence.end,
        "series_id": occurrence.series_id,
        "occurrence": occurrence.key,
    }
    if event.all_day and event.series_id is None and occurrence.key is not None:
        shown["start_date"] = occurrence.key.date()
        shown["end_date"] = occurrence.key.date() + event.duration
    return shown


def show_attendee(row: Attendee) -> dict[str, Any]:
    """Return one who was asked, by name and address."""
    name, email = row.name, row.email
    if row.person is not None:
        name, email = row.person.full_name, row.person.email
    elif row.room is not None:
        name = row.room.name
    return {
        "user_id": row.person_id,
        "room_id": row.room_id,
        "email": email or None,
        "name": name,
        "answer": row.answer,
    }


def is_open(event: Event, by: User) -> bool:
    """Tell whether the person may read everything of an event of `for_reading`."""
    if by.sees_all or event.visibility == Visibility.DEFAULT or event.organizer_id == by.pk:
        return True
    if event.calendar.owner_id == by.pk:
        return True
    return any(row.person_id == by.pk for row in event.attendees.all())


def show_all(found: Iterable[Occurrence], by: User) -> list[dict[str, Any]]:
    """Return occurrences as the API shows them; a few queries whatever their number."""
    wanted = list(found)
    ids: set[UUID] = {each.event_id for each in wanted}
    events = {event.pk: event for event in Event.objects.filter(pk__in=ids).for_reading()}
    return [show(events[each.event_id], by, each) for each in wanted if each.event_id in events]


def mark_movable(shown: Iterable[dict[str, Any]], by: User) -> list[dict[str, Any]]:
    """Say of each event that was shown whether the person may move it; one query."""
    found = list(shown)
    if not by.may(Permission.EVENT_UPDATE):
        return found
    ids = {event["id"] for event in found}
    mine = set(Event.objects.changeable_by(by).filter(pk__in=ids).values_list("pk", flat=True))
    for event in found:
        is_here = event["source"] != FOLLOWED and not event["is_hidden"]
        event["may_move"] = is_here and event["id"] in mine
    return found
