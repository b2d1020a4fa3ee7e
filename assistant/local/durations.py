"""Lengths of time: <duration>, "90 minutes", "two and a half hours", "2 years 1 month"."""

import re
from datetime import timedelta
from fractions import Fraction

from assistant.local.makers import Makers
from assistant.local.values import Duration

MAKERS = Makers()

UNITS = {
    "second": Duration(exact=timedelta(seconds=1)),
    "minute": Duration(exact=timedelta(minutes=1)),
    "hour": Duration(exact=timedelta(hours=1)),
    "day": Duration(days=1),
    "working_day": Duration(working=1),
    "week": Duration(days=7),
    "fortnight": Duration(days=14),
    "month": Duration(months=1),
    "quarter": Duration(months=3),
    "year": Duration(months=12),
}
_GLUED = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}

MAKERS.words("unit_name", UNITS)


@MAKERS.phrase
def _times(count: Fraction, unit: Duration) -> Duration | None:
    """The unit so many times; None for half a month, which has no agreed length."""
    wholes = [count * part for part in (unit.months, unit.days, unit.working)]
    if any(whole.denominator != 1 for whole in wholes):
        return None
    months, days, working = map(int, wholes)
    seconds = count * (unit.exact // timedelta(seconds=1))
    return Duration(months, days, timedelta(seconds=int(seconds)), working)


@MAKERS.sign("simple_duration", r"(?<![\w.,/:-])(\d{1,4}|\d/[2-9]|\d{1,2}\.\d)\s?([smhdw])\b")
def _glued(match: re.Match[str]) -> Duration | None:
    return _times(Fraction(match[1]), UNITS[_GLUED[match[2]]])


@MAKERS.sign(
    "simple_duration", r"(?<![\w.,/:-])(\d{1,2})\s?h(?:rs?)?\s?([0-5]?\d)(?:\s?m(?:ins?)?)?\b"
)
def _hours_and_minutes(match: re.Match[str]) -> Duration:
    return Duration(exact=timedelta(hours=int(match[1]), minutes=int(match[2])))


@MAKERS.phrase
def _added(*lengths: Duration) -> Duration:
    return sum(lengths, Duration())


@MAKERS.phrase
def _duration_and_a_half(count: int | Fraction, unit: Duration) -> Duration | None:
    return _times(count + Fraction(1, 2), unit)
