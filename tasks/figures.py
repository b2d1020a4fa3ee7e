"""How the work goes: what is written and done in each week, how long it takes, what is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from accounts.models import User
from common.moments import to_utc, to_wall
from tasks.models import OPEN_STATUSES, Status, Task, TaskQuerySet

WEEKS = 12
MOST_PEOPLE = 100
LEAD = ExpressionWrapper(F("completed_at") - F("created_at"), output_field=DurationField())


class Median(Aggregate):
    """The value in the middle, which a few that lay for years do not move."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday on the reader's calendar, and what happened in it."""

    monday: date
    written: int
    done: int
    days: float | None
    """How long what was done had taken, in the middle."""
    late: int
    """How many were overdue when the week ended, or are now."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has on the desk, as far as the reader sees it."""

    pk: Any
    name: str
    open: int
    late: int
    soon: int
    done: int


def weeks_of(by: User) -> list[Week]:
    """Return the last weeks, the present one last: three queries, however many tasks there are."""
    zone, seen = ZoneInfo(by.timezone), Task.objects.visible_to(by)
    mondays = _mondays(zone)
    begin = to_utc(datetime.combine(mondays[0], time.min), zone)
    written = _by_week(seen.filter(created_at__gte=begin), "created_at", zone)
    done = _by_week(seen.filter(completed_at__gte=begin), "completed_at", zone)
    late = _late_at(seen, [_end(monday, zone) for monday in mondays])
    return [
        Week(
            monday=monday,
            written=written.get(monday, {}).get("count", 0),
            done=done.get(monday, {}).get("count", 0),
            days=_days(done.get(monday, {}).get("lead")),
            late=late[number],
        )
        for number, monday in enumerate(mondays)
    ]


def loads_of(by: User) -> list[Load]:
    """Return the load of each person with something to do, those with most overdue first."""
    now = timezone.now()
    is_open, week = Q(status__in=OPEN_STATUSES), timedelta(days=7)
    lately = Q(status=Status.DONE, completed_at__gte=now - week)
    rows = (
        Task.objects.visible_to(by)
        .filter(is_open | lately, assignee__isnull=False)
        .order_by()
        .values("assignee", "assignee__full_name")
        .annotate(
            open=Count("pk", filter=is_open),
            late=Count("pk", filter=is_open & Q(due_date__lt=now)),
            soon=Count("pk", filter=is_open & Q(due_date__gte=now, due_date__lt=now + week)),
            done=Count("pk", filter=lately),
        )
        .order_by("-late", "-open", "assignee__full_name")
    )
    return [
        Load(
            pk=row["assignee"],
            name=row["assignee__full_name"],
            **{name: row[name] for name in ("open", "late", "soon", "done")},
        )
        for row in rows[:MOST_PEOPLE]
    ]


def _mondays(zone: ZoneInfo) -> list[date]:
    today = to_wall(timezone.now(), zone).date()
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]


def _end(monday: date, zone: ZoneInfo) -> datetime:
    end = to_utc(datetime.combine(monday + timedelta(weeks=1), time.min), zone)
    return min(end, timezone.now())


def _by_week(rows: TaskQuerySet, name: str, zone: ZoneInfo) -> dict[date, dict[str, Any]]:
    found = (
        rows.order_by()
        .annotate(week=TruncWeek(name, tzinfo=zone))
        .values("week")
        .annotate(count=Count("pk"), lead=Median(LEAD))
    )
    return {row["week"].date(): dict(row) for row in found}


def _late_at(rows: TaskQuerySet, ends: Iterable[datetime]) -> list[int]:
    """Return how many were overdue at each instant; what was called off counts nowhere."""
    counts = {
        f"at_{number}": Count(
            "pk",
            filter=Q(due_date__lt=end, created_at__lt=end)
            & (Q(completed_at__isnull=True) | Q(completed_at__gte=end)),
        )
        for number, end in enumerate(ends)
    }
    found = rows.exclude(status=Status.CANCELLED).filter(due_date__isnull=False).order_by()
    return list(found.aggregate(**counts).values())


def _days(lead: timedelta | None) -> float | None:
    return None if lead is None else round(lead / timedelta(days=1), 1)
