"""All tasks that somebody may see, by a filter in the address, in four looks."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise

from accounts.http import UserRequest, grows_old_by, page_in, requires, safe_next
from accounts.permissions import Permission
from common.errors import InvalidError
from common.moments import to_utc, to_wall
from tasks.list_forms import (
    ALL,
    DueDayForm,
    MoveForm,
    SaveFilterForm,
    TaskFilterForm,
    known_query,
)
from tasks.models import SavedFilter, Status, Task, TaskQuerySet
from tasks.month import bars_of, bounds_of, month_of, now_on_bars
from tasks.services import update_task
from tasks.undoing import undoably
from tasks.views import Row, row_of
from tasks.words import Reader

PAGE, CARDS, MONTH, MOST_SAVED = 50, 30, 300, 50
# What a card offers, by the state that the task is in: the next state, and the words for it.
STEPS: dict[Status, list[tuple[Status, StrOrPromise]]] = {
    Status.PENDING: [(Status.IN_PROGRESS, _lazy("Start")), (Status.DONE, _lazy("Done"))],
    Status.IN_PROGRESS: [(Status.PENDING, _lazy("Put back")), (Status.DONE, _lazy("Done"))],
    Status.DONE: [(Status.PENDING, _lazy("Open again"))],
    Status.CANCELLED: [(Status.PENDING, _lazy("Open again"))],
}


@dataclass(frozen=True, slots=True)
class Column:
    """The tasks of one state; `more` counts those that are not shown."""

    status: Status
    rows: list[Row]
    more: int

    @property
    def steps(self) -> list[tuple[Status, StrOrPromise]]:
        """Where its tasks can be moved, and what that is called."""
        return STEPS[self.status]

    @property
    def count(self) -> int:
        """How many there are, shown or not."""
        return len(self.rows) + self.more


@grows_old_by("tasks")
@require_safe
@requires(Permission.TASK_READ)
def task_list(request: UserRequest) -> HttpResponse:
    """Show the tasks that the address asks for."""
    form = TaskFilterForm(request.GET, by=request.user)
    rows = form.narrowed(Task.objects.visible_to(request.user).for_page())
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST
    context = {
        "form": form,
        "keep": SaveFilterForm(),
        "next": request.get_full_path(),
        "query": known_query(request.GET.urlencode()),
        "saved": SavedFilter.objects.visible_to(request.user)[:MOST_SAVED],
    }
    reader = Reader.for_user(request.user)
    if form.look == "board":
        context |= {"columns": _columns(rows, form, reader)}
        return render(request, "tasks/board.html", context, status=status)
    if form.look == "month":
        context |= _month(rows, form, reader)
        return render(request, "tasks/month.html", context, status=status)
    found, beside = page_in(request, form.in_state(rows).in_order_of(form.order), PAGE)
    context |= {"rows": [row_of(task, reader) for task in found], **beside}
    if form.look == "timeline":
        context |= {"bars": bars_of(found, reader), "present": now_on_bars()}
        return render(request, "tasks/timeline.html", context, status=status)
    return render(request, "tasks/list.html", context, status=status)


def _month(rows: TaskQuerySet, form: TaskFilterForm, reader: Reader) -> dict[str, object]:
    """Return the month that is asked for, and how many tasks of it there is no room for."""
    first = form.first_of(reader.today)
    due = form.in_state(rows).filtered({**bounds_of(first, reader), "ordering": "due_date"})
    found = list(due.with_total()[:MONTH])
    total = found[0].total if found else 0  # type: ignore[attr-defined]  # of `with_total`
    return {"month": month_of(first, found, reader), "more": total - len(found)}


def _columns(rows: TaskQuerySet, form: TaskFilterForm, reader: Reader) -> list[Column]:
    """Return a column for each state that is asked for; a query for each."""
    wanted = form.cleaned_data.get("status", ALL)
    states = [Status(wanted)] if wanted in Status.values else [*Status]
    return [_column(rows, state, form.order, reader) for state in states]


def _column(rows: TaskQuerySet, state: Status, order: str, reader: Reader) -> Column:
    closed = "-completed_at" if state == Status.DONE else order
    found = list(rows.filtered({"status": state, "ordering": closed}).with_total()[:CARDS])
    total = found[0].total if found else 0  # type: ignore[attr-defined]  # of `with_total`
    return Column(state, [row_of(task, reader) for task in found], total - len(found))


@require_POST
@requires(Permission.TASK_UPDATE)
def move(request: UserRequest, pk: UUID) -> HttpResponse:
    """Bring a task into another state, and lead back to where it was seen."""
    seen = Task.objects.visible_to(request.user).select_for_update(of=("self",))
    task, form = get_object_or_404(seen, pk=pk), MoveForm(request.POST)
    if not form.is_valid():
        raise InvalidError(_("There is no such state."), attr="status")
    state = Status(form.cleaned_data["status"])
    token = ""
    if state != task.status:
        changes = {"status": state}
        work = partial(update_task, task=task, changes=changes, by=request.user)
        token = undoably(task, "move", by=request.user, work=work)
    messages.success(
        request,
        _("“{title}”: {state}.").format(title=task.title, state=state.label.lower()),
        extra_tags=token,
    )
    return redirect(safe_next(request, request.POST.get("next", "")))


@require_POST
@requires(Permission.TASK_UPDATE)
def put_off(request: UserRequest, pk: UUID) -> HttpResponse:
    """Have a task due on another day at the same time, and lead back to where it was seen."""
    seen = Task.objects.visible_to(request.user).select_for_update(of=("self",))
    task, form = get_object_or_404(seen, pk=pk), DueDayForm(request.POST)
    if not form.is_valid() or task.due_date is None:
        raise InvalidError(_("Say to which day."), attr="day")
    reader = Reader.for_user(request.user)
    time = to_wall(task.due_date, reader.zone).time()
    due = to_utc(datetime.combine(form.cleaned_data["day"], time), reader.zone)
    token = ""
    if due != task.due_date:
        work = partial(update_task, task=task, changes={"due_date": due}, by=request.user)
        token = undoably(task, "reschedule", by=request.user, work=work)
    said = _("“{title}” is due: {when}.").format(title=task.title, when=reader.when(due))
    messages.success(request, said, extra_tags=token)
    return redirect(safe_next(request, request.POST.get("next", "")))
