"""What the rules make of words: small values that do not know yet what "now" is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from assistant.interpreter import Office

NOON = 12
DAY_HOURS = 24
NIGHT_ENDS = 6
FIRST_MORNING_HOUR = 7  # a bare "at 7" to "at 11" is in the morning, "at 1" to "at 6" is not


@dataclass(frozen=True, slots=True)
class Here:
    """The today from which days are counted, and what the office is used to."""

    today: date
    office: Office


Dates = Callable[[Here], Iterator[date]]
Period = Callable[[Here], Iterator[tuple[date, date]]]  # first and last day, in time order


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: months, days and working days on the wall clock, the rest exact."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta(0)
    working: int = 0

    def __neg__(self) -> "Duration":
        return Duration(-self.months, -self.days, -self.exact, -self.working)

    def __add__(self, other: "Duration") -> "Duration":
        return Duration(
            self.months + other.months,
            self.days + other.days,
            self.exact + other.exact,
            self.working + other.working,
        )

    @property
    def counts_days(self) -> bool:
        """Whether the length is made of days and above only."""
        return not self.exact


@dataclass(frozen=True, slots=True)
class Day:
    """The days that words may mean, in time order, as seen from a given today.

    `day_first` when month and day could be meant the other way round; `weekday` when the words
    also name one beside a date; `numbered` when they name a weekday and the number of its day;
    `late` when they mean the very end of the day; `last` where a stretch of days ends; where
    they name a stretch of the calendar: `period`; `name` is the weekday that is all they name.
    """

    dates: Dates
    day_first: Dates | None = None
    weekday: int | None = None
    numbered: bool = False
    late: bool = False
    last: Dates | None = None
    period: Period | None = None
    name: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A length of time counted from this very moment."""

    length: Duration


class Part(Enum):
    """A part of the day, with the hour that stands for it."""

    MORNING = 9
    AFTERNOON = 14
    EVENING = 18
    NIGHT = 20


class Half(Enum):
    """Which half of the day a clock time names."""

    KNOWN = "known"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; an open one does not say which half of the day it means."""

    hour: int
    minute: int = 0
    half: Half = Half.KNOWN
    zone: str | None = None
    closing: bool = False  # the hour at which the office closes
    until: "Clock | None" = None

    @property
    def is_open(self) -> bool:
        """Whether morning and afternoon would both fit."""
        return self.half is Half.OPEN

    def in_office(self) -> "Clock":
        """The reading that falls into office hours."""
        late = self.is_open and self.hour < FIRST_MORNING_HOUR
        return replace(self, hour=self.hour + NOON if late else self.hour, half=Half.KNOWN)

    def in_first_half(self) -> "Clock":
        """The hour as it was said."""
        return replace(self, half=Half.KNOWN)

    def in_other_half(self) -> "Clock":
        """The same hands, twelve hours apart."""
        return replace(self, hour=(self.hour + NOON) % DAY_HOURS, half=Half.KNOWN)

    def in_part(self, part: Part) -> "Clock":
        """The hands as they stand in that part of the day; after midnight the night goes on."""
        hour = self.hour
        if part is Part.MORNING or not 0 < hour <= NOON:
            return replace(self.in_first_half(), hour=hour % NOON if hour == NOON else hour)
        if part is Part.NIGHT and hour < NIGHT_ENDS:
            return replace(self.in_first_half(), hour=hour + DAY_HOURS)
        late = hour < NOON or part is not Part.AFTERNOON
        return replace(self.in_first_half(), hour=hour + NOON if late else hour)


@dataclass(frozen=True, slots=True)
class DayPart:
    """A part of the day; "tonight" and "this morning" also say that it is today."""

    part: Part
    today: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rhythm, in the words of RFC 5545."""

    freq: str
    interval: int = 1
    byday: tuple[str, ...] = ()
    monthdays: tuple[int, ...] = ()
    month: int | None = None
    part: DayPart | None = None
    adverb: bool = False  # a bare "weekly", which before a noun is a part of a name


@dataclass(frozen=True, slots=True)
class Until:
    """The last day of a rhythm, or how often it comes."""

    day: Day | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before the moment somebody wants to be reminded."""

    length: Duration


@dataclass(frozen=True, slots=True)
class Importance:
    """A priority word."""

    priority: str


@dataclass(frozen=True, slots=True)
class Label:
    """A #tag, without its sign."""

    name: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Words that open a request; `self_named` when they say who: the speaker."""

    self_named: bool = False
