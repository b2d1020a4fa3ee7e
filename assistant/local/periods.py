"""Stretches of the calendar as seen from a given today: weeks, months, quarters, years."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from assistant.interpreter import Office
from assistant.local.days import FRIDAY, MONTHS, WEEK, YEARS_AHEAD, add, make_date, month_of
from assistant.local.values import Dates, Duration, Here, Period

QUARTERS = 4
QUARTER_MONTHS = 3
_WEDNESDAY = 2
_MIDDLE_OF_MONTH = 15
_LONGEST_MONTH = 31
_SOME_DAY = Here(date(2024, 1, 1), Office())


def weeks(ahead: int) -> Period:
    """The calendar week so many weeks ahead."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        monday = here.today + timedelta(days=ahead * WEEK - here.today.weekday())
        yield monday, monday + timedelta(days=WEEK - 1)

    return listed


def months(ahead: int) -> Period:
    """The calendar month so many months ahead, then those after it."""
    return lambda here: _stretches(here, here.today.replace(day=1), 1, ahead)


def month_named(month: int, year: int | None) -> Period:
    """That month of the year, or of this year and the following ones."""
    return _yearly(month, 1, year)


def quarters(ahead: int) -> Period:
    """The quarter of the office's year so many quarters ahead, then those after it."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        into = (here.today.month - here.office.fiscal_year_starts) % QUARTER_MONTHS
        first = add(here.today.replace(day=1), Duration(months=into), -1, here.office)
        yield from _stretches(here, first or here.today, QUARTER_MONTHS, ahead)

    return listed


def quarter_named(number: int, year: int | None) -> Period:
    """That quarter of the office's year, which counts by the calendar year it begins in."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        month = here.office.fiscal_year_starts - 1 + (number - 1) * QUARTER_MONTHS
        later, month = divmod(month, MONTHS)
        started = year + later if year else None
        yield from _yearly(month + 1, QUARTER_MONTHS, started)(here)

    return listed


def years(ahead: int) -> Period:
    """The calendar year so many years ahead."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        yield from _stretches(here, here.today.replace(month=1, day=1), MONTHS, ahead)

    return once(listed)


def year_named(year: int) -> Period:
    """That calendar year."""
    return _yearly(1, MONTHS, year)


def fiscal_years(ahead: int) -> Period:
    """The office's year so many years ahead."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        starts = here.office.fiscal_year_starts
        year = here.today.year - (here.today.month < starts)
        yield from _stretches(here, date(max(year, 1), starts, 1), MONTHS, ahead)

    return once(listed)


def once(period: Period) -> Period:
    """Only the first of the periods."""
    return lambda here: islice(period(here), 1)


def _stretches(here: Here, first: date, length: int, ahead: int) -> Iterator[tuple[date, date]]:
    """Stretches of so many months, one after the other, from the one `ahead` of the first."""
    for step in range(ahead, YEARS_AHEAD * MONTHS // length):
        start = add(first, Duration(months=step * length), 1, here.office)
        last = add(start, Duration(months=length - 1), 1, here.office) if start else None
        if start and last:
            yield start, month_of(last)[1]


def _yearly(month: int, length: int, year: int | None) -> Period:
    """The stretch that starts in that month, in the year or in this and the following ones."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        first_year = year or here.today.year - (month + length > MONTHS + 1)
        for one in range(first_year, first_year + (1 if year else YEARS_AHEAD)):
            first = make_date(one, month, 1)
            if first:
                yield next(_stretches(here, first, length, 0))

    return listed


def first_day(period: Period) -> Dates:
    """The day each of the periods starts."""
    return lambda here: (first for first, _ in period(here))


def last_day(period: Period) -> Dates:
    """The day each of the periods ends; a week ends on Friday while that lies ahead."""

    def listed(here: Here) -> Iterator[date]:
        for first, last in period(here):
            friday = first + timedelta(days=FRIDAY)
            yield friday if _is_week(first, last) and friday >= here.today else last

    return listed


def middle_day(period: Period) -> Dates:
    """Wednesday of a week, the 15th of a month, half-way through anything longer."""

    def listed(here: Here) -> Iterator[date]:
        for first, last in period(here):
            if _is_week(first, last):
                yield first + timedelta(days=_WEDNESDAY)
            elif (last - first).days < _LONGEST_MONTH:
                yield first.replace(day=_MIDDLE_OF_MONTH)
            else:
                yield first + (last - first) // 2

    return listed


def is_week(period: Period) -> bool:
    """Whether the period is one week, whichever today is."""
    spans = list(islice(period(_SOME_DAY), 2))
    return len(spans) == 1 and _is_week(*spans[0])


def _is_week(first: date, last: date) -> bool:
    return (last - first).days == WEEK - 1


def within(dates: Dates, period: Period) -> Dates:
    """Those of the days that lie in the first of the periods."""

    def listed(here: Here) -> Iterator[date]:
        first, last = next(period(here), (date.min, date.min))
        return (day for day in dates(here) if first <= day <= last)

    return listed


def nth_in(period: Period, number: int, weekdays: frozenset[int] | None) -> Dates:
    """The nth of all days, or of those weekdays, of each period; negative counts from its end."""

    def listed(here: Here) -> Iterator[date]:
        for first, last in period(here):
            span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            fitting = [day for day in span if weekdays is None or day.weekday() in weekdays]
            if 1 <= abs(number) <= len(fitting):
                yield fitting[number - 1 if number > 0 else number]

    return listed


def nth_working_day(period: Period, number: int) -> Dates:
    """The nth working day of each period; negative numbers count from its end."""
    return lambda here: nth_in(period, number, here.office.working_days)(here)


def nth_week(period: Period, number: int) -> Period:
    """The calendar week that holds the nth seven days of each period, or its last day for -1."""

    def listed(here: Here) -> Iterator[tuple[date, date]]:
        for first, last in period(here):
            inside = last if number < 0 else first + timedelta(days=WEEK * (number - 1))
            monday = inside - timedelta(days=inside.weekday())
            yield monday, monday + timedelta(days=WEEK - 1)

    return listed
