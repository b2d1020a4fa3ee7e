"""The plain rhythms by arithmetic, and where the others may begin.

dateutil takes a millisecond for each series, and a page of a month asks for 500 of them.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLAIN = {"FREQ", "INTERVAL", "BYDAY", "WKST"}
# What says the day itself, so that the one of the first instance says nothing.
NAMES_DAY = re.compile(r";BY(DAY|MONTHDAY|YEARDAY|WEEKNO)=")
# Every month has it.
LAST_SURE_DAY = 28
MONTHS = {"MONTHLY": 1, "YEARLY": 12}


def plain_walls(rule: str, start: datetime, since: datetime) -> Iterator[datetime] | None:
    """Yield the wall times of a daily or weekly rule without an end, few of them before `since`.

    None for a rule that says more than that.
    """
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    names = [name for name in parts.get("BYDAY", "").split(",") if name]
    if not parts.keys() <= PLAIN or not {*names} <= {*WEEKDAYS}:
        return None
    step = int(parts.get("INTERVAL", "1"))
    days = sorted(WEEKDAYS.index(name) for name in {*names})
    if parts["FREQ"] == "DAILY":
        return _daily(start, since, step, days)
    if parts["FREQ"] == "WEEKLY":
        begins = WEEKDAYS.index(parts.get("WKST", "MO"))
        return _weekly(start, since, step, sorted((day - begins) % 7 for day in days), begins)
    return None


def last_of(rule: str, start: datetime, count: int) -> datetime | None:
    """Return the last of so many wall times, where no counting is needed to know it."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    days = {"DAILY": 1, "WEEKLY": 7}.get(parts["FREQ"])
    if days is None or not parts.keys() <= PLAIN - {"BYDAY"}:
        return None
    try:
        return start + (count - 1) * days * int(parts.get("INTERVAL", "1")) * DAY
    except OverflowError:
        return None


def _daily(start: datetime, since: datetime, step: int, days: list[int]) -> Iterator[datetime]:
    wall = start + max((since - start).days // step, 0) * step * DAY
    try:
        while True:
            if not days or wall.weekday() in days:
                yield wall
            wall += step * DAY
    except OverflowError:
        return


def _weekly(
    start: datetime, since: datetime, step: int, days: list[int], begins: int
) -> Iterator[datetime]:
    into = (start.weekday() - begins) % 7
    monday = start - into * DAY
    monday += max((since - monday).days // (7 * step), 0) * 7 * step * DAY
    try:
        while True:
            for day in days or [into]:
                if (wall := monday + day * DAY) >= start:
                    yield wall
            monday += 7 * step * DAY
    except OverflowError:
        return


def months_later(rule: str, start: datetime, since: datetime) -> datetime:
    """Return a later start of a monthly or yearly rule in the same rhythm, before `since`."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    step = MONTHS.get(parts["FREQ"], 0) * int(parts.get("INTERVAL", "1"))
    if not step or (start.day > LAST_SURE_DAY and not NAMES_DAY.search(rule)):
        return start
    apart = (since.year - start.year) * 12 + since.month - start.month
    months = start.month - 1 + max(apart // step - 1, 0) * step
    return start.replace(
        year=start.year + months // 12,
        month=months % 12 + 1,
        day=min(start.day, LAST_SURE_DAY),
    )
