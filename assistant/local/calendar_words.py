"""The names of days, months and stretches of the calendar: <weekday>, <month>, <period>."""

import re

from assistant.local import periods
from assistant.local.makers import Makers
from assistant.local.values import Period

MAKERS = Makers()

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = {name: number for number, name in enumerate(_NAMES)}
_PERIODS = {
    "week": periods.weeks(0),
    "month": periods.once(periods.months(0)),
    "quarter": periods.once(periods.quarters(0)),
    "year": periods.years(0),
    "fiscal_year": periods.fiscal_years(0),
    "next_week": periods.weeks(1),
    "next_month": periods.once(periods.months(1)),
    "next_quarter": periods.once(periods.quarters(1)),
    "next_year": periods.years(1),
    "next_fiscal_year": periods.fiscal_years(1),
    "second_next_week": periods.weeks(2),
    "second_next_month": periods.once(periods.months(2)),
}

for _category in ("weekday_name", "weekday_short", "weekday_weak", "weekday_plural"):
    MAKERS.words(_category, WEEKDAYS)
for _category in ("next_period", "this_period"):
    MAKERS.words(_category, _PERIODS)
# "The month" may be any: "the 1st of the month" is that of the next one if it has passed.
MAKERS.words(
    "the_period",
    _PERIODS | {"month": periods.months(0), "quarter": periods.quarters(0)},
)


@MAKERS.phrase
def _month_named(month: int, year: int | None) -> Period:
    return periods.month_named(month, year)


@MAKERS.phrase
def _next_month_named(month: int) -> Period:
    return periods.month_named(month, None)


@MAKERS.phrase
def _year_named(year: int) -> Period:
    return periods.year_named(year)


@MAKERS.sign("quarter_sign", r"q([1-4])(?![\w])", first="q")
def _quarter_sign(match: re.Match[str]) -> int:
    return int(match[1])


@MAKERS.phrase
def _quarter_named(number: int, year: int | None) -> Period | None:
    return periods.quarter_named(number, year) if number <= periods.QUARTERS else None
