"""A rhythm as an RFC 5545 rule, and the days it falls on."""

import calendar
from datetime import UTC, date, datetime, timedelta

from assistant.local.recurrence import CODES
from assistant.local.values import Repeat

WITHIN_A_DAY = {"HOURLY": timedelta(hours=1), "MINUTELY": timedelta(minutes=1)}
_WEEK = 7


def rule_of(repeat: Repeat, until: datetime | None, count: int | None) -> str:
    """The value of an RRULE property."""
    parts = [f"FREQ={repeat.freq}"]
    if repeat.interval > 1:
        parts.append(f"INTERVAL={repeat.interval}")
    if repeat.month:
        parts.append(f"BYMONTH={repeat.month}")
    if repeat.monthdays:
        parts.append(f"BYMONTHDAY={','.join(map(str, repeat.monthdays))}")
    if repeat.byday:
        parts.append(f"BYDAY={','.join(repeat.byday)}")
    if count:
        parts.append(f"COUNT={count}")
    elif until:
        parts.append(f"UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


def fits(repeat: Repeat, day: date) -> bool:
    """Whether the rhythm may begin on that day."""
    if repeat.month and day.month != repeat.month:
        return False
    if repeat.monthdays and day.day not in {_month_day(one, day) for one in repeat.monthdays}:
        return False
    return not repeat.byday or any(_is_day(code, day) for code in repeat.byday)


def _month_day(number: int, day: date) -> int:
    return number if number > 0 else _length(day) + 1 + number


def _is_day(code: str, day: date) -> bool:
    if CODES[day.weekday()] != code[-2:]:
        return False
    nth = int(code[:-2] or 0)
    from_end = (_length(day) - day.day) // _WEEK + 1
    return not nth or nth == ((day.day - 1) // _WEEK + 1 if nth > 0 else -from_end)


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
