"""What takes place in the time that a list is asked for."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from assistant.interpreter import Window
from calendar_app.expansion import occurrences_between
from calendar_app.models import Event, EventStatus
from calendar_app.showing import show_all

MOST_LISTED = 10


def events_in(window: Window | None, *, of: UUID, by: User) -> list[str]:
    """Return a line for each event that a person takes part in, on the asker's clock, in order.

    Of what is not open to the asker it says that somebody is busy. Nothing for a time that is over
    or has no end.
    """
    if window is None or window.end is None or not by.may(Permission.EVENT_READ):
        return []
    start = timezone.now() if window.start is None else window.start
    if window.end <= max(start, timezone.now()):
        return []
    rows = Event.objects.visible_to(by).exclude(status=EventStatus.CANCELLED)
    found = occurrences_between(rows.filtered({"attendee": of}, by), start, window.end)
    lines = [_line(shown, by) for shown in show_all(found[:MOST_LISTED], by)]
    more = len(found) - len(lines)
    return [*lines, _("… and {more} more.").format(more=more)] if more else lines


def _line(shown: dict[str, Any], by: User) -> str:
    place = f", {shown['location']}" if shown["location"] else ""
    return f"- {shown['title']} ({_when(shown, ZoneInfo(by.timezone))}{place})"


def _when(shown: dict[str, Any], zone: ZoneInfo) -> str:
    if shown["all_day"] and shown["start_date"]:
        return _("{day}, all day").format(day=format_date(shown["start_date"], _("D j M Y")))
    start: datetime = shown["start"].astimezone(zone)
    end: datetime = shown["end"].astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else format_date(end, _("D j M, H:i"))
    return f"{format_date(start, _('D j M Y, H:i'))}–{until}"
