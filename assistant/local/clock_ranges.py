"""Stretches of a day: "from 2 to 4", "9:15-9:30", and "10-11" behind a day."""

import re
from dataclasses import replace

from assistant.local.clocks import ALONE, clock
from assistant.local.makers import Makers
from assistant.local.values import NOON, Clock

MAKERS = Makers()

_SHORT_STRETCH = 4  # hours
_POINT = r"(\d{1,2})(?::([0-5]\d))?\s?([ap]m?\b)?"


@MAKERS.sign("clock", ALONE + _POINT + r"\s?-\s?" + _POINT + r"(?![\d:/%-])")
def _dashed_range(match: re.Match[str]) -> Clock | None:
    """Read "2-4pm" and "14:00-15:30", which have an "am", a "pm" or minutes somewhere."""
    hour, minute, half, last_hour, last_minute, last_half = match.groups()
    if not (half or last_half or (minute and last_minute)):
        return None
    start, end = _point(hour, minute, half), _point(last_hour, last_minute, last_half)
    return _clock_range(start, end) if start and end else None


def _point(hour: str, minute: str | None, half: str | None) -> Clock | None:
    late = None if half is None else NOON * half.startswith("p")
    return clock(int(hour), int(minute or 0), late)


@MAKERS.sign("dashed_hours", ALONE + r"(\d\d?)\s?-\s?(\d\d?)(?![\d:%/.-]|\s?[ap]m?\b)")
def _dashed_hours(match: re.Match[str]) -> Clock | None:
    """Read "10-11" behind a day as hours of the dial."""
    first, last = int(match[1]), int(match[2])
    return _open_clock_range(first, last) if are_hours(first, last) else None


def are_hours(first: int, last: int) -> bool:
    """Whether two numbers rather are a short stretch of the dial than a month and a day."""
    is_dial = 1 <= first <= NOON and 1 <= last <= NOON
    return is_dial and 1 <= (last - first) % NOON <= _SHORT_STRETCH


@MAKERS.phrase
def _clock_range(start: Clock, end: Clock, zone: str | None = None) -> Clock | None:
    return _open_clock_range(start.hour, end, zone, start)


@MAKERS.phrase
def _open_clock_range(
    hour: int, end: Clock | int, zone: str | None = None, start: Clock | None = None
) -> Clock | None:
    """A stretch of a day; "2-4pm" is all in the afternoon, "11-1pm" begins before it."""
    last = clock(end) if isinstance(end, int) else end
    first = start or clock(hour)
    if first is None or last is None:
        return None
    if first.is_open and not last.is_open:
        late = first.in_other_half()
        fits = first.hour < NOON and (late.hour, late.minute) < (last.hour, last.minute)
        first = late if fits else first.in_first_half()
    if last.is_open and not first.is_open:
        is_later = (last.hour, last.minute) > (first.hour, first.minute)
        last = last.in_first_half() if is_later else last.in_other_half()
    return replace(first, until=last, zone=zone)
