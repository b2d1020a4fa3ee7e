"""From the chosen time pieces to the instant a thing is due, on the person's wall clock.

A day without a time is due when the office closes, or at its very end when that has passed.
Hours are added in UTC, days on the wall clock. docs/language.md has the table of conventions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from assistant.interpreter import Context, Office, ParseWarning
from assistant.local import days, rhythms
from assistant.local.pieces import Piece
from assistant.local.plan import Plan
from assistant.local.remarks import warning
from assistant.local.values import NIGHT_ENDS, Clock, Day, DayPart, Here, Part, Repeat, Shift, Until
from assistant.local.walls import instant, is_in_gap, to_utc, wall_of

T = TypeVar("T")

LAST_MINUTE = Clock(23, 59)
CANDIDATES = 400
YEARS_SEARCHED = 9  # enough for the next 29 February
WEEKDAY_WITHIN = timedelta(days=2 * 366)
MONTH_FIRST = frozenset({"en", "en-us", "en-ph", "en-ca", "es-us"})


@dataclass(frozen=True, slots=True)
class Moment:
    """When a thing is due, how long it lasts, how it repeats, and what was assumed."""

    due: datetime | None = None
    recurrence: str | None = None
    duration: timedelta | None = None
    warnings: tuple[ParseWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """A plan, read at a moment in a zone."""

    now: datetime
    zone: ZoneInfo
    office: Office
    clock: Clock | None
    part: DayPart | None
    late: bool = False

    @property
    def here(self) -> Here:
        return Here(self.now.astimezone(self.zone).date(), self.office)

    @property
    def closing(self) -> Clock:
        """The time at which the office closes, for what names a day alone."""
        return Clock(self.office.closes.hour, self.office.closes.minute)

    def is_night_on(self, clock: Clock) -> bool:
        """Whether the night that began yesterday goes on: "tonight at 3", said at 1, is today."""
        is_night = self.part is not None and self.part.part is Part.NIGHT
        hour = self.now.astimezone(self.zone).hour
        return is_night and max(hour, clock.hour) < NIGHT_ENDS

    def clocks(self, *, is_today: bool) -> Iterator[Clock]:
        """The times to try on a day, the likeliest first."""
        if self.clock is None:
            yield from self._unnamed(is_today=is_today)
        elif self.clock.closing:
            yield replace(self.closing, zone=self.clock.zone)
        elif self.part:
            if is_today and self.is_night_on(self.clock):
                yield self.clock.in_first_half()
            yield self.clock.in_part(self.part.part)
        else:
            yield self.clock.in_office()
            if is_today and self.clock.is_open:
                yield self.clock.in_other_half()

    def _unnamed(self, *, is_today: bool) -> Iterator[Clock]:
        if self.late:
            yield LAST_MINUTE
            return
        yield Clock(self.part.part.value) if self.part else self.closing
        if is_today and not self.part:
            yield LAST_MINUTE

    def due_on(self, day: date, *, once: bool = True) -> Moment | None:
        """The first fitting instant of a day that has not passed; a rhythm keeps its hour."""
        for clock in self.clocks(is_today=once and day == self.here.today):
            due = instant(day, clock, self.zone)
            if due >= self.now:
                gap = (warning("time_in_gap"),) if is_in_gap(due, clock, self.zone) else ()
                return Moment(due, warnings=gap)
        return None

    def first_due(self, candidates: Iterator[date]) -> Moment:
        """The first of the days that has not passed."""
        code = "impossible_date"
        horizon = self.here.today + timedelta(days=days.HORIZON)
        for day in islice(candidates, CANDIDATES):
            due = self.due_on(day) if day <= horizon else None
            if due:
                return due
            code = "past_date" if day <= horizon else code
        return Moment(warnings=(warning(code),))

    def next_time(self) -> Moment:
        """The next moment the clock shows that time."""
        is_said_today = self.part is not None and self.part.today
        steps = range(1) if is_said_today else range(-1, 3)
        for step, clock in product(steps, self.clocks(is_today=is_said_today)):
            due = instant(self.here.today + timedelta(days=step), clock, self.zone)
            if due >= self.now:
                return Moment(due)
        return Moment(warnings=(warning("past_date"),))


def resolve(plan: Plan, context: Context) -> Moment:
    """When the planned thing is due; no due time with the reason in the warnings."""
    day = _day_of(plan)
    reader = _Reader(
        now=context.now,
        zone=context.timezone,
        office=context.office,
        clock=_value(plan.time, Clock),
        part=_value(plan.part, DayPart),
        late=day is not None and day.late,
    )
    moment = _moment(plan, reader, day and _in_order(day, context.locale))
    assumed = _assumed(plan, moment, context)
    duration = _length_of(plan, reader, moment)
    return replace(moment, duration=duration, warnings=(*moment.warnings, *assumed))


def _day_of(plan: Plan) -> Day | None:
    day, weekday = _value(plan.date, Day), _value(plan.weekday, Day)
    if day and weekday and weekday.name is not None:
        return Day(days.in_week_of(day.dates, weekday.name))
    return day


def reads_month_first(locale: str) -> bool:
    """Whether "5/6" is in May for people of that locale."""
    return locale.replace("_", "-").lower() in MONTH_FIRST


def _in_order(day: Day, locale: str) -> Day:
    if day.day_first is None or reads_month_first(locale):
        return day
    return replace(day, dates=day.day_first)


def _moment(plan: Plan, reader: _Reader, day: Day | None) -> Moment:
    repeat, shift = _value(plan.recurrence, Repeat), _value(plan.shift, Shift)
    until = _value(plan.until, Until)
    if repeat:
        return _repeated(repeat, day, until, reader)
    if shift:
        return Moment(_shifted(shift, reader))
    day = day or (until.day if until else None)
    if day:
        return _on_day(day, reader)
    return reader.next_time() if reader.clock or reader.part else Moment()


def _on_day(day: Day, reader: _Reader) -> Moment:
    """The first of the days; where a weekday is named too, the first that is one, if it is near."""
    if day.weekday is None:
        return reader.first_due(day.dates(reader.here))
    near = reader.here.today + WEEKDAY_WITHIN
    fitting = days.filtered(day.dates, lambda one: one.weekday() == day.weekday and one <= near)
    moment = reader.first_due(fitting(reader.here))
    if moment.due:
        return moment
    any_day = reader.first_due(day.dates(reader.here))
    extra = (warning("weekday_mismatch"),) if any_day.due else ()
    return replace(any_day, warnings=(*any_day.warnings, *extra))


def _value(piece: Piece | None, kind: type[T]) -> T | None:
    value = piece.value if piece else None
    return value if isinstance(value, kind) else None


def _shifted(shift: Shift, reader: _Reader) -> datetime | None:
    """Days on the wall clock first, then the hours exactly."""
    length, start = shift.length, reader.now
    if length.days or length.months or length.working:
        wall = start.astimezone(reader.zone).replace(tzinfo=None)
        day = days.add(wall.date(), length, 1, reader.office)
        if day is None:
            return None
        start = to_utc(datetime.combine(day, wall.time()), reader.zone)
    return (start + length.exact).astimezone(UTC)


def _repeated(repeat: Repeat, day: Day | None, until: Until | None, reader: _Reader) -> Moment:
    """The first time of a rhythm, and its rule."""
    reader = replace(reader, part=reader.part or repeat.part)
    start = next(day.dates(reader.here), None) if day else reader.here.today
    if start is None:
        return Moment(warnings=(warning("impossible_date"),))
    start = max(start, reader.here.today)
    rule = rhythms.rule_of(repeat, _end(until, reader), until.count if until else None)
    if repeat.freq in rhythms.WITHIN_A_DAY and not reader.clock:
        step = rhythms.WITHIN_A_DAY[repeat.freq] * repeat.interval
        return Moment(reader.now.astimezone(UTC) + step, rule)
    following = (start + timedelta(days=step) for step in range(YEARS_SEARCHED * 366))
    fitting = (one for one in following if rhythms.fits(repeat, one))
    moments = (reader.due_on(one, once=False) for one in fitting)
    moment = next(filter(None, moments), Moment())
    return replace(moment, recurrence=rule)


def _end(until: Until | None, reader: _Reader) -> datetime | None:
    last = next(until.day.dates(reader.here), None) if until and until.day else None
    return instant(last, LAST_MINUTE, reader.zone) if last else None


def _length_of(plan: Plan, reader: _Reader, moment: Moment) -> timedelta | None:
    """How long a named stretch of time lasts: "from 2 to 4"."""
    clock = reader.clock
    if clock is None or clock.until is None or moment.due is None:
        return None
    start = next(reader.clocks(is_today=False))
    day = reader.here.today
    end = wall_of(day, clock.until.in_office() if clock.is_open else clock.until)
    length = (end - wall_of(day, start)) % timedelta(days=1)
    return length or None


def _assumed(plan: Plan, moment: Moment, context: Context) -> Iterator[ParseWarning]:
    if moment.due is None:
        return
    clock, day = _value(plan.time, Clock), _value(plan.date, Day)
    if plan.others:
        yield warning("several_dates")
    if day and day.day_first:
        order = _("month/day") if reads_month_first(context.locale) else _("day/month")
        yield warning("ambiguous_date", order=order)
    if clock and clock.is_open and not plan.part:
        yield warning("ambiguous_time")
    if day and day.numbered and not _is_near(moment.due, context):
        yield warning("weekday_far")
    if _is_whole_day(plan) and not (day and day.late):
        yield warning("time_assumed", closes=f"{context.office.closes:%H:%M}")


def _is_near(due: datetime, context: Context) -> bool:
    """Whether the date falls into this or the next month."""
    return due - context.now < timedelta(days=31)


def _is_whole_day(plan: Plan) -> bool:
    timed = plan.time or plan.part or plan.shift
    return not timed and bool(plan.date or plan.recurrence or plan.until)
