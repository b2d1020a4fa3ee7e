"""The pages of the calendar: a month, a week, a day, or what comes next."""

from datetime import date
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import UserRequest, grows_old_by, requires
from accounts.permissions import Permission
from calendar_app.expansion import occurrences_between
from calendar_app.forms import LOOKS, SCOPES, LookForm
from calendar_app.grid import Day, days_of, stretch_of
from calendar_app.lanes import hours_of
from calendar_app.models import Event
from calendar_app.showing import mark_movable, show_all
from common.moments import to_wall

# More than a page can show to any use.
MOST = 1_000


@grows_old_by("calendar_app")
@require_safe
@requires(Permission.EVENT_READ)
def calendar(request: UserRequest) -> HttpResponse:
    """Show the days around a date, with what happens on them."""
    user, now = request.user, timezone.now()
    zone = ZoneInfo(user.timezone)
    form = LookForm(request.GET, by=user)
    day = form.day(to_wall(now, zone).date())
    stretch = stretch_of(form.look, day)
    rows = form.narrowed(Event.objects.visible_to(user))
    found = occurrences_between(rows, *stretch.window(zone))
    shown = mark_movable(show_all(found[:MOST], user), user)
    days = days_of(stretch, shown, zone=zone, now=now)
    context = {
        "form": form,
        "looks": LOOKS,
        "stretch": stretch,
        "title": _title(form.look, day, stretch.first, stretch.last),
        "days": days,
        "scopes": SCOPES,
        "is_empty": not found,
        "left_out": max(len(found) - MOST, 0),
    }
    if form.look in {"week", "day"}:
        context |= _hours(days)
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST
    return render(request, "calendar_app/calendar.html", context, status=status)


def _hours(days: list[Day]) -> dict[str, object]:
    """Return which hours of these days are drawn."""
    opens, closes = hours_of([place for day in days for _item, place in day.placed])
    return {"opens": opens, "closes": closes, "hours": range(opens, closes)}


def _title(look: str, day: date, first: date, last: date) -> str:
    if look == "month":
        return format_date(day, _("F Y"))
    if look == "day":
        return format_date(day, _("l j F Y"))
    start = format_date(first, _("j F") if first.year == last.year else _("j F Y"))
    if (first.year, first.month) == (last.year, last.month):
        start = format_date(first, _("j"))
    return f"{start} – {format_date(last, _('j F Y'))}"
