"""The pages of tasks: what there is to do today, and one task with all that hangs on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, requires, safe_next
from accounts.models import User
from accounts.permissions import Permission
from common.moments import to_wall
from tasks.errors import AlreadyDoneError
from tasks.forms import CommentForm, QuickAddForm
from tasks.models import Comment, Reminder, Status, Task
from tasks.services import add_comment, complete_task

LIMIT = 200
FEW = 5
NEAR_DAYS = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
WEEKDAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
MINUTES = ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour"), (1, "minute"))


# --- How instants and rules read


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose clock on the wall the words follow, and when they are read."""

    zone: ZoneInfo
    now: datetime

    @classmethod
    def for_user(cls, user: User) -> "Reader":
        """Return how this person reads times now."""
        return cls(ZoneInfo(user.timezone), timezone.now())

    @property
    def today(self) -> date:
        """The date on the reader's calendar."""
        return to_wall(self.now, self.zone).date()

    def when(self, instant: datetime) -> str:
        """Return `Today, 15:00` or `Wed 22 May, 09:00`, with the year when it is another one."""
        wall = to_wall(instant, self.zone)
        far = "D j M" if wall.year == self.today.year else "D j M Y"
        day = NEAR_DAYS.get((wall.date() - self.today).days) or format_date(wall, far)
        return f"{day}, {wall:%H:%M}"


def lead_words(lead: timedelta | None) -> str:
    """Return `30 minutes before`, or `when due` for no lead at all."""
    minutes = int(lead.total_seconds() // 60) if lead else 0
    for size, unit in MINUTES:
        if minutes and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}{'s' if count > 1 else ''} before"
    return "when due"


def rule_words(rule: str) -> str:
    """Return `every 2 weeks on Monday` for a recurrence, if plain words can say it."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    unit, step = UNITS.get(parts.pop("FREQ", "")), parts.pop("INTERVAL", "1")
    days = [WEEKDAYS.get(name) for name in parts.pop("BYDAY", "").split(",") if name]
    if unit is None or None in days or not set(parts) <= {"COUNT", "UNTIL", "WKST"}:
        return "on its own schedule"
    words = f"every {unit}" if step == "1" else f"every {step} {unit}s"
    return f"{words} on {', '.join(filter(None, days))}" if days else words


# --- What the pages show


@dataclass(frozen=True, slots=True)
class Row:
    """One task as a list shows it."""

    task: Task
    when: str
    repeats: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; `more` counts those that are not shown."""

    key: str
    title: str
    rows: list[Row]
    more: int = 0

    @property
    def count(self) -> int:
        """How many there are, shown or not."""
        return len(self.rows) + self.more


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person has to do, in the order in which it presses."""

    today: date
    groups: list[Group]
    given: Group
    done: list[Row]
    more: int

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left to do."""
        return not any(group.rows for group in self.groups)


def row_of(task: Task, reader: Reader) -> Row:
    """Return the row of a task in its reader's words."""
    return Row(
        task=task,
        when=reader.when(task.due_date) if task.due_date else "",
        repeats=rule_words(task.recurrence) if task.recurrence else "",
    )


def desk_of(user: User) -> Desk:
    """Read what is on a person's desk: three queries, however much it is."""
    reader, seen = Reader.for_user(user), Task.objects.visible_to(user).for_page()
    own = {"assignee": user.pk}
    mine = list(seen.open().filtered({**own, "ordering": "due_date"}).with_total()[:LIMIT])
    given = list(seen.open().given_by(user).in_order_of("due_date").with_total()[:LIMIT])
    done = seen.filtered({**own, "status": Status.DONE, "ordering": "-completed_at"})[:FEW]
    return Desk(
        today=reader.today,
        groups=_groups(mine, reader),
        given=Group("given", "Given to others", _rows(given, reader), _left_out(given)),
        done=_rows(done, reader),
        more=_left_out(mine),
    )


def _groups(tasks: list[Task], reader: Reader) -> list[Group]:
    groups = {
        key: Group(key, title, [])
        for key, title in (
            ("overdue", "Overdue"),
            ("today", "Today"),
            ("later", "Later"),
            ("undated", "No date"),
        )
    }
    for task in tasks:
        groups[_group_of(task, reader)].rows.append(row_of(task, reader))
    return list(groups.values())


def _group_of(task: Task, reader: Reader) -> str:
    if task.due_date is None:
        return "undated"
    if task.due_date < reader.now:
        return "overdue"
    return "today" if to_wall(task.due_date, reader.zone).date() == reader.today else "later"


def _rows(tasks: Iterable[Task], reader: Reader) -> list[Row]:
    return [row_of(task, reader) for task in tasks]


def _left_out(tasks: list[Task]) -> int:
    if not tasks:
        return 0
    total: int = tasks[0].total  # type: ignore[attr-defined]  # annotated by `with_total`
    return total - len(tasks)


# --- The pages


@require_safe
@requires(Permission.TASK_READ)
def today(request: UserRequest) -> HttpResponse:
    """Show what is on the person's desk."""
    return render_today(request, QuickAddForm())


def render_today(request: UserRequest, form: QuickAddForm, *, status: int = 200) -> HttpResponse:
    """Return the page with the given state of its quick-add field."""
    context = {"desk": desk_of(request.user), "quick": form}
    return render(request, "tasks/today.html", context, status=status)


@require_safe
@requires(Permission.TASK_READ)
def task_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show one task."""
    return _render_task(request, _task_of(request, pk), CommentForm())


@require_POST
@requires(Permission.TASK_UPDATE)
def complete(request: UserRequest, pk: UUID) -> HttpResponse:
    """Mark the task done; a second click only says that it is."""
    task = _task_of(request, pk)
    try:
        complete_task(task=task, by=request.user)
        sentence = f"“{task.title}” is done."
    except AlreadyDoneError as error:
        sentence = error.sentence
    if request.headers.get("HX-Request"):
        row = row_of(_task_of(request, pk), Reader.for_user(request.user))
        return render(request, "tasks/partials/completed.html", {"row": row, "notice": sentence})
    messages.success(request, sentence)
    return _go_back(request)


@require_POST
@requires(Permission.TASK_UPDATE)
def comment(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say something about the task."""
    task, form = _task_of(request, pk), CommentForm(request.POST)
    if not form.is_valid():
        return _render_task(request, task, form, status=400)
    add_comment(task=task, body=form.cleaned_data["body"], by=request.user)
    return redirect("task-page", pk=task.pk)


def _task_of(request: UserRequest, pk: UUID) -> Task:
    """Return the task if it is in the person's scope; otherwise it does not exist."""
    task: Task = get_object_or_404(Task.objects.visible_to(request.user).for_page(), pk=pk)
    return task


def _render_task(
    request: UserRequest, task: Task, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    reader = Reader.for_user(request.user)
    context = {
        "row": row_of(task, reader),
        "comments": _comments(task, reader),
        "reminders": _reminders(task, reader),
        "written": reader.when(task.created_at),
        "completed": reader.when(task.completed_at) if task.completed_at else "",
        "form": form,
    }
    return render(request, "tasks/task.html", context, status=status)


def _comments(task: Task, reader: Reader) -> list[tuple[Comment, str]]:
    return [(one, reader.when(one.created_at)) for one in task.comments.select_related("author")]


def _reminders(task: Task, reader: Reader) -> list[tuple[Reminder, str, str]]:
    return [
        (
            one,
            reader.when(instant) if (instant := one.next_at or one.fired_for or one.at) else "",
            "" if one.minutes_before is None else lead_words(timedelta(minutes=one.minutes_before)),
        )
        for one in task.reminders.all()
    ]


def _go_back(request: UserRequest) -> HttpResponse:
    return HttpResponseRedirect(safe_next(request, request.POST.get("next", "")))
