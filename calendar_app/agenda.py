"""What of somebody's events stands on their page of today."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.agenda import Entry
from accounts.models import User
from accounts.permissions import Permission
from calendar_app.expansion import Occurrence, occurrences_between
from calendar_app.models import Event, EventStatus
from common.moments import to_wall

MOST = 50
SHOWN = ("title", "location", "status", "all_day")


def agenda(user: User, start: datetime, end: datetime) -> list[Entry]:
    """Return the events that somebody takes part in, those of the whole day first; three queries.

    Whoever takes part, or owns the calendar, may read everything of them.
    """
    if not user.may(Permission.EVENT_READ):
        return []
    mine = Event.objects.visible_to(user).filtered({"attendee": user.pk}, user)
    found = occurrences_between(mine, start, end)[:MOST]
    events = Event.objects.only(*SHOWN).exclude(status=EventStatus.CANCELLED)
    known = events.in_bulk({each.event_id for each in found})
    zone = ZoneInfo(user.timezone)
    entries = [
        _entry(known[each.event_id], each, start, zone) for each in found if each.event_id in known
    ]
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
