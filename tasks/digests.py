"""What a daily digest says about tasks: overdue, due today, and the seven days after."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from common.moments import to_wall
from messaging.digests import Line, Section, SectionsOf
from tasks.models import Task

WEEK = timedelta(days=7)
# A mail is read, a list of everything stands on the page.
MOST = 20


def tasks_ahead(people: Collection[User], until: datetime) -> SectionsOf:
    """Load the open tasks of these people; the answer sorts one person's as of an instant."""
    rows = Task.objects.open().filter(assignee__in=people, due_date__lt=until)
    tasks: dict[UUID | None, list[tuple[datetime, Line]]] = defaultdict(list)
    columns = rows.order_by("due_date", "created_at", "pk")
    for pk, title, due, person in columns.values_list("pk", "title", "due_date", "assignee"):
        if due is not None:
            tasks[person].append((due, Line(title, due, f"/tasks/{pk}")))
    return lambda person, at: _sections(tasks[person.pk], ZoneInfo(person.timezone), at)


def _sections(tasks: list[tuple[datetime, Line]], zone: ZoneInfo, at: datetime) -> list[Section]:
    today = to_wall(at, zone).date()
    late, now, soon = [], [], []
    for due, line in tasks:
        day = to_wall(due, zone).date()
        if due < at:
            late.append(line)
        elif day == today:
            now.append(line)
        elif day <= today + WEEK:
            soon.append(line)
    return [
        _section(_lazy("Overdue"), late, late=True),
        _section(_lazy("Due today"), now),
        _section(_lazy("Coming week"), soon),
    ]


def _section(title: StrOrPromise, lines: list[Line], *, late: bool = False) -> Section:
    return Section(title, lines[:MOST], late=late, more=max(len(lines) - MOST, 0))
