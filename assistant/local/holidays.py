"""Days with a name: "good friday", "thanksgiving 2025". The language file lists them.

A day is written there as month-day ("12-25"), month-weekday-nth ("11-thu-4", "5-mon--1"), as so
many days from Easter ("easter-2"), or as the weekday that follows Thanksgiving ("11-fri-after").
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from dateutil.easter import easter

from assistant.local import days
from assistant.local.makers import Makers
from assistant.local.values import Day, Here

MAKERS = Makers()

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOVEMBER, _THURSDAY, _FOURTH = 11, 3, 4
OfYear = Callable[[int], date | None]


@MAKERS.phrase
def _holiday(written: str, year: int | None = None) -> Day:
    of_year = _rule(written)
    if year:
        return Day(days.fixed(of_year(year)))

    def listed(here: Here) -> Iterator[date]:
        for one in range(here.today.year, here.today.year + days.YEARS_AHEAD):
            day = of_year(one)
            if day:
                yield day

    return Day(listed)


def _rule(written: str) -> OfYear:
    if written.startswith("easter"):
        away = timedelta(days=int(written.removeprefix("easter")))
        return lambda year: easter(year) + away if year < date.max.year else None
    month, second, *rest = written.split("-", 2)
    if not rest:
        return lambda year: days.make_date(year, int(month), int(second))
    weekday = _WEEKDAYS.index(second)
    if rest == ["after"]:
        return lambda year: _after_thanksgiving(year, weekday)
    return lambda year: days.nth_weekday(year, int(month), weekday, int(rest[0]))


def _after_thanksgiving(year: int, weekday: int) -> date | None:
    thursday = days.nth_weekday(year, _NOVEMBER, _THURSDAY, _FOURTH)
    ahead = (weekday - _THURSDAY) % days.WEEK
    return thursday + timedelta(days=ahead) if thursday else None
