"""The first page of the office console: how the office does, in figures and small charts.

Each part asks one or two questions of the database, however much there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from assistant.llm.models import ModelCall
from assistant.llm.usage import usage_today
from calendar_app.models import CalendarSync
from messaging.models import MessageStatus, OutgoingMessage
from tasks.models import OPEN_STATUSES, Status, Task

DAYS, SYNCS = 7, 5
LATELY = timedelta(days=30)
WIDTH, HEIGHT, FOOT = 280, 70, 16


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart, and where its bar stands."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its name stands."""
        return self.x + self.width / 2


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Return the values as bars of a chart: the tallest fills it."""
    most = max((value for _label, value in values), default=0) or 1
    step = WIDTH / max(len(values), 1)
    return [
        Bar(
            label,
            value,
            x=round(number * step + step * 0.15, 1),
            y=round(HEIGHT - HEIGHT * value / most, 1),
            width=round(step * 0.7, 1),
            height=round(HEIGHT * value / most, 1),
        )
        for number, (label, value) in enumerate(values)
    ]


def office_facts(request: HttpRequest) -> dict[str, Any]:
    """Return what the person may see of how the office does."""
    parts = (
        ("people", "accounts.view_user", _people),
        ("tasks", "tasks.view_task", _tasks),
        ("messages", "messaging.view_outgoingmessage", _messages),
        ("ai", "assistant.view_modelcall", _ai),
        ("syncs", "calendar_app.view_calendarsync", _syncs),
    )
    facts = {name: part() for name, right, part in parts if request.user.has_perm(right)}
    return {"facts": facts, "chart_width": WIDTH, "chart_height": HEIGHT, "chart_foot": FOOT}


def _people() -> dict[str, int]:
    since = timezone.now() - LATELY
    found: dict[str, int] = User.objects.filter(is_service=False).aggregate(
        active=Count("pk", filter=Q(is_active=True)),
        seen=Count("pk", filter=Q(is_active=True, last_login__gte=since)),
        inactive=Count("pk", filter=Q(is_active=False)),
    )
    return found


def _tasks() -> dict[str, Any]:
    late = Count("pk", filter=Q(due_date__lt=timezone.now()))
    rows = Task.objects.order_by().values("status").annotate(number=Count("pk"), late=late)
    found = {row["status"]: row for row in rows}
    states = [(str(each.label), found[each]["number"] if each in found else 0) for each in Status]
    overdue = sum(found[each]["late"] for each in OPEN_STATUSES if each in found)
    return {"bars": bars(states), "overdue": overdue}


def _messages() -> dict[str, Any]:
    days = _last_days()
    rows = OutgoingMessage.objects.filter(created_at__gte=timezone.now() - timedelta(days=DAYS))
    by_day = {
        row["day"]: row
        for row in rows.order_by()
        .values(day=TruncDate("created_at"))
        .annotate(
            sent=Count("pk", filter=Q(status=MessageStatus.SENT)),
            failed=Count("pk", filter=Q(status=MessageStatus.FAILED)),
        )
    }
    lines = [(day, by_day.get(day, {"sent": 0, "failed": 0})) for day in days]
    return {
        "bars": bars([(f"{day:%a}", row["sent"]) for day, row in lines]),
        "lines": [(f"{day:%a %d %b}", row["sent"], row["failed"]) for day, row in lines],
        "failed": sum(row["failed"] for _day, row in lines),
    }


def _ai() -> dict[str, Any]:
    days = _last_days()
    rows = ModelCall.objects.filter(created_at__gte=timezone.now() - timedelta(days=DAYS))
    counted = {
        row["day"]: row["tokens"] or 0
        for row in rows.order_by()
        .values(day=TruncDate("created_at"))
        .annotate(tokens=Sum("tokens_in") + Sum("tokens_out"))
    }
    return {
        "bars": bars([(f"{day:%a}", counted.get(day, 0)) for day in days]),
        "today": usage_today(),
    }


def _syncs() -> list[CalendarSync]:
    rows = CalendarSync.objects.filter(synced_at__isnull=False).select_related("connection")
    return list(rows.order_by("-synced_at")[:SYNCS])


def _last_days() -> list[date]:
    today = timezone.localdate()
    return [today - timedelta(days=number) for number in range(DAYS - 1, -1, -1)]
