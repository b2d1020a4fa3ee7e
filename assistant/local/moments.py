"""From the chosen time pieces to the instant a thing is due, on the person's wall clock.

A day without a time is due when the working day ends (17:00), or at its very end when that has
passed. Hours are added in UTC, days on the wall clock; a wall time that does not exist moves
forward by the gap, one that exists twice is the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from assistant.interpreter import ParseWarning
from assistant.local import days, rhythms
from assistant.local.clocks import END_OF_DAY
from assistant.local.pieces import Piece
from assistant.local.plan import Plan
from assistant.local.values import (
    DAY_HOURS,
    NOON,
    Clock,
    Day,
    DayPart,
    Duration,
    Part,
    Repeat,
    Shift,
    Until,
)

T = TypeVar("T")

LAST_MINUTE = Clock(23, 59)
NIGHT_ENDS = 6
CANDIDATES = 400
YEARS_SEARCHED = 9  # enough for the next 29 February

_SENTENCES = {
    "past_date": "The date lies in the past.",
    "impossible_date": "The calendar has no such date.",
    "time_assumed": "No time was given; 17:00 was assumed.",
    "ambiguous_time": "The time does not say morning or afternoon; office hours were assumed.",
    "ambiguous_date": "The date was read as month/day.",
    "several_dates": "The text names several dates; one was taken.",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a thing is due, how it repeats, and what was assumed."""

    due: datetime | None = None
    recurrence: str | None = None
    warnings: tuple[ParseWarning, ...] = ()


def warning(code: str) -> ParseWarning:
    """The warning with its sentence."""
    return ParseWarning(code, _SENTENCES[code])


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a clock on the wall shows this."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A plan, read at a moment in a zone."""

    now: datetime
    zone: ZoneInfo
    clock: Clock | None
    part: DayPart | None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, clock: Clock) -> datetime:
        """The instant of a day's time; 24:00 is the next day's start."""
        wall = datetime.combine(day, time()) + timedelta(hours=clock.hour, minutes=clock.minute)
        if clock.zone is not None:
            return wall.replace(tzinfo=timezone(clock.zone)).astimezone(UTC)
        return to_utc(wall, self.zone)

    def clocks(self, *, is_today: bool) -> Iterator[Clock]:
        """The times to try on a day, the likeliest first."""
        if self.clock is None:
            yield Clock(self.part.part.value) if self.part else END_OF_DAY
            if is_today and not self.part:
                yield LAST_MINUTE
        elif self.part:
            yield _in_part(self.clock, self.part.part)
        else:
            yield self.clock.in_office()
            if is_today and self.clock.is_open:
                yield self.clock.in_other_half()

    def due_on(self, day: date, *, once: bool = True) -> datetime | None:
        """The first fitting instant of a day that has not passed; a rhythm keeps its hour."""
        clocks = self.clocks(is_today=once and day == self.today)
        instants = (self.at(day, clock) for clock in clocks)
        return next((instant for instant in instants if instant >= self.now), None)

    def first_due(self, candidates: Iterator[date]) -> Moment:
        """The first of the days that has not passed."""
        code = "impossible_date"
        horizon = self.today + timedelta(days=days.HORIZON)
        for day in islice(candidates, CANDIDATES):
            due = self.due_on(day) if day <= horizon else None
            if due:
                return Moment(due)
            code = "past_date" if day <= horizon else code
        return Moment(warnings=(warning(code),))

    def next_time(self) -> Moment:
        """The next moment the clock shows that time."""
        clock = next(self.clocks(is_today=False))
        steps = range(1) if self.part and self.part.today else range(-1, 3)
        instants = [self.at(self.today + timedelta(days=step), clock) for step in steps]
        due = next((instant for instant in instants if instant >= self.now), None)
        return Moment(due, warnings=() if due else (warning("past_date"),))


def resolve(plan: Plan, now: datetime, zone: ZoneInfo) -> Moment:
    """When the planned thing is due; no due time with the reason in the warnings."""
    reader = _Reader(
        now=now,
        zone=zone,
        clock=_value(plan.time, Clock),
        part=_value(plan.part, DayPart),
    )
    moment = _moment(plan, reader)
    return replace(moment, warnings=(*moment.warnings, *_assumed(plan, moment)))


def _moment(plan: Plan, reader: _Reader) -> Moment:
    repeat, shift = _value(plan.recurrence, Repeat), _value(plan.shift, Shift)
    day = _value(plan.date, Day)
    if repeat:
        return _repeated(repeat, day, _value(plan.until, Until), reader)
    if shift:
        return Moment(_shifted(shift.length, reader))
    until = _value(plan.until, Until)
    day = day or (until.day if until else None)
    if day:
        return reader.first_due(day.dates(reader.today))
    return reader.next_time() if reader.clock or reader.part else Moment()


def _value(piece: Piece | None, kind: type[T]) -> T | None:
    value = piece.value if piece else None
    return value if isinstance(value, kind) else None


def _in_part(clock: Clock, part: Part) -> Clock:
    """The hands as they stand in that part of the day; after midnight the night goes on."""
    hour = clock.hour
    if part is Part.MORNING or not 0 < hour <= NOON:
        return replace(clock.in_office(), hour=hour % NOON if hour == NOON else hour)
    if part is Part.AFTERNOON:
        late = hour < NOON
    elif part is Part.NIGHT and hour < NIGHT_ENDS:
        return replace(clock.in_office(), hour=hour + DAY_HOURS)
    else:
        late = True
    return replace(clock.in_office(), hour=hour + NOON if late else hour)


def _shifted(length: Duration, reader: _Reader) -> datetime | None:
    """Days on the wall clock first, then the hours exactly."""
    if length.counts_days and not (length.days or length.months):
        return reader.now.astimezone(UTC)
    start = reader.now
    if length.days or length.months:
        wall = start.astimezone(reader.zone).replace(tzinfo=None)
        day = days.add(wall.date(), length)
        if day is None:
            return None
        start = to_utc(datetime.combine(day, wall.time()), reader.zone)
    return (start + length.exact).astimezone(UTC)


def _repeated(repeat: Repeat, day: Day | None, until: Until | None, reader: _Reader) -> Moment:
    """The first time of a rhythm, and its rule."""
    reader = replace(reader, part=reader.part or repeat.part)
    start = next(day.dates(reader.today), None) if day else reader.today
    if start is None:
        return Moment(warnings=(warning("impossible_date"),))
    start = max(start, reader.today)
    if repeat.freq in rhythms.WITHIN_A_DAY and not reader.clock:
        due = reader.now.astimezone(UTC) + rhythms.WITHIN_A_DAY[repeat.freq] * repeat.interval
        return Moment(due, rhythms.rule_of(repeat, _end(until, reader)))
    following = (start + timedelta(days=step) for step in range(YEARS_SEARCHED * 366))
    fitting = (one for one in following if rhythms.fits(repeat, one))
    instants = (reader.due_on(one, once=False) for one in fitting)
    return Moment(next(filter(None, instants), None), rhythms.rule_of(repeat, _end(until, reader)))


def _end(until: Until | None, reader: _Reader) -> datetime | None:
    last = next(until.day.dates(reader.today), None) if until else None
    return reader.at(last, LAST_MINUTE) if last else None


def _assumed(plan: Plan, moment: Moment) -> Iterator[ParseWarning]:
    if moment.due is None:
        return
    clock, day = _value(plan.time, Clock), _value(plan.date, Day)
    timed = plan.time or plan.part or plan.shift
    if plan.others:
        yield warning("several_dates")
    if day and day.swappable:
        yield warning("ambiguous_date")
    if clock and clock.is_open and not plan.part:
        yield warning("ambiguous_time")
    if not timed and (plan.date or plan.recurrence or plan.until):
        yield warning("time_assumed")
