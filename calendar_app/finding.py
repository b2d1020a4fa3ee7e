"""How events are found by words: only those that are open to whoever looks."""

from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _

from accounts.finding import Finder, Found
from accounts.models import User
from accounts.permissions import Permission
from calendar_app.models import Event
from common.moments import to_wall


def _show(rows: list[Event], by: User) -> list[Found]:
    return [
        Found(event.title, reverse("event-page", args=[event.pk]), _about(event, by))
        for event in rows
    ]


def _about(event: Event, by: User) -> str:
    if event.all_day and event.start_date:
        return format_date(event.start_date, "D j M Y")
    wall = to_wall(event.start, ZoneInfo(by.timezone))
    return f"{format_date(wall, 'D j M Y')}, {wall:%H:%M}"


EVENTS = Finder(
    title=_("Events"),
    icon="calendar",
    grant=Permission.EVENT_READ,
    rows=lambda user: Event.objects.visible_to(user).open_to(user).filter(series=None),
    fields=("title", "location", "description"),
    show=_show,
    order="-start",
)
