"""What there is to do today, and how instants, rules and tasks read on pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.agenda import agenda_of
from accounts.http import UserRequest, grows_old_by, requires, safe_next
from accounts.models import User
from accounts.permissions import Permission
from common.moments import to_utc, to_wall
from common.rule_words import rule_words
from messaging.models import OutgoingMessage
from tasks.errors import AlreadyDoneError
from tasks.forms import QuickAddForm
from tasks.models import Status, Task
from tasks.named import mentions_of
from tasks.services import complete_task
from tasks.undoing import undoably
from tasks.words import Reader

# What presses most fits on a desk; the rest is in the lists.
MINE, GIVEN, FEW = 60, 20, 5


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
    mine = list(seen.open().filtered({**own, "ordering": "due_date"}).with_total()[:MINE])
    given = list(seen.open().given_by(user).in_order_of("due_date").with_total()[:GIVEN])
    done = seen.filtered({**own, "status": Status.DONE, "ordering": "-completed_at"})[:FEW]
    return Desk(
        today=reader.today,
        groups=_groups(mine, reader),
        given=Group("given", _("Given to others"), _rows(given, reader), _left_out(given)),
        done=_rows(done, reader),
        more=_left_out(mine),
    )


def _groups(tasks: list[Task], reader: Reader) -> list[Group]:
    groups = {
        key: Group(key, title, [])
        for key, title in (
            ("overdue", _("Overdue")),
            ("today", _("Today")),
            ("later", _("Later")),
            ("undated", _("No date")),
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


def day_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a day begins and ends on somebody's wall."""
    start, end = (datetime.combine(each, time.min) for each in (day, day + timedelta(days=1)))
    return to_utc(start, zone), to_utc(end, zone)


# --- The pages


@grows_old_by("tasks", "calendar_app", "messaging")
@require_safe
@requires(Permission.TASK_READ)
def today(request: UserRequest) -> HttpResponse:
    """Show what is on the person's desk."""
    return render_today(request, QuickAddForm())


def render_today(request: UserRequest, form: QuickAddForm, *, status: int = 200) -> HttpResponse:
    """Return the page with the given state of its quick-add field."""
    desk = desk_of(request.user)
    start, end = day_of(desk.today, ZoneInfo(request.user.timezone))
    context = {
        "desk": desk,
        "quick": form,
        "mentions": mentions_of(request.user),
        "agenda": agenda_of(request.user, start, end),
        "sent": OutgoingMessage.objects.sent_to(request.user, since=start)[:FEW],
    }
    return render(request, "tasks/today.html", context, status=status)


@require_POST
@requires(Permission.TASK_UPDATE)
def complete(request: UserRequest, pk: UUID) -> HttpResponse:
    """Mark the task done; a second click only says that it is."""
    task, token = task_of(request, pk), ""
    try:
        work = partial(complete_task, task=task, by=request.user)
        token = undoably(task, "complete", by=request.user, work=work)
        sentence = _("“{title}” is done.").format(title=task.title)
    except AlreadyDoneError as error:
        sentence = error.sentence
    if request.headers.get("HX-Request"):
        row = row_of(task_of(request, pk), Reader.for_user(request.user))
        context = {"row": row, "notice": sentence, "undo_token": token, "next": _back(request)}
        return render(request, "tasks/partials/completed.html", context)
    messages.success(request, sentence, extra_tags=token)
    return HttpResponseRedirect(_back(request))


def task_of(request: UserRequest, pk: UUID) -> Task:
    """Return the task if it is in the person's scope; otherwise it does not exist."""
    task: Task = get_object_or_404(Task.objects.visible_to(request.user).for_page(), pk=pk)
    return task


def _back(request: UserRequest) -> str:
    return safe_next(request, request.POST.get("next", ""))
