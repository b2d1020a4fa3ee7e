"""Stretches and lists of days: "monday to wednesday", "June 5-7", "this Saturday and Sunday"."""

from dataclasses import replace

from assistant.local.dates import coming_weekday, day_of_month
from assistant.local.makers import Makers
from assistant.local.values import Day

MAKERS = Makers()


@MAKERS.phrase
def _day_range(first: Day, last: Day) -> Day:
    return replace(first, last=last.dates)


@MAKERS.phrase
def _day_list(first: Day, last: Day) -> Day:
    return _day_range(first, last)


@MAKERS.phrase
def _weekday_range(first: int, last: int) -> Day:
    return _day_range(coming_weekday(first), coming_weekday(last))


@MAKERS.phrase
def _month_days(*values: int | tuple[int, int] | None) -> Day:
    """Read "June 5-7" and "5-7 June 2024"."""
    first, last = next(value for value in values if isinstance(value, tuple))
    month, *years = (value for value in values if isinstance(value, int))
    return _between(month, first, last, *years)


@MAKERS.phrase
def _days_of_month(first: int, last: int, month: int) -> Day | None:
    """Read "3 and 4 June"."""
    return _between(month, first, last) if first < last else None


def _between(month: int, first: int, last: int, year: int | None = None) -> Day:
    start, end = (day_of_month((month, number), year) for number in (first, last))
    return replace(start, last=end.dates)
