"""Calendar arithmetic: functions that list, from a given today, the days some words may mean.

Every list is in time order and ends; days beyond the calendar are left out, never raised.
"""

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from assistant.local.values import Dates, Duration, Period

YEARS_AHEAD = 30
HORIZON = 100 * 366  # days; nobody plans further, and dates end at the year 9999
SATURDAY = 5
FRIDAY = 4
WEEK = 7
MONTHS = 12
WEEKS_LISTED = 6


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def add(day: date, length: Duration, sign: int = 1) -> date | None:
    """The day moved on the calendar; the 31st becomes a shorter month's last day."""
    months = day.year * MONTHS + day.month - 1 + sign * length.months
    year, month = divmod(months, MONTHS)
    if not 1 <= year < date.max.year or abs(length.days) > HORIZON:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=sign * length.days)


def nothing(today: date) -> Iterator[date]:
    """No day at all: the words name one that does not exist."""
    return iter(())


def fixed(day: date | None) -> Dates:
    """Exactly this day, or no day where the calendar has none."""
    return lambda _: iter([day] if day else [])


def moved(length: Duration, sign: int = 1) -> Dates:
    """Today, moved by the length."""
    return shifted(fixed_today, length, sign)


def fixed_today(today: date) -> Iterator[date]:
    """Today."""
    yield today


def shifted(dates: Dates, length: Duration, sign: int = 1) -> Dates:
    """Each of the days, moved by the length."""

    def listed(today: date) -> Iterator[date]:
        for day in dates(today):
            after = add(day, length, sign)
            if after:
                yield after

    return listed


def filtered(dates: Dates, fits: Callable[[date], bool]) -> Dates:
    """Those of the days that fit."""
    return lambda today: (day for day in dates(today) if fits(day))


def weekly(weekday: int, *, skip_today: bool) -> Dates:
    """The coming days of that name."""

    def listed(today: date) -> Iterator[date]:
        ahead = (weekday - today.weekday()) % WEEK
        if not ahead and skip_today:
            ahead = WEEK
        for week in range(WEEKS_LISTED):
            yield today + timedelta(days=ahead + week * WEEK)

    return listed


def in_week(weekday: int, weeks: int) -> Dates:
    """That day of the week that lies so many calendar weeks ahead."""
    return lambda today: iter([today + timedelta(days=weekday - today.weekday() + weeks * WEEK)])


def weekend(today: date) -> Iterator[date]:
    """Saturday and Sunday of this week."""
    for weekday in (SATURDAY, SATURDAY + 1):
        yield from in_week(weekday, 0)(today)


def monthly(number: int) -> Dates:
    """That day of this month and of the following ones that have it."""
    return lambda today: (
        first.replace(day=number)
        for first, last in islice(months(0)(today), YEARS_AHEAD * MONTHS)
        if number <= last.day
    )


def yearly(month: int, number: int) -> Dates:
    """That date of this year and of the following ones that have it."""

    def listed(today: date) -> Iterator[date]:
        for year in range(today.year, min(today.year + YEARS_AHEAD, date.max.year)):
            day = make_date(year, month, number)
            if day:
                yield day

    return listed


def weeks(ahead: int) -> Period:
    """The calendar week so many weeks ahead."""

    def listed(today: date) -> Iterator[tuple[date, date]]:
        monday = today + timedelta(days=ahead * WEEK - today.weekday())
        yield monday, monday + timedelta(days=WEEK - 1)

    return listed


def months(ahead: int) -> Period:
    """The calendar month so many months ahead, then those after it."""

    def listed(today: date) -> Iterator[tuple[date, date]]:
        for step in range(ahead, YEARS_AHEAD * MONTHS):
            first = add(today.replace(day=1), Duration(months=step))
            if first:
                yield _month_of(first)

    return listed


def month_named(month: int, year: int | None) -> Period:
    """That month of the year, or of this year and the following ones."""

    def listed(today: date) -> Iterator[tuple[date, date]]:
        first_year = year or today.year
        for one in range(first_year, first_year + (1 if year else YEARS_AHEAD)):
            first = make_date(one, month, 1)
            if first:
                yield _month_of(first)

    return listed


def years(ahead: int) -> Period:
    """The calendar year so many years ahead."""

    def listed(today: date) -> Iterator[tuple[date, date]]:
        first = make_date(today.year + ahead, 1, 1)
        if first:
            yield first, first.replace(month=MONTHS, day=31)

    return listed


def once(period: Period) -> Period:
    """Only the first of the periods."""
    return lambda today: islice(period(today), 1)


def first_day(period: Period) -> Dates:
    """The day each of the periods starts."""
    return lambda today: (first for first, _ in period(today))


def last_day(period: Period) -> Dates:
    """The day each of the periods ends; a week ends on Friday while that lies ahead."""

    def listed(today: date) -> Iterator[date]:
        for first, last in period(today):
            friday = first + timedelta(days=FRIDAY)
            is_week = last - first == timedelta(days=WEEK - 1)
            yield friday if is_week and friday >= today else last

    return listed


def nth_in(period: Period, number: int, weekday: int | None) -> Dates:
    """The nth day (or weekday) of each period; negative numbers count from its end."""

    def listed(today: date) -> Iterator[date]:
        for first, last in period(today):
            span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            fitting = [day for day in span if weekday in {None, day.weekday()}]
            if 1 <= abs(number) <= len(fitting):
                yield fitting[number - 1 if number > 0 else number]

    return listed


def _month_of(first: date) -> tuple[date, date]:
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
