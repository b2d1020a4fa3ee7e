"""Days named by words: <day>, "tomorrow", "next friday", "the 15th", "end of the month".

<base_day> is a day by itself, <day> adds those counted from one ("the day before friday");
<loose_day> needs the end of a phrase behind it, or "the 3rd floor" would be a date.
"""

from assistant.local import days
from assistant.local.grammar import Rules
from assistant.local.values import Day, Duration, Period, Until

RULES = Rules()

LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PLAUSIBLE = 39  # "february 30" is a slip, "march 40" is no date at all
WEEKEND = days.SATURDAY

_TODAY = Day(days.fixed_today)
_TOMORROW = Day(days.moved(Duration(days=1)))
_AFTER_TOMORROW = Day(days.moved(Duration(days=2)))
RULES.words("base_day", dict.fromkeys(("today", "later today", "sometime today"), _TODAY))
RULES.words("base_day", dict.fromkeys(("tomorrow", "tomorrows", "tmrw", "tmr"), _TOMORROW))
RULES.words(
    "base_day",
    dict.fromkeys(("day after tomorrow", "the day after tomorrow"), _AFTER_TOMORROW)
    | {
        "yesterday": Day(days.moved(Duration(days=1), -1)),
        "the day before yesterday": Day(days.moved(Duration(days=2), -1)),
        "this weekend": Day(days.weekend),
        "the weekend": Day(days.weekend),
        "next weekend": Day(days.in_week(WEEKEND, 1)),
        "eow": Day(days.last_day(days.weeks(0))),
        "eom": Day(days.last_day(days.once(days.months(0)))),
        "eoy": Day(days.last_day(days.years(0))),
        "christmas": Day(days.yearly(12, 25)),
        "christmas day": Day(days.yearly(12, 25)),
        "christmas eve": Day(days.yearly(12, 24)),
        "new year's day": Day(days.yearly(1, 1)),
        "new year's eve": Day(days.yearly(12, 31)),
    },
)


@RULES.rule("base_day", "<weekday_name>", "on|by|until|till|due|for|from <weekday_weak>")
def _weekday(weekday: int) -> Day:
    """Somebody who means today says "today"."""
    return Day(days.weekly(weekday, skip_today=True))


@RULES.rule("base_day", "this|coming|upcoming <weekday>", "this|the coming|upcoming <weekday>")
def _this_weekday(weekday: int) -> Day:
    return Day(days.weekly(weekday, skip_today=False))


@RULES.rule(
    "base_day",
    "next <weekday>",
    "<weekday> of|in? next week",
    "next week ,? on? <weekday>",
    "<weekday> after next",
)
def _next_weekday(weekday: int) -> Day:
    return Day(days.in_week(weekday, 1))


@RULES.rule("base_day", "<weekday> of|in? this week", "this week ,? on? <weekday>")
def _weekday_of_this_week(weekday: int) -> Day:
    return Day(days.in_week(weekday, 0))


@RULES.rule("base_day", "last <weekday>")
def _last_weekday(weekday: int) -> Day:
    back = days.weekly(weekday, skip_today=False)
    return Day(
        lambda today: (day for day in days.shifted(back, Duration(days=-7))(today) if day < today)
    )


@RULES.rule("base_day", "<int> <weekday_plural> from now", "<int> <weekday> from now")
def _weekdays_from_now(count: int, weekday: int) -> Day:
    weeks_later = Duration(days=days.WEEK * (count - 1))
    return Day(days.shifted(days.weekly(weekday, skip_today=True), weeks_later))


@RULES.rule("month_day", "<month> ,? the? <ordinal>", "<month> the? <day_number>")
@RULES.rule("month_day", "<month> <slash_day>", "<month> <tens>")
def _month_first(month: int, number: int) -> tuple[int, int] | None:
    return (month, number) if 1 <= number <= PLAUSIBLE else None


@RULES.rule("month_day", "the? <ordinal> day? of? <month>", "the? <day_number> of? <month>")
def _day_first(number: int, month: int) -> tuple[int, int] | None:
    return _month_first(month, number)


RULES.rule("month_day", "the ides of march")(lambda: (3, 15))


@RULES.rule("dated", "next|this? <month_day> ,|of|in? <year>?")
def _month_day(month_day: tuple[int, int], year: int | None) -> Day:
    month, number = month_day
    if number > LONGEST_MONTH[month - 1]:
        return Day(days.nothing)
    if year:
        return Day(days.fixed(days.make_date(year, month, number)))
    return Day(days.yearly(month, number))


@RULES.rule("base_day", "<dated>", "<numeric_date>")
def _dated(day: Day) -> Day:
    return day


@RULES.rule(
    "base_day", "<weekday> ,? <dated>", "<weekday> ,? the? <numeric_date>", "<weekday> <short_date>"
)
def _weekday_and_date(weekday: int, day: Day) -> Day:
    return Day(days.filtered(day.dates, lambda one: one.weekday() == weekday))


@RULES.rule("base_day", "<weekday> ,? the? <ordinal>")
def _weekday_and_number(weekday: int, number: int) -> Day:
    return Day(days.filtered(days.monthly(number), lambda one: one.weekday() == weekday))


@RULES.rule("loose_day", "<weekday> ,? <day_number>")
def _weekday_and_digits(weekday: int, number: int) -> Day | None:
    on_time = 1 <= number <= max(LONGEST_MONTH)
    return _weekday_and_number(weekday, number) if on_time else None


@RULES.rule("loose_day", "on|by|until|till|from|due|for|around the <ordinal>")
def _numbered_day(number: int) -> Day | None:
    return Day(days.monthly(number)) if number <= max(LONGEST_MONTH) else Day(days.nothing)


@RULES.rule("loose_day", "the <ordinal_digits>")
def _bare_numbered_day(number: int) -> Day | None:
    return _numbered_day(number) if number <= max(LONGEST_MONTH) else None


@RULES.rule("loose_day", "<short_date>")
def _short_date(day: Day) -> Day:
    return day


@RULES.rule("base_day", "the? <ordinal> day? of? <period>", "<day_number> of <period>")
def _nth_day(number: int, period: Period) -> Day:
    return Day(days.nth_in(period, number, None))


@RULES.rule("base_day", "the? last day of|in <period>")
def _very_last_day(period: Period) -> Day:
    return Day(days.nth_in(period, -1, None))


@RULES.rule("base_day", "the? <ordinal> last day of|in <period>")
def _nth_last_day(number: int, period: Period) -> Day:
    return Day(days.nth_in(period, -number, None))


@RULES.rule("base_day", "the? <ordinal> <weekday> of|in <period>")
def _nth_weekday(number: int, weekday: int, period: Period) -> Day:
    return Day(days.nth_in(period, number, weekday))


@RULES.rule("base_day", "the? last <weekday> of|in <period>")
def _last_weekday_of(weekday: int, period: Period) -> Day:
    return Day(days.nth_in(period, -1, weekday))


@RULES.rule("base_day", "by|at? the? end|close of <period>", "<period> end")
def _end_of(period: Period) -> Day:
    return Day(days.last_day(period))


@RULES.rule("base_day", "at? the? beginning|start of <period>")
def _start_of(period: Period) -> Day:
    return Day(days.first_day(period))


@RULES.rule("base_day", "later|sometime|early? <next_period>")
def _next_period(period: Period) -> Day:
    """What is due "next month" is due from its first day."""
    return Day(days.first_day(period))


@RULES.rule("base_day", "later|sometime? <this_period>")
def _this_period(period: Period) -> Day:
    """What is due "this month" is due before it ends."""
    return Day(days.last_day(period))


@RULES.rule("loose_day", "in|by|during|until <month> <year>?")
def _in_month(month: int, year: int | None) -> Day:
    return Day(days.first_day(days.month_named(month, year)))


@RULES.rule(
    "base_day",
    "in|within|after about? <duration>",
    "in the next <duration>",
    "<duration> from|after now|today",
    "<duration> hence|later",
)
def _days_from_now(length: Duration) -> Day | None:
    return Day(days.moved(length)) if length.counts_days else None


@RULES.rule("base_day", "<duration> ago")
def _days_ago(length: Duration) -> Day | None:
    return Day(days.moved(length, -1)) if length.counts_days else None


@RULES.rule("base_day", "<weekday> <duration> from now")
def _weekday_of_later_week(weekday: int, length: Duration) -> Day | None:
    ahead, rest = divmod(length.days, days.WEEK)
    return None if rest or length.months else Day(days.in_week(weekday, ahead))


RULES.rule("day", "<base_day>")(lambda day: day)


@RULES.rule("day", "<duration> from|after <base_day>")
def _after_day(length: Duration, day: Day) -> Day | None:
    return Day(days.shifted(day.dates, length)) if length.counts_days else None


@RULES.rule("day", "<duration> before|prior <base_day>")
def _before_day(length: Duration, day: Day) -> Day | None:
    return Day(days.shifted(day.dates, length, -1)) if length.counts_days else None


@RULES.rule("day", "the? day after <base_day>")
def _day_after(day: Day) -> Day:
    return Day(days.shifted(day.dates, Duration(days=1)))


@RULES.rule("day", "the day before <base_day>", "before <base_day>")
def _day_before(day: Day) -> Day:
    """What must be done before a day is done on the day before it."""
    return Day(days.shifted(day.dates, Duration(days=1), -1))


@RULES.rule("until", "until|till|through <day>")
def _until(day: Day) -> Until:
    return Until(day)
