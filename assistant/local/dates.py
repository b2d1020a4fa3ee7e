"""Days named by words: <day>, "tomorrow", "next friday", "the 15th", "end of the month".

<base_day> is a day by itself, <day> adds those counted from one ("the day before friday");
<loose_day> needs the end of a phrase behind it, or "the 3rd floor" would be a date.
"""

from dataclasses import replace
from datetime import date

from assistant.local import days, periods
from assistant.local.makers import Makers
from assistant.local.values import Dates, Day, Duration, Period

MAKERS = Makers()

LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PLAUSIBLE = 39  # "february 30" is a slip, "march 40" is no date at all

_SAME_DAYS: dict[str, Dates] = {
    "today": days.fixed_today,
    "tomorrow": days.moved(Duration(days=1)),
    "day_after_tomorrow": days.moved(Duration(days=2)),
    "yesterday": days.moved(Duration(days=1), -1),
    "day_before_yesterday": days.moved(Duration(days=2), -1),
    "weekend": days.weekend,
    "next_weekend": days.in_week(days.SATURDAY, 1),
    "weekend_after_next": days.in_week(days.SATURDAY, 2),
    "end_of_week": periods.last_day(periods.weeks(0)),
    "end_of_month": periods.last_day(periods.once(periods.months(0))),
    "end_of_quarter": periods.last_day(periods.once(periods.quarters(0))),
    "end_of_year": periods.last_day(periods.years(0)),
    "next_working_day": days.moved(Duration(working=1)),
}
MAKERS.words("same_day", _SAME_DAYS)
MAKERS.words("near_word", _SAME_DAYS)


@MAKERS.phrase
def _same_day(dates: Dates) -> Day:
    return Day(dates)


@MAKERS.phrase
def _constant() -> bool:
    return True


@MAKERS.phrase
def _weekday(weekday: int) -> Day:
    return coming_weekday(weekday)


def coming_weekday(weekday: int) -> Day:
    """The next one that is not today: who means today says "today"."""
    return Day(days.weekly(weekday, skip_today=True), name=weekday)


@MAKERS.phrase
def _this_weekday(weekday: int) -> Day:
    return Day(days.weekly(weekday, skip_today=False))


@MAKERS.phrase
def _next_weekday(weekday: int) -> Day:
    return Day(days.in_week(weekday, 1))


@MAKERS.phrase
def _weekday_of_this_week(weekday: int) -> Day:
    return Day(days.in_week(weekday, 0))


@MAKERS.phrase
def _weekday_after_next(weekday: int) -> Day:
    return Day(days.in_week(weekday, 2))


@MAKERS.phrase
def _weekday_a_week_on(weekday: int) -> Day:
    return Day(days.shifted(days.weekly(weekday, skip_today=True), Duration(days=days.WEEK)))


@MAKERS.phrase
def _nth_weekday_coming(number: int, weekday: int) -> Day | None:
    """Read "the first friday" as that of the first month where it still lies ahead."""
    weeks_in_a_month = 5
    fitting = periods.nth_in(periods.months(0), number, frozenset({weekday}))
    return Day(fitting) if number <= weeks_in_a_month else None


@MAKERS.phrase
def _in_period(period: Period) -> Day:
    return Day(periods.first_day(period))


@MAKERS.phrase
def _last_weekday(weekday: int) -> Day:
    back = days.weekly(weekday, skip_today=False)
    week_ago = days.shifted(back, Duration(days=-days.WEEK))
    return Day(lambda here: (day for day in week_ago(here) if day < here.today))


@MAKERS.phrase
def _weekdays_from_now(count: int, weekday: int) -> Day:
    weeks_later = Duration(days=days.WEEK * (count - 1))
    return Day(days.shifted(days.weekly(weekday, skip_today=True), weeks_later))


@MAKERS.phrase
def _month_first(month: int, number: int) -> tuple[int, int] | None:
    return (month, number) if 1 <= number <= PLAUSIBLE else None


@MAKERS.phrase
def _day_first(number: int, month: int) -> tuple[int, int] | None:
    return _month_first(month, number)


@MAKERS.phrase
def _ides() -> tuple[int, int]:
    return 3, 15


@MAKERS.phrase
def _month_day(month_day: tuple[int, int], year: int | None = None) -> Day:
    return day_of_month(month_day, year)


def day_of_month(month_day: tuple[int, int], year: int | None = None) -> Day:
    """That day of a year, or of each; no day at all where the month is shorter."""
    month, number = month_day
    if number > LONGEST_MONTH[month - 1]:
        return Day(days.nothing)
    if year:
        return Day(days.fixed(days.make_date(year, month, number)))
    return Day(days.yearly(month, number))


@MAKERS.phrase
def _month_day_in(*values: tuple[int, int] | Period) -> Day:
    """Read "next year on october 1st" and "october 1st next year"."""
    month_day = next(value for value in values if isinstance(value, tuple))
    period = next(value for value in values if not isinstance(value, tuple))
    return Day(periods.within(day_of_month(month_day).dates, period))


@MAKERS.phrase
def _weekday_and_date(weekday: int, day: Day) -> Day:
    """Name the day twice: if the two disagree the date is taken, with a warning."""
    return replace(day, weekday=weekday)


@MAKERS.phrase
def _date_and_weekday(day: Day, weekday: int) -> Day:
    return replace(day, weekday=weekday)


@MAKERS.phrase
def _weekday_and_number(weekday: int, number: int) -> Day | None:
    """Take the next month in which both are true: "friday the 13th"."""
    if number > max(LONGEST_MONTH):
        return None
    fitting = days.filtered(days.monthly(number), lambda one: one.weekday() == weekday)
    return Day(fitting, numbered=True)


@MAKERS.phrase
def _weekday_and_day_number(weekday: int, number: int) -> Day | None:
    return _weekday_and_number(weekday, number) if number else None


@MAKERS.phrase
def _numbered_day(number: int) -> Day:
    return Day(days.monthly(number)) if number <= max(LONGEST_MONTH) else Day(days.nothing)


@MAKERS.phrase
def _bare_numbered_day(number: int) -> Day | None:
    return _numbered_day(number) if number <= max(LONGEST_MONTH) else None


@MAKERS.phrase
def _dashed_day(month_day: Day) -> Day:
    return month_day


@MAKERS.phrase
def _nth_day(number: int, period: Period) -> Day:
    return Day(periods.nth_in(period, number, None))


@MAKERS.phrase
def _nth_day_of_next(period: Period, number: int) -> Day:
    return _nth_day(number, period)


@MAKERS.phrase
def _very_last_day(period: Period) -> Day:
    return Day(periods.nth_in(period, -1, None))


@MAKERS.phrase
def _nth_last_day(number: int, period: Period) -> Day:
    return Day(periods.nth_in(period, -number, None))


@MAKERS.phrase
def _last_working_day(_: object, period: Period) -> Day:
    return Day(periods.nth_working_day(period, -1))


@MAKERS.phrase
def _first_working_day(number: int, _: object, period: Period) -> Day:
    return Day(periods.nth_working_day(period, number))


@MAKERS.phrase
def _nth_weekday(number: int, weekday: int, period: Period) -> Day:
    return Day(periods.nth_in(period, number, frozenset({weekday})))


@MAKERS.phrase
def _last_weekday_of(weekday: int, period: Period) -> Day:
    return _nth_weekday(-1, weekday, period)


@MAKERS.phrase
def _nth_week(number: int, period: Period, weekday: int | None) -> Day:
    monday = periods.first_day(periods.nth_week(period, number))
    return Day(days.in_week_of(monday, weekday) if weekday is not None else monday)


@MAKERS.phrase
def _last_week(period: Period) -> Day:
    return _nth_week(-1, period, None)


@MAKERS.phrase
def _week_of(day: Day | int) -> Day:
    dates = days.monthly(day) if isinstance(day, int) else day.dates
    return Day(days.in_week_of(dates, 0))


@MAKERS.phrase
def _end_of(period: Period) -> Day:
    return Day(periods.last_day(period))


@MAKERS.phrase
def _start_of(period: Period) -> Day:
    return Day(periods.first_day(period))


@MAKERS.phrase
def _middle_of(period: Period) -> Day:
    return Day(periods.middle_day(period))


@MAKERS.phrase
def _next_period(period: Period) -> Day:
    """What is due "next month" is due from its first day."""
    return Day(periods.first_day(period), period=period)


@MAKERS.phrase
def _this_period(period: Period) -> Day:
    """What is due "this month" is due before it ends."""
    return Day(periods.last_day(period), period=period)


@MAKERS.phrase
def _in_month(month: int, year: int | None = None) -> Day:
    return _next_period(periods.month_named(month, year))


@MAKERS.phrase
def _weekday_of_later_week(weekday: int, length: Duration) -> Day | None:
    ahead, rest = divmod(length.days, days.WEEK)
    is_weeks = ahead and not (rest or length.months or length.working or length.exact)
    return Day(days.in_week(weekday, ahead)) if is_weeks else None


@MAKERS.phrase
def _end_of_day(day: Day) -> Day:
    return replace(day, late=True)


def exactly(day: date | None) -> Day:
    """That day of the calendar; no day at all if there is none."""
    return Day(days.fixed(day))
