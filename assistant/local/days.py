"""Calendar arithmetic: functions that list, from a given today, the days some words may mean.

Every list is in time order and ends; days beyond the calendar are left out, never raised.
"""

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from assistant.interpreter import Office
from assistant.local.values import Dates, Duration, Here

YEARS_AHEAD = 30
HORIZON = 100 * 366  # days; nobody plans further, and dates end at the year 9999
MOST_WORKING_DAYS = 1_000
FRIDAY, SATURDAY = 4, 5
WEEK = 7
MONTHS = 12
WEEKS_LISTED = 6


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def month_of(first: date) -> tuple[date, date]:
    """The first and the last day of the month that starts then."""
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def add(day: date, length: Duration, sign: int, office: Office) -> date | None:
    """The day moved on the calendar; the 31st becomes a shorter month's last day."""
    months = day.year * MONTHS + day.month - 1 + sign * length.months
    year, month = divmod(months, MONTHS)
    if not 1 <= year < date.max.year or abs(length.days) > HORIZON:
        return None
    _, last = month_of(date(year, month + 1, 1))
    whole = last.replace(day=min(day.day, last.day)) + timedelta(days=sign * length.days)
    return _add_working(whole, sign * min(length.working, MOST_WORKING_DAYS), office)


def _add_working(day: date, count: int, office: Office) -> date:
    step = timedelta(days=1 if count > 0 else -1)
    while count and office.working_days:
        day += step
        if day.weekday() in office.working_days:
            count -= step.days
    return day


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth such weekday of a month, from its end for a negative number."""
    first = make_date(year, month, 1)
    if first is None:
        return None
    length = month_of(first)[1].day
    fitting = [
        day for number in range(length) if (day := first + timedelta(number)).weekday() == weekday
    ]
    return fitting[nth - 1 if nth > 0 else nth] if abs(nth) <= len(fitting) else None


def nothing(here: Here) -> Iterator[date]:
    """No day at all: the words name one that does not exist."""
    return iter(())


def fixed(day: date | None) -> Dates:
    """Exactly this day, or no day where the calendar has none."""
    return lambda _: iter([day] if day else [])


def fixed_today(here: Here) -> Iterator[date]:
    """Today."""
    yield here.today


def moved(length: Duration, sign: int = 1) -> Dates:
    """Today, moved by the length."""
    return shifted(fixed_today, length, sign)


def shifted(dates: Dates, length: Duration, sign: int = 1) -> Dates:
    """Each of the days, moved by the length."""

    def listed(here: Here) -> Iterator[date]:
        for day in dates(here):
            after = add(day, length, sign, here.office)
            if after:
                yield after

    return listed


def filtered(dates: Dates, fits: Callable[[date], bool]) -> Dates:
    """Those of the days that fit."""
    return lambda here: (day for day in dates(here) if fits(day))


def weekly(weekday: int, *, skip_today: bool) -> Dates:
    """The coming days of that name."""

    def listed(here: Here) -> Iterator[date]:
        ahead = (weekday - here.today.weekday()) % WEEK
        if not ahead and skip_today:
            ahead = WEEK
        for week in range(WEEKS_LISTED):
            yield here.today + timedelta(days=ahead + week * WEEK)

    return listed


def in_week_of(dates: Dates, weekday: int) -> Dates:
    """That day of the calendar week in which each of the days lies."""
    return lambda here: (day + timedelta(days=weekday - day.weekday()) for day in dates(here))


def in_week(weekday: int, weeks: int) -> Dates:
    """That day of the week that lies so many calendar weeks ahead."""
    return in_week_of(moved(Duration(days=weeks * WEEK)), weekday)


def weekend(here: Here) -> Iterator[date]:
    """Saturday and Sunday of this week."""
    for weekday in (SATURDAY, SATURDAY + 1):
        yield from in_week(weekday, 0)(here)


def closest(dates: Dates, weekday: int, nth: int = 1) -> Dates:
    """The nth closest such weekday to each of the days."""

    def listed(here: Here) -> Iterator[date]:
        for day in dates(here):
            away = (weekday - day.weekday()) % WEEK
            steps = [away + WEEK * week for week in range(-nth, nth + 1)]
            yield day + timedelta(days=sorted(steps, key=abs)[nth - 1])

    return listed


def monthly(number: int) -> Dates:
    """That day of this month and of the following ones that have it."""

    def listed(here: Here) -> Iterator[date]:
        first = here.today.replace(day=1)
        for step in range(YEARS_AHEAD * MONTHS):
            month = add(first, Duration(months=step), 1, here.office)
            day = make_date(month.year, month.month, number) if month else None
            if day:
                yield day

    return listed


def yearly(month: int, number: int) -> Dates:
    """That date of this year and of the following ones that have it."""

    def listed(here: Here) -> Iterator[date]:
        for year in range(here.today.year, min(here.today.year + YEARS_AHEAD, date.max.year)):
            day = make_date(year, month, number)
            if day:
                yield day

    return listed
