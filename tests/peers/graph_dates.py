"""On which dates something happens by Graph's own words, reckoned day by day.

learn.microsoft.com/graph/api/resources/recurrencepattern and recurrencerange. It shares no code
with the product, so that both can be held against each other.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}


def dates_of(recurrence: dict[str, Any], *, until: date) -> list[date]:
    """Return the dates before `until`, in order."""
    span = recurrence["range"]
    start = date.fromisoformat(span["startDate"])
    last = date.fromisoformat(span["endDate"]) if span["type"] == "endDate" else date.max
    most = span["numberOfOccurrences"] if span["type"] == "numbered" else 10**6
    found: list[date] = []
    for day in _days(recurrence["pattern"], start, until):
        if day > last or day >= until or len(found) >= most:
            break
        if day >= start:
            found.append(day)
    return found


def _days(pattern: dict[str, Any], start: date, until: date) -> Iterator[date]:
    step, kind = pattern["interval"], pattern["type"]
    if kind == "daily":
        yield from (start + timedelta(days=n) for n in range(0, (until - start).days + 1, step))
    elif kind == "weekly":
        yield from _weeks(pattern, start, until)
    else:
        months = step if kind.endswith("Monthly") else 12 * step
        first = start.year * 12 + start.month - 1
        if kind.endswith("Yearly"):
            first = start.year * 12 + pattern["month"] - 1
        for number in range(first, until.year * 12 + until.month, months):
            yield from _of_month(pattern, number // 12, number % 12 + 1)


def _weeks(pattern: dict[str, Any], start: date, until: date) -> Iterator[date]:
    first = WEEK.index(pattern["firstDayOfWeek"])
    week = start - timedelta(days=(start.weekday() - first) % 7)
    while week <= until:
        for number in range(7):
            day = week + timedelta(days=number)
            if WEEK[day.weekday()] in pattern["daysOfWeek"]:
                yield day
        week += timedelta(weeks=pattern["interval"])


def _of_month(pattern: dict[str, Any], year: int, month: int) -> Iterator[date]:
    length = monthrange(year, month)[1]
    if pattern["type"].startswith("absolute"):
        yield date(year, month, min(pattern["dayOfMonth"], length))
        return
    days = [date(year, month, number) for number in range(1, length + 1)]
    fitting = [day for day in days if WEEK[day.weekday()] in pattern["daysOfWeek"]]
    yield fitting[PLACES[pattern["index"]]]
