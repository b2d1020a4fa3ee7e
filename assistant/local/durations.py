"""Lengths of time: <duration>, "90 minutes", "two and a half hours", "2 years 1 month"."""

import re
from datetime import timedelta
from fractions import Fraction

from assistant.local.grammar import Rules
from assistant.local.values import Duration

RULES = Rules()

_UNITS = {
    "minute": Duration(exact=timedelta(minutes=1)),
    "hour": Duration(exact=timedelta(hours=1)),
    "day": Duration(days=1),
    "week": Duration(days=7),
    "fortnight": Duration(days=14),
    "month": Duration(months=1),
    "quarter": Duration(months=3),
    "year": Duration(months=12),
}
_SHORT = {
    "min": "minute",
    "mins": "minute",
    "hr": "hour",
    "hrs": "hour",
    "wk": "week",
    "wks": "week",
    "yr": "year",
    "yrs": "year",
    "mo": "month",
}
_GLUED = {"m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week"}

RULES.words("unit_name", _UNITS)
RULES.words("unit_name", {f"{name}s": unit for name, unit in _UNITS.items()})
RULES.words("unit_name", {short: _UNITS[name] for short, name in _SHORT.items()})


def times(count: Fraction, unit: Duration) -> Duration | None:
    """The unit so many times; None for half a month, which has no agreed length."""
    months, days = count * unit.months, count * unit.days
    if months.denominator != 1 or days.denominator != 1:
        return None
    minutes = count * (unit.exact // timedelta(minutes=1))
    return Duration(int(months), int(days), timedelta(seconds=int(minutes * 60)))


RULES.rule("simple_duration", "<count> <unit_name>")(times)


@RULES.lexeme("simple_duration", r"(?<![\w.,/:-])(\d{1,4}|\d/[2-9])\s?(m|min|h|d|w)\b")
def _glued(match: re.Match[str]) -> Duration | None:
    return times(Fraction(match[1]), _UNITS[_GLUED[match[2]]])


RULES.rule("duration", "<simple_duration>", "about|around|roughly <simple_duration>")(
    lambda length: length
)


@RULES.rule(
    "duration",
    "<simple_duration> ,|and? <simple_duration>",
    "<simple_duration> ,|and? <simple_duration> ,|and? <simple_duration>",
)
def _added(*lengths: Duration) -> Duration:
    return sum(lengths, Duration())


@RULES.rule("duration", "<int> and a|an half <unit_name>", "<article> <unit_name> and a half")
def _and_a_half(count: int | Fraction, unit: Duration) -> Duration | None:
    return times(count + Fraction(1, 2), unit)
