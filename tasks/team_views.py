"""What those who lead look at: who has how much to do, what is late, and how the work goes."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, page_in, requires, safe_next
from accounts.models import User
from accounts.permissions import Permission
from common.cells import csv_of
from common.errors import InvalidError
from tasks.charts import chart_of
from tasks.edit_forms import HandOnForm
from tasks.figures import Week, loads_of, weeks_of
from tasks.models import Task
from tasks.services import assign_task
from tasks.undoing import undoably
from tasks.views import row_of
from tasks.words import Reader

PAGE = 30
# A box for each task holds no more; for more people there is the task's own form.
MOST_OFFERED = 40


@require_safe
@requires(Permission.TASK_ASSIGN)
def team_page(request: UserRequest) -> HttpResponse:
    """Show who has how much to do, and what is late or nobody's, to be handed on."""
    user, reader = request.user, Reader.for_user(request.user)
    seen = Task.objects.visible_to(user).open().for_page()
    waiting = seen.overdue() | seen.filter(assignee__isnull=True)
    rows, beside = page_in(request, waiting.in_order_of("due_date"), PAGE)
    context = {
        "loads": loads_of(user),
        "rows": [row_of(task, reader) for task in rows],
        "people": _people(user),
        "next": request.get_full_path(),
        **beside,
    }
    return render(request, "tasks/team.html", context)


@require_POST
@requires(Permission.TASK_ASSIGN)
def hand_on(request: UserRequest, pk: UUID) -> HttpResponse:
    """Give a task to somebody else, and lead back."""
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    form = HandOnForm(request.POST)
    if not form.is_valid():
        raise InvalidError(_("There is nobody with this id."), attr="assignee")
    work = partial(
        assign_task, task=task, assignee_id=form.cleaned_data["assignee"], by=request.user
    )
    token = undoably(task, "reassign", by=request.user, work=work)
    messages.success(
        request, _("“{title}” is handed on.").format(title=task.title), extra_tags=token
    )
    return redirect(safe_next(request, request.POST.get("next", "")))


@require_safe
@requires(Permission.TASK_READ)
def report_page(request: UserRequest) -> HttpResponse:
    """Show how the work has gone in the last weeks, as pictures and as a table."""
    weeks = weeks_of(request.user)
    named = [(format_date(week.monday, _("j M")), week) for week in weeks]
    charts = [
        chart_of(_("Done in the week"), [(name, week.done) for name, week in named]),
        chart_of(_("Days from written down to done"), [(name, week.days) for name, week in named]),
        chart_of(_("Overdue at the end"), [(name, week.late) for name, week in named]),
    ]
    context = {"weeks": named, "charts": charts, "is_empty": _is_empty(weeks)}
    return render(request, "tasks/reports.html", context)


@require_safe
@requires(Permission.TASK_READ)
def report_csv(request: UserRequest) -> HttpResponse:
    """Return the weeks, and the load of each person, for a spreadsheet."""
    head = (
        _("What"),
        _("Written"),
        _("Done"),
        _("Median days"),
        _("Overdue"),
        _("Open"),
        _("Due in 7 days"),
    )
    weeks = [
        (
            _("Week of {monday}").format(monday=week.monday),
            week.written,
            week.done,
            week.days,
            week.late,
            None,
            None,
        )
        for week in weeks_of(request.user)
    ]
    people = [
        (load.name, None, load.done, None, load.late, load.open, load.soon)
        for load in loads_of(request.user)
    ]
    answer = HttpResponse(csv_of(head, [*weeks, *people]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="tasks.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _is_empty(weeks: list[Week]) -> bool:
    return not any(week.written or week.done or week.late for week in weeks)


def _people(by: User) -> list[tuple[str, str]]:
    """Return to whom work can be given, by those who may know everybody; too many are none."""
    rows = User.objects.visible_to(by).active().order_by("full_name")
    found = rows.values_list("pk", "full_name")[: MOST_OFFERED + 1]
    return [(str(pk), name) for pk, name in found] if len(found) <= MOST_OFFERED else []
