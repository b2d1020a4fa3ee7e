"""Times of day: <clock>, <part>, and <shift>, a length of time from this very moment.

What is only a time at the end of a phrase ("at 5", "morning") is loose: see `pieces`.
"""

import re
from dataclasses import replace
from datetime import timedelta

from assistant.local.makers import Makers
from assistant.local.values import (
    DAY_HOURS,
    NIGHT_ENDS,
    NOON,
    Clock,
    DayPart,
    Duration,
    Half,
    Part,
    Shift,
)

MAKERS = Makers()

HOUR_MINUTES = 60
ALONE = r"(?<![\w:./$#-])(?<!\d,)"
_PARTS = {part.name.lower(): part for part in Part}

MAKERS.words(
    "fixed_clock",
    {"noon": Clock(NOON), "midnight": Clock(DAY_HOURS), "first_thing": Clock(Part.MORNING.value)},
)
MAKERS.words("lunch", {"noon": Clock(NOON)})
MAKERS.words("closing", {"closing": Clock(17, closing=True)})
MAKERS.words("meridiem", {"am": 0, "pm": NOON})
MAKERS.words("part_name", _PARTS)
MAKERS.words("part_plain", _PARTS)
MAKERS.words("day_time", _PARTS)
MAKERS.words("adverb_part", _PARTS)
MAKERS.words("tonight", {"tonight": DayPart(Part.NIGHT, today=True)})
MAKERS.words(
    "time_ahead",
    {
        "day": Duration(days=1),
        "week": Duration(days=7),
        "month": Duration(months=1),
        "year": Duration(months=12),
    },
)
MAKERS.words("now", {"now": Shift(Duration())})
MAKERS.words("loose_now", {"now": Shift(Duration())})


def clock(hour: int, minute: int = 0, half: int | None = None) -> Clock | None:
    """The time, open between the halves of the day for a bare 1 to 12; None for hour 25."""
    if hour + minute / HOUR_MINUTES > DAY_HOURS or minute >= HOUR_MINUTES:
        return None
    if half is not None:
        return Clock(hour % NOON + half, minute) if 1 <= hour <= NOON else _late(hour, minute)
    is_open = 1 <= hour < NOON
    return Clock(hour, minute, Half.OPEN if is_open else Half.KNOWN)


def _late(hour: int, minute: int) -> Clock | None:
    """Allow "15:30 pm": it is said, and clear."""
    return Clock(hour, minute) if NOON < hour < DAY_HOURS else None


@MAKERS.sign(
    "digital",
    ALONE + r"(\d{1,2}?)(?:[:. ]?([0-5]\d))?(?::[0-5]\d)?\.?(?:ish)?\s{0,2}"
    # A zone may follow without a space: "10amPT".
    r"(?:([ap])\s?\.?\s?m(?:\b|(?=[a-z]{2,4}\b))\.?|(?<=\d)([ap])\b\.?)",
)
def _twelve_hours(match: re.Match[str]) -> Clock | None:
    half = (match[3] or match[4]) == "p"
    return clock(int(match[1]), int(match[2] or 0), NOON if half else 0)


@MAKERS.sign("digital", ALONE + r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?(?![\d:]|\s?[ap]\.?m\b)")
def _with_colon(match: re.Match[str]) -> Clock | None:
    return _written(match[1], match[2])


def _written(hour: str, minute: str) -> Clock | None:
    """The time on a clock of 24 hours, if the hour is written as on one: "0630"."""
    read = clock(int(hour), int(minute or 0))
    return replace(read, half=Half.KNOWN) if read and hour.startswith("0") else read


@MAKERS.sign("digital", ALONE + r"([01]?\d|2[0-4])\s?h\s?([0-5]\d)\b")
@MAKERS.sign("digital", ALONE + r"(1[3-9]|2[0-4])\s?h()\b")
@MAKERS.sign("timed_hour", ALONE + r"([01]?\d|2[0-4])\s?h()\b")
@MAKERS.sign("timed_hour", ALONE + r"(\d{1,2})[. ]?([0-5]\d)\b(?![.:/-]\d|%)")
@MAKERS.sign("sure_timed_hour", ALONE + r"(?!20\d\d\b)(\d{1,2})[. ]?([0-5]\d)\b(?![.:/-]\d|%)")
@MAKERS.sign("digital", ALONE + r"([01]\d|2[0-3])([0-5]\d)\s?(?:h|hrs|hours)\b")
def _french(match: re.Match[str]) -> Clock | None:
    return _written(match[1], match[2])


@MAKERS.sign("zone", r"(?:gmt|utc)\s?([+-])\s?(\d{1,2})(?::?([0-5]\d))?\b", first="gmt utc")
def _shifted_zone(match: re.Match[str]) -> str | None:
    """Read "GMT+2" and "UTC+05:30"; no place is further away than 14 hours."""
    furthest = 14
    is_place = int(match[2]) <= furthest
    return f"{match[1]}{int(match[2]):02}:{match[3] or '00'}" if is_place else None


@MAKERS.sign("digital", ALONE + r"(\d{1,2})ish\b")
def _roughly(match: re.Match[str]) -> Clock | None:
    return clock(int(match[1]))


@MAKERS.sign("digital", r"t([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?:\.\d{1,9})?(z?)\b", first="t")
def _iso(match: re.Match[str]) -> Clock:
    return Clock(int(match[1]), int(match[2]), zone="UTC" if match[3] else None)


@MAKERS.sign("bare_hour", ALONE + r"(1\d|2[0-3]|\d)(?:ish)?(?![\d:%/]|[.,]\d|\s?[ap]m?\b|-\d)")
def _hour(match: re.Match[str]) -> int:
    return int(match[1])


@MAKERS.sign("hour_before_dash", ALONE + r"(1\d|2[0-3]|\d)(?=\s?-)")
def _hour_before_dash(match: re.Match[str]) -> int:
    return int(match[1])


@MAKERS.phrase
def _hour_in_words(hour: int) -> int | None:
    return hour if hour <= NOON else None


@MAKERS.phrase
def _hour_and_half(hour: int, half: int) -> Clock | None:
    return clock(hour, 0, half)


@MAKERS.phrase
def _words_and_half(hour: int, minute: int, half: int) -> Clock | None:
    return clock(hour, minute, half)


@MAKERS.phrase
def _oclock(hour: int, half: int | None = None) -> Clock | None:
    return clock(hour, 0, half)


@MAKERS.phrase
def _hour_and_minutes(hour: int, minute: int | None) -> Clock | None:
    return clock(hour, minute or 0)


@MAKERS.phrase
def _teens(number: int) -> int | None:
    return number if number >= NOON - 2 else None


@MAKERS.phrase
def _open_hour(hour: int) -> Clock | None:
    return clock(hour)


@MAKERS.phrase
def _minutes_past(minutes: int) -> int | None:
    return minutes if minutes < HOUR_MINUTES else None


@MAKERS.phrase
def _bare_minutes_past(minutes: int) -> int | None:
    """Without the word "minutes" only what a dial shows: five, ten, twenty."""
    five = 5
    return minutes if 0 < minutes < HOUR_MINUTES and not minutes % five else None


@MAKERS.phrase
def _past(minutes: int, hour: Clock, half: int | None) -> Clock | None:
    return _moved(hour, minutes, half)


@MAKERS.phrase
def _to(minutes: int, hour: Clock, half: int | None = None) -> Clock | None:
    return _moved(hour, -minutes, half)


@MAKERS.phrase
def _half_hour(hour: int) -> Clock | None:
    """Read "half seven" as half past seven."""
    return clock(hour, HOUR_MINUTES // 2)


@MAKERS.phrase
def _half_to(hour: int) -> Clock | None:
    """Read "halb acht" as half past seven."""
    return _moved(Clock(hour, half=Half.OPEN), -HOUR_MINUTES // 2, None) if hour <= NOON else None


def _moved(hour: Clock, minutes: int, half: int | None) -> Clock | None:
    total = (hour.hour * HOUR_MINUTES + hour.minute + minutes) % (DAY_HOURS * HOUR_MINUTES)
    if half is not None:
        return clock(*divmod(total, HOUR_MINUTES), half)
    return replace(hour, hour=total // HOUR_MINUTES, minute=total % HOUR_MINUTES)


@MAKERS.phrase
def _at(read: Clock, zone: str | None = None) -> Clock:
    return replace(read, zone=zone) if zone is not None else read


@MAKERS.phrase
def _closing(read: Clock) -> Clock:
    return read


@MAKERS.phrase
def _at_words(hour: int, minute: int) -> Clock | None:
    return clock(hour, minute) if hour <= NOON else None


@MAKERS.phrase
def _hour_in_part(hour: int, part: Part) -> Clock | None:
    is_early = part is Part.MORNING or (part is Part.NIGHT and hour < NIGHT_ENDS)
    return clock(hour, 0, 0 if is_early else NOON) if hour <= NOON else None


@MAKERS.phrase
def _clock_in_part(read: Clock, part: Part) -> Clock:
    return read.in_part(part) if read.is_open or read.hour == NOON else read


@MAKERS.phrase
def _this_part(part: Part) -> DayPart:
    return DayPart(part, today=True)


@MAKERS.phrase
def _part(part: Part = Part.MORNING) -> DayPart:
    return DayPart(part)


@MAKERS.phrase
def _tonight(part: DayPart) -> DayPart:
    return part


@MAKERS.phrase
def _shift(length: Duration) -> Shift | None:
    return None if length.counts_days else Shift(length)


@MAKERS.phrase
def _exactly(length: Duration) -> Shift:
    return Shift(length)


@MAKERS.phrase
def _exactly_ahead(length: Duration) -> Shift:
    return Shift(length)


@MAKERS.phrase
def _minutes_ahead(minutes: int) -> Shift | None:
    read = _bare_minutes_past(minutes)
    return Shift(Duration(exact=timedelta(minutes=read))) if read else None


@MAKERS.phrase
def _now(shift: Shift) -> Shift:
    return shift
