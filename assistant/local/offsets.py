"""Days counted from another: "in 3 days", "a week from tuesday", "the day before easter"."""

from assistant.local import days
from assistant.local.makers import Makers
from assistant.local.values import Day, Duration, Until

MAKERS = Makers()

_ONE = Duration(days=1)


@MAKERS.phrase
def _days_from_now(length: Duration) -> Day | None:
    return Day(days.moved(length)) if length.counts_days else None


@MAKERS.phrase
def _lasting(length: Duration) -> Until | None:
    """Read "every day for two weeks": the last day is the one before their end."""
    ended = days.shifted(days.moved(length), _ONE, -1)
    return Until(Day(ended)) if length.counts_days else None


@MAKERS.phrase
def _days_ago(length: Duration) -> Day | None:
    return Day(days.moved(length, -1)) if length.counts_days else None


@MAKERS.phrase
def _after_day(length: Duration, day: Day) -> Day | None:
    return Day(days.shifted(day.dates, length)) if length.counts_days else None


@MAKERS.phrase
def _weeks_on(length: Duration, day: Day) -> Day | None:
    """Read "two weeks tomorrow" and "a month today", which take whole weeks or more."""
    is_whole = not (length.days % days.WEEK or length.exact or length.working)
    return _after_day(length, day) if is_whole else None


@MAKERS.phrase
def _day_a_week_on(day: Day) -> Day:
    """Read "tomorrow week"."""
    return Day(days.shifted(day.dates, Duration(days=days.WEEK)))


@MAKERS.phrase
def _before_day(length: Duration, day: Day) -> Day | None:
    return Day(days.shifted(day.dates, length, -1)) if length.counts_days else None


@MAKERS.phrase
def _day_after(day: Day) -> Day:
    return Day(days.shifted(day.dates, _ONE))


@MAKERS.phrase
def _day_before(day: Day) -> Day:
    """What must be done before a day is done on the day before it."""
    return Day(days.shifted(day.dates, _ONE, -1))


@MAKERS.phrase
def _closest_weekday(weekday: int, day: Day) -> Day:
    return Day(days.closest(day.dates, weekday))


@MAKERS.phrase
def _nth_closest_weekday(nth: int, weekday: int, day: Day) -> Day | None:
    nearest = 5
    return Day(days.closest(day.dates, weekday, nth)) if 1 <= nth <= nearest else None


@MAKERS.phrase
def _weekday_in_week_of(length: Duration, *others: Day | int) -> Day | None:
    """Read "in two weeks on friday", and "two weeks after easter on friday"."""
    *start, weekday = others
    dates = start[0].dates if start and isinstance(start[0], Day) else days.fixed_today
    if not length.counts_days or not isinstance(weekday, int):
        return None
    return Day(days.in_week_of(days.shifted(dates, length), weekday))
