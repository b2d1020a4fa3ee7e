"""A stretch of the calendar as days, for the clock on somebody's wall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendar_app.lanes import Place, places_of
from calendar_app.models import Answer, EventStatus
from common.moments import to_utc, to_wall

MONTH, WEEK, DAY, AGENDA = "month", "week", "day", "agenda"
ONE = timedelta(days=1)
AGENDA_DAYS = 30
# Six weeks hold every month, so that the page does not jump.
MONTH_DAYS = 42


@dataclass(frozen=True, slots=True)
class Item:
    """What happens on a day, as a calendar shows it."""

    event: Mapping[str, Any]
    when: str
    order: tuple[int, str]
    query: str
    is_off: bool
    # On the clock of whoever looks: its first day, the minute of it, and how many it takes.
    first: date
    minute: int
    minutes: int

    @property
    def is_series(self) -> bool:
        """Whether it is asked how much of a series is meant."""
        return bool(self.query)

    @property
    def is_day_long(self) -> bool:
        """Whether it takes the whole of the day."""
        return not self.when


@dataclass(slots=True)
class Day:
    """One day with what happens on it."""

    date: date
    is_today: bool
    is_beside: bool = False
    items: list[Item] = field(default_factory=list)

    @property
    def long(self) -> list[Item]:
        """What takes the whole of it."""
        return [item for item in self.items if item.is_day_long]

    @property
    def placed(self) -> list[tuple[Item, Place]]:
        """What happens at a time of it, with where that is drawn."""
        return places_of([item for item in self.items if not item.is_day_long])


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days that a page shows, and the dates of the pages beside it."""

    look: str
    day: date
    first: date
    length: int

    @property
    def before(self) -> date:
        """The date that leads to the page before."""
        if self.look == MONTH:
            return (self.day.replace(day=1) - ONE).replace(day=1)
        return self.day - self.length * ONE

    @property
    def after(self) -> date:
        """The date that leads to the page after."""
        if self.look == MONTH:
            return (self.day.replace(day=28) + 4 * ONE).replace(day=1)
        return self.day + self.length * ONE

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.first + (self.length - 1) * ONE

    def window(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants between which its days lie."""
        start = datetime.combine(self.first, time.min)
        return to_utc(start, zone), to_utc(start + self.length * ONE, zone)


def stretch_of(look: str, day: date) -> Stretch:
    """Return the days around a date that a look shows; weeks begin on Monday."""
    if look == WEEK:
        return Stretch(look, day, day - day.weekday() * ONE, 7)
    if look in {DAY, AGENDA}:
        return Stretch(look, day, day, 1 if look == DAY else AGENDA_DAYS)
    first = day.replace(day=1)
    return Stretch(MONTH, day, first - first.weekday() * ONE, MONTH_DAYS)


def days_of(
    stretch: Stretch, events: Iterable[Mapping[str, Any]], *, zone: ZoneInfo, now: datetime
) -> list[Day]:
    """Return the days with their events, in the order of the clock, those of whole days first."""
    today = to_wall(now, zone).date()
    dates = [stretch.first + number * ONE for number in range(stretch.length)]
    by_date = {
        each: Day(each, each == today, stretch.look == MONTH and each.month != stretch.day.month)
        for each in dates
    }
    for event in events:
        first, last = span_of(event, zone)
        for number in range((min(last, dates[-1]) - max(first, dates[0])).days + 1):
            each = max(first, dates[0]) + number * ONE
            by_date[each].items.append(_item(event, zone, is_first=each == first))
    for found in by_date.values():
        found.items.sort(key=lambda item: item.order)
    return [*by_date.values()]


def span_of(event: Mapping[str, Any], zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day that an event touches."""
    if event["all_day"]:
        return event["start_date"], event["end_date"] - ONE
    start, end = to_wall(event["start"], zone), to_wall(event["end"], zone)
    ends_at_midnight = end > start and end.time() == time.min
    return start.date(), end.date() - ONE if ends_at_midnight else end.date()


def _item(event: Mapping[str, Any], zone: ZoneInfo, *, is_first: bool) -> Item:
    start, end = to_wall(event["start"], zone), to_wall(event["end"], zone)
    when = f"{start:%H:%M}" if is_first and not event["all_day"] else ""
    return Item(
        event=event,
        when=when,
        order=(bool(when), f"{when} {event['title']}"),
        query=query_of(event),
        is_off=event["status"] == EventStatus.CANCELLED,
        first=event["start_date"] if event["all_day"] else start.date(),
        minute=start.hour * 60 + start.minute,
        minutes=int((end - start).total_seconds() // 60),
    )


def query_of(event: Mapping[str, Any]) -> str:
    """Return what an address adds to say which occurrence of a series is meant."""
    in_series = event["series_id"] == event["id"] and event["occurrence"]
    return "?" + urlencode({"at": event["occurrence"].isoformat()}) if in_series else ""


def words_of(event: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return when it happens: `Tuesday 14 May 2030, 10:00 – 11:00`."""
    first, last = span_of(event, zone)
    if event["all_day"]:
        return _day(first) if first == last else f"{_day(first)} – {_day(last)}"
    start, end = to_wall(event["start"], zone), to_wall(event["end"], zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{_day(end.date())}, {end:%H:%M}"
    return f"{_day(first)}, {start:%H:%M} – {until}"


def _day(day: date) -> str:
    return format_date(day, gettext("l j F Y"))


ANSWERS = {
    Answer.ACCEPTED.value: _("Comes"),
    Answer.DECLINED.value: _("Does not come"),
    Answer.TENTATIVE.value: _("Perhaps"),
    Answer.NEEDS_ACTION.value: _("Has not answered"),
}
