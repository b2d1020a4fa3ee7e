"""What of somebody's events stands on their page of today."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.agenda import Entry
from accounts.models import User
from accounts.permissions import Permission
from calendar_app.expansion import Occurrence, light, occurrences_of
from calendar_app.models import Event, EventStatus
from common.moments import to_wall

MOST = 50
SHOWN = ("title", "location")


def agenda(user: User, start: datetime, end: datetime) -> list[Entry]:
    """Return the events that somebody takes part in, those of the whole day first; two queries.

    Whoever takes part, or owns the calendar, may read everything of them.
    """
    if not user.may(Permission.EVENT_READ):
        return []
    mine = Event.objects.visible_to(user).filtered({"attendee": user.pk}, user)
    rows = mine.exclude(status=EventStatus.CANCELLED).between(start, end)
    events = {event.pk: event for event in light(rows, *SHOWN)}
    found = sorted(occurrences_of(events.values(), start, end))[:MOST]
    zone = ZoneInfo(user.timezone)
    entries = [_entry(events[each.event_id], each, start, zone) for each in found]
    return sorted(entries, key=lambda entry: entry.when)


def _entry(event: Event, once: Occurrence, start: datetime, zone: ZoneInfo) -> Entry:
    goes_on = event.all_day or once.start < start
    in_series = once.series_id == event.pk and once.key is not None
    at = "?" + urlencode({"at": once.key.isoformat()}) if in_series and once.key else ""
    return Entry(
        key=f"event-{event.pk}{at}",
        when="" if goes_on else f"{to_wall(once.start, zone):%H:%M}",
        title=event.title,
        address=reverse("event-page", args=[event.pk]) + at,
        about=event.location,
    )
