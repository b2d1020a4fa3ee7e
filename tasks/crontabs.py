"""A recurring task's rule as a crontab, and a crontab as a rule.

A rule keeps no time of the day: that is the due time's. A crontab has one, so that whoever gives a
task a crontab moves its due time to where that runs next.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from common.moments import to_wall
from common.recurrence import next_occurrence
from common.rule_words import rule_words
from messaging.crontabs import Crontab, parse_crontab
from tasks.models import Task

# As RFC 5545 writes them, in the order of a crontab's numbers.
CODES = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
DAYS, MONTHS = 31, 12
# Say nothing of which days: until when, and the time that a day without it has lost.
OTHERS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYHOUR", "BYMINUTE"}
FAR = timedelta(days=5 * 366)


def rule_of(crontab: Crontab) -> str:
    """Return the rule of a recurrence that falls on the same days, in its plainest words."""
    days = _limit("BYMONTHDAY", sorted(crontab.days), DAYS)
    months = _limit("BYMONTH", sorted(crontab.months), MONTHS)
    week = [*sorted(crontab.weekdays - {0}), *(crontab.weekdays & {0})]
    weekdays = _limit("BYDAY", [CODES[number] for number in week], len(CODES))
    rhythm = "DAILY"
    if weekdays and not days and not months:
        rhythm = "WEEKLY"
    elif days and not weekdays and not months:
        rhythm = "MONTHLY"
    return ";".join(part for part in (f"FREQ={rhythm}", months, days, weekdays) if part)


def _limit(name: str, values: Collection[object], whole: int) -> str:
    return "" if len(values) == whole else f"{name}={','.join(map(str, values))}"


def next_due(crontab: Crontab, *, zone: ZoneInfo, due: datetime | None) -> datetime | None:
    """Return the due time if the crontab runs then, else when it runs next."""
    now = timezone.now()
    if due is not None and due > now:
        wall = to_wall(due, zone)
        if crontab.fits(wall.date()) and wall.time() == crontab.at:
            return due
    return next(crontab.moments(zone, now, now + FAR), None)


def crontab_of(rule: str, wall: datetime) -> str | None:
    """Return the crontab of a rule with an occurrence at that wall time, if there is one."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    days, months = parts.get("BYMONTHDAY", ""), parts.get("BYMONTH", "")
    weekdays = parts.get("BYDAY", "")
    if not _can_be_said(parts):
        return None
    rhythm = parts.get("FREQ")
    if rhythm == "WEEKLY":
        weekdays = weekdays or CODES[wall.isoweekday() % 7]
    elif rhythm in {"MONTHLY", "YEARLY"}:
        days = days if days or weekdays else str(wall.day)
        months = months or (str(wall.month) if rhythm == "YEARLY" else "")
    hour, minute = parts.get("BYHOUR", wall.hour), parts.get("BYMINUTE", wall.minute)
    numbers = [str(CODES.index(code)) for code in weekdays.split(",") if code]
    dates = (_spans(days.split(",")), _spans(months.split(",")), _spans(numbers))
    return " ".join(map(str, (minute, hour, *dates)))


def _spans(numbers: Iterable[str]) -> str:
    """Return `1-5,7` for what stands in a row; of nothing, all."""
    spans: list[list[int]] = []
    for number in sorted(int(each) for each in numbers if each):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    said = [str(one[0]) if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in spans]
    return ",".join(said) or "*"


def _can_be_said(parts: dict[str, str]) -> bool:
    """Tell whether each part has its place in a crontab, and means the same there."""
    if {*parts} - OTHERS - {"BYMONTHDAY", "BYMONTH", "BYDAY"} or parts.get("INTERVAL", "1") != "1":
        return False
    if any("," in parts.get(name, "") for name in ("BYHOUR", "BYMINUTE")):
        return False
    in_year = parts.get("FREQ") == "YEARLY" and "BYMONTH" not in parts
    if in_year and {"BYMONTHDAY", "BYDAY"} & {*parts}:
        return False
    if parts.get("FREQ") == "WEEKLY" and "BYMONTHDAY" in parts:
        return False
    counted = any(code not in CODES for code in parts.get("BYDAY", "MO").split(","))
    return not counted and "-" not in parts.get("BYMONTHDAY", "")


def schedule_words(task: Task) -> tuple[str, str]:
    """Return when a recurring task runs: in words, and as a crontab where it has one."""
    if task.due_date is None:
        return rule_words(task.recurrence), ""
    wall = to_wall(task.due_date, ZoneInfo(task.timezone))
    text = crontab_of(task.recurrence, wall)
    if text is None:
        return f"{rule_words(task.recurrence)}, at {wall:%H:%M}", ""
    return parse_crontab(text).words, text


def coming_runs(task: Task, *, count: int = 5) -> list[datetime]:
    """Return when the task is due, and when those are that follow it."""
    zone, due, rule = ZoneInfo(task.timezone), task.due_date, task.recurrence
    runs: list[datetime] = []
    while due is not None and len(runs) < count:
        runs.append(due)
        found = next_occurrence(rule, due, zone) if rule else None
        due, rule = found or (None, "")
    return runs
