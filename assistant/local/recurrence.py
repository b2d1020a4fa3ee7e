"""Rhythms: <repeat>, "every 2 weeks on tuesday", "monthly on the 15th", "daily"."""

from dataclasses import replace
from datetime import date

from assistant.interpreter import Office
from assistant.local.dates import LONGEST_MONTH
from assistant.local.makers import Makers
from assistant.local.values import Day, DayPart, Here, Part, Repeat, Until

MAKERS = Makers()

_LEAP_YEAR = 2024
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_Frequency = tuple[str, int]
_Days = tuple[str, ...]

FREQUENCIES: dict[str, _Frequency] = {
    "minute": ("MINUTELY", 1),
    "hour": ("HOURLY", 1),
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
    "half_year": ("MONTHLY", 6),
    "year": ("YEARLY", 1),
}
_DAY_SETS: dict[str, _Days] = {"working_days": CODES[:5], "weekend": CODES[5:]}

MAKERS.words("frequency", FREQUENCIES)
MAKERS.words("adverb_word", FREQUENCIES)
MAKERS.words("day_set", _DAY_SETS)
MAKERS.words("day_set_plural", _DAY_SETS)


@MAKERS.phrase
def _adverb(frequency: _Frequency) -> Repeat:
    return Repeat(*frequency, adverb=True)


@MAKERS.phrase
def _basis(frequency: _Frequency) -> Repeat:
    return Repeat(*frequency)


@MAKERS.phrase
def _weekday_list(*weekdays: int) -> _Days:
    return tuple(CODES[weekday] for weekday in sorted(set(weekdays)))


@MAKERS.phrase
def _weekday_span(first: int, last: int) -> _Days | None:
    """Read "monday to friday" as each day between."""
    return CODES[first : last + 1] if first < last else None


@MAKERS.phrase
def _each(frequency: _Frequency) -> Repeat:
    return Repeat(*frequency)


@MAKERS.phrase
def _every_few(count: int, frequency: _Frequency) -> Repeat | None:
    freq, interval = frequency
    return Repeat(freq, interval * count) if count else None


@MAKERS.phrase
def _every_other(frequency: _Frequency) -> Repeat | None:
    return _every_few(2, frequency)


@MAKERS.phrase
def _every_nth(nth: int, frequency: _Frequency) -> Repeat | None:
    return _every_few(nth, frequency)


@MAKERS.phrase
def _on_weekdays(byday: _Days) -> Repeat:
    return Repeat("WEEKLY", byday=byday)


@MAKERS.phrase
def _every_other_weekday(weekday: int) -> Repeat:
    return Repeat("WEEKLY", 2, byday=(CODES[weekday],))


@MAKERS.phrase
def _every_few_weekdays(count: int, byday: _Days) -> Repeat | None:
    return Repeat("WEEKLY", count, byday=byday) if count else None


@MAKERS.phrase
def _each_on_weekdays(each: Repeat, byday: _Days) -> Repeat | None:
    return Repeat("WEEKLY", each.interval, byday=byday) if each.freq == "WEEKLY" else None


@MAKERS.phrase
def _weekdays_of_each(byday: _Days, each: Repeat) -> Repeat | None:
    return _each_on_weekdays(each, byday)


@MAKERS.phrase
def _every_part(part: Part) -> Repeat:
    return Repeat("DAILY", part=DayPart(part))


@MAKERS.phrase
def _every_weekday_part(byday: _Days, part: Part) -> Repeat:
    return Repeat("WEEKLY", byday=byday, part=DayPart(part))


@MAKERS.phrase
def _month_day_of_each(*values: Repeat | int) -> Repeat | None:
    """Read "monthly on the 15th" and "on the 1st and 15th of each month"."""
    each = next(value for value in values if isinstance(value, Repeat))
    numbers = tuple(sorted({value for value in values if isinstance(value, int)}))
    if each.freq != "MONTHLY" or numbers[-1] > max(LONGEST_MONTH):
        return None
    return replace(each, monthdays=numbers, adverb=False)


@MAKERS.phrase
def _every_numbered_day(*numbers: int) -> Repeat | None:
    return _month_day_of_each(Repeat("MONTHLY"), *numbers)


@MAKERS.phrase
def _every_last_day(each: Repeat | None = None) -> Repeat | None:
    if each is not None and each.freq != "MONTHLY":
        return None
    return Repeat("MONTHLY", each.interval if each else 1, monthdays=(-1,))


@MAKERS.phrase
def _every_first_day() -> Repeat:
    return Repeat("MONTHLY", monthdays=(1,))


@MAKERS.phrase
def _nth(number: int) -> int | None:
    weeks_in_a_month = 5
    return number if number <= weeks_in_a_month else None


@MAKERS.phrase
def _last(number: int) -> int:
    return number


@MAKERS.phrase
def _every_nth_weekday(*values: int | bool | None) -> Repeat:
    nth, weekday = (value for value in values if type(value) is int)
    return Repeat("MONTHLY", byday=(f"{nth}{CODES[weekday]}",))


@MAKERS.phrase
def _each_on_nth_weekday(each: Repeat, nth: int, weekday: int) -> Repeat | None:
    if each.freq != "MONTHLY":
        return None
    return Repeat("MONTHLY", each.interval, byday=(f"{nth}{CODES[weekday]}",))


@MAKERS.phrase
def _nth_weekday_each_year(*values: int | Repeat) -> Repeat | None:
    """Read "every first monday of march" and "yearly on the first monday of march"."""
    each = next((value for value in values if isinstance(value, Repeat)), Repeat("YEARLY"))
    nth, weekday, month = (value for value in values if isinstance(value, int))
    if each.freq != "YEARLY":
        return None
    return Repeat("YEARLY", each.interval, byday=(f"{nth}{CODES[weekday]}",), month=month)


@MAKERS.phrase
def _every_date(month_day: tuple[int, int]) -> Repeat | None:
    return _each_year_on(Repeat("YEARLY"), month_day)


@MAKERS.phrase
def _every_short_date(day: Day) -> Repeat | None:
    """Read "every 4/15"; the first date it can be says which month and day it is."""
    listed = day.dates(Here(date(_LEAP_YEAR, 1, 1), Office()))
    return next((_yearly(one.month, one.day) for one in listed), None)


@MAKERS.phrase
def _every_holiday(written: str) -> Repeat | None:
    month, _, number = written.partition("-")
    return _yearly(int(month), int(number)) if month.isdigit() and number.isdigit() else None


def _yearly(month: int, number: int) -> Repeat:
    return Repeat("YEARLY", monthdays=(number,), month=month)


@MAKERS.phrase
def _each_year_on(*values: Repeat | tuple[int, int]) -> Repeat | None:
    each = next(value for value in values if isinstance(value, Repeat))
    month, number = next(value for value in values if isinstance(value, tuple))
    if each.freq != "YEARLY" or number > LONGEST_MONTH[month - 1]:
        return None
    return Repeat("YEARLY", each.interval, monthdays=(number,), month=month)


@MAKERS.phrase
def _until(day: Day) -> Until:
    return Until(day)


@MAKERS.phrase
def _times_counted(count: int) -> Until:
    return Until(count=count)
