"""Tasks on the days when they are due, and as bars from written down to due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from common.moments import to_utc, to_wall
from tasks.models import Task
from tasks.words import Reader

ONE, WEEKS = timedelta(days=1), 6
# The timeline reaches so far back and ahead.
BACK, AHEAD = timedelta(days=14), timedelta(days=28)
WIDE = 1000


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and what is due on it: each with its time on the clock, in words and in minutes."""

    date: date
    is_today: bool
    is_beside: bool
    items: list[tuple[str, int, Task]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks that a month touches, from Monday on."""

    first: date
    days: list[Day]

    @property
    def before(self) -> date:
        """The first of the month before."""
        return (self.first - ONE).replace(day=1)

    @property
    def after(self) -> date:
        """The first of the month after."""
        return (self.first + 31 * ONE).replace(day=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A task as a bar: where it begins and how long it is, of a width of 1000."""

    task: Task
    when: str
    x: int
    width: int


def bounds_of(first: date, reader: Reader) -> dict[str, Any]:
    """Return the API's parameters for what is due on the days that a month shows."""
    start = _monday(first)
    return {
        "due_after": _instant(start, reader),
        "due_before": _instant(start + 7 * WEEKS * ONE, reader),
    }


def month_of(first: date, tasks: Iterable[Task], reader: Reader) -> Month:
    """Return the month with its tasks, in the order of the clock."""
    start = _monday(first)
    dates = [start + number * ONE for number in range(7 * WEEKS)]
    days = {each: Day(each, each == reader.today, each.month != first.month) for each in dates}
    for task in tasks:
        wall = to_wall(task.due_date, reader.zone) if task.due_date else None
        if wall is not None and wall.date() in days:
            minute = wall.hour * 60 + wall.minute
            days[wall.date()].items.append((f"{wall:%H:%M}", minute, task))
    return Month(first, [*days.values()])


def bars_of(tasks: Sequence[Task], reader: Reader) -> list[Bar]:
    """Return the tasks as bars, those without a date from when they were written down on."""
    begin, end = reader.now - BACK, reader.now + AHEAD

    def place(instant: datetime) -> int:
        share = (min(max(instant, begin), end) - begin) / (end - begin)
        return round(share * WIDE)

    found = []
    for task in tasks:
        due = task.due_date or end
        x = place(min(task.created_at, due))
        when = reader.when(task.due_date) if task.due_date else ""
        found.append(Bar(task, when, min(x, WIDE - 12), max(place(due) - x, 12)))
    return found


def now_on_bars() -> int:
    """Return where the present stands."""
    return round(BACK / (BACK + AHEAD) * WIDE)


def _monday(first: date) -> date:
    return first - first.weekday() * ONE


def _instant(day: date, reader: Reader) -> datetime:
    return to_utc(datetime.combine(day, time.min), reader.zone)
