"""Times of day: <clock>, <part>, and <shift>, a length of time from this very moment.

What is only a time at the end of a phrase ("at 5", "morning") is loose: see `pieces`.
"""

import re
from dataclasses import replace
from datetime import timedelta

from assistant.local.grammar import Rules
from assistant.local.values import DAY_HOURS, NOON, Clock, DayPart, Duration, Half, Part, Shift

RULES = Rules()

HOUR_MINUTES = 60
END_OF_DAY = Clock(17)  # the end of the working day, also for a date without a time

_ZONES = {
    "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "ist": 330, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip

RULES.words("zone", {name: timedelta(minutes=offset) for name, offset in _ZONES.items()})
RULES.words("fixed_clock", dict.fromkeys(("noon", "midday", "mid day"), Clock(12)))
RULES.words("fixed_clock", {"midnight": Clock(24)})
RULES.words(
    "clock",
    dict.fromkeys(
        (
            *("eod", "cob", "end of day", "end of the day", "the end of the day"),
            *("close of business", "end of business", "end of the working day", "end of work"),
        ),
        END_OF_DAY,
    ),
)
RULES.words("quarter", {"a quarter": 15, "quarter": 15, "half": 30})
RULES.words("meridiem", {"am": 0, "pm": NOON, "a m": 0, "p m": NOON, "a.m.": 0, "p.m.": NOON})
RULES.words("meridiem", {"a.m": 0, "p.m": NOON})


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


@RULES.lexeme(
    "digital",
    r"(?<![\w:./$-])(\d{1,2}?)(?:[:.]?([0-5]\d))?(?::[0-5]\d)?\.?(?:ish)?\s{0,2}"
    r"(?:([ap])\s?\.?\s?m\b\.?|(?<=\d)([ap])\b\.?)",
)
def _twelve_hours(match: re.Match[str]) -> Clock | None:
    half = (match[3] or match[4]) == "p"
    return clock(int(match[1]), int(match[2] or 0), NOON if half else 0)


@RULES.lexeme("digital", r"(?<![\w:./$-])(\d{1,2}):([0-5]\d)(?::[0-5]\d)?(?![\d:]|\s?[ap]\.?m\b)")
def _with_colon(match: re.Match[str]) -> Clock | None:
    read = clock(int(match[1]), int(match[2]))
    return replace(read, half=Half.KNOWN) if read and match[1].startswith("0") else read


@RULES.lexeme("digital", r"(?<![\w:./$-])([01]?\d|2[0-4])\s?h\s?([0-5]\d)\b")
@RULES.lexeme("digital", r"(?<![\w:./$-])(1[3-9]|2[0-4])\s?h()\b")
@RULES.lexeme("timed_hour", r"(?<![\w:./$-])([01]?\d|2[0-4])\s?h()\b")
@RULES.lexeme("timed_hour", r"(?<![\w:./$-])(\d{1,2})[. ]?([0-5]\d)\b(?![.:/]\d)")
def _french(match: re.Match[str]) -> Clock | None:
    return clock(int(match[1]), int(match[2] or 0))


@RULES.lexeme("digital", r"(?<![\w:./$-])(\d{1,2})ish\b")
def _roughly(match: re.Match[str]) -> Clock | None:
    return clock(int(match[1]))


@RULES.lexeme("digital", r"t([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?:\.\d+)?(z?)\b", first="t")
def _iso(match: re.Match[str]) -> Clock:
    zone = timedelta(0) if match[3] else None
    return Clock(int(match[1]), int(match[2]), zone=zone)


@RULES.lexeme("bare_hour", r"(?<![\w:./$-])(1\d|2[0-3]|\d)(?:ish)?(?![\d:%/]|[.,]\d|\s?[ap]m?\b)")
def _hour(match: re.Match[str]) -> int:
    return int(match[1])


@RULES.rule("bare_hour", "<small>")
def _hour_in_words(hour: int) -> int | None:
    return hour if hour <= NOON else None


@RULES.rule("digital", "<bare_hour> <meridiem>", "<bare_hour> in the <meridiem>")
def _hour_and_half(hour: int, half: int) -> Clock | None:
    return clock(hour, 0, half)


@RULES.rule("digital", "<small> <minutes> <meridiem>")
def _words_and_half(hour: int, minute: int, half: int) -> Clock | None:
    return clock(hour, minute, half)


@RULES.rule("digital", "<bare_hour> oclock <meridiem>?", "<bare_hour> o ' clock <meridiem>?")
def _oclock(hour: int, half: int | None) -> Clock | None:
    return clock(hour, 0, half)


@RULES.rule("minutes", "<ten> -? <unit>?")
def _tens(ten: int, unit: int | None) -> int:
    return ten + (unit or 0)


@RULES.rule("minutes", "<small>")
def _teens(number: int) -> int | None:
    return number if number >= NOON - 2 else None


@RULES.rule("hour", "<digital>", "<fixed_clock>")
def _full_hour(read: Clock) -> Clock:
    return read


@RULES.rule("hour", "<bare_hour>")
def _open_hour(hour: int) -> Clock | None:
    return clock(hour)


@RULES.rule("past", "<quarter>", "<int> minutes|minute|min|mins")
def _minutes_past(minutes: int) -> int | None:
    return minutes if minutes < HOUR_MINUTES else None


@RULES.rule("bare_past", "<int>")
def _bare_minutes_past(minutes: int) -> int | None:
    """Without the word "minutes" only what a dial shows: five, ten, twenty."""
    five = 5
    return minutes if 0 < minutes < HOUR_MINUTES and not minutes % five else None


@RULES.rule("relative_clock", "<bare_past> past|after <hour> <meridiem>?")
@RULES.rule("relative_clock", "<past> past|after <hour> <meridiem>?")
def _past(minutes: int, hour: Clock, half: int | None) -> Clock | None:
    return _moved(hour, minutes, half)


@RULES.rule("relative_clock", "<bare_past> to <fixed_clock>", "<bare_past> to <digital>")
@RULES.rule("relative_clock", "<past> to|till|before <hour> <meridiem>?")
def _to(minutes: int, hour: Clock, half: int | None = None) -> Clock | None:
    return _moved(hour, -minutes, half)


def _moved(hour: Clock, minutes: int, half: int | None) -> Clock | None:
    total = (hour.hour * HOUR_MINUTES + minutes) % (DAY_HOURS * HOUR_MINUTES)
    if half is not None:
        return clock(*divmod(total, HOUR_MINUTES), half)
    return replace(hour, hour=total // HOUR_MINUTES, minute=total % HOUR_MINUTES)


_AT = "at|@|by|around|about|before|until|till|for|from? about|around?"


@RULES.rule("clock", f"{_AT} <digital> sharp? <zone>?")
def _at(read: Clock, zone: timedelta | None) -> Clock:
    return replace(read, zone=zone) if zone is not None else read


RULES.rule("clock", f"{_AT} the? <fixed_clock>", f"{_AT} <relative_clock>")(lambda read: read)


@RULES.rule(
    "loose_clock", "at|@|by|around|before|until|till|from about|around? <bare_hour> <zone>?"
)
def _at_hour(hour: int, zone: timedelta | None) -> Clock | None:
    read = clock(hour)
    return replace(read, zone=zone) if read and zone is not None else read


@RULES.rule("loose_clock", "at|@|around|by <timed_hour> <zone>?", "<timed_hour> <zone>")
def _at_timed(read: Clock, zone: timedelta | None) -> Clock:
    return replace(read, zone=zone) if zone is not None else read


@RULES.rule("loose_clock", "at|@|around|by? <small> -? <minutes>")
def _at_words(hour: int, minute: int) -> Clock | None:
    return clock(hour, minute) if hour <= NOON else None


_PARTS = {
    "morning": Part.MORNING,
    "afternoon": Part.AFTERNOON,
    "evening": Part.EVENING,
    "night": Part.NIGHT,
}
RULES.words("part_name", _PARTS)


@RULES.rule("part", "this early|late? <part_name>")
def _this_part(part: Part) -> DayPart:
    return DayPart(part, today=True)


@RULES.rule("hour", "<bare_hour> in the <part_name>")
@RULES.rule("clock", "at|by|around? <bare_hour> in the <part_name>")
def _hour_in_part(hour: int, part: Part) -> Clock | None:
    return clock(hour, 0, 0 if part is Part.MORNING else NOON) if hour <= NOON else None


RULES.words("part", {"tonight": DayPart(Part.NIGHT, today=True)})


@RULES.rule("part", "in|during the? early|late? <part_name>", "at <part_name>")
@RULES.rule("loose_part", "early|late? <part_name>")
def _part(part: Part) -> DayPart:
    return DayPart(part)


@RULES.rule(
    "shift",
    "in|within|after <duration>",
    "in the next <duration>",
    "<duration> from|after now",
    "<duration> hence|later",
)
def _shift(length: Duration) -> Shift | None:
    return None if length.counts_days else Shift(length)


@RULES.rule("shift", "<duration> from right now")
def _exactly(length: Duration) -> Shift:
    return Shift(length)


RULES.words("shift", dict.fromkeys(("right now", "just now"), Shift(Duration())))
RULES.words("loose_shift", {"now": Shift(Duration())})
