"""One task with all that hangs on it: reading it and changing it."""

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest, grows_old_by, requires
from accounts.page_sessions import writes_by_reading
from accounts.permissions import Permission
from common.errors import AppError, ChangedMeanwhileError
from tasks.edit_forms import ReminderForm, TaskForm
from tasks.files import files_of
from tasks.forms import CommentForm
from tasks.history import history_of
from tasks.models import Reminder, Task
from tasks.named import comments_of
from tasks.services import (
    add_reminder,
    delete_reminder,
    delete_task,
    update_task,
)
from tasks.talking import read_mentions
from tasks.undoing import undoably
from tasks.views import row_of, task_of
from tasks.words import Reader, lead_words

MOST_PARTS = 100
CHANGED = _lazy("Somebody has changed this task meanwhile. What you wrote stands below.")


@grows_old_by("tasks")
@require_safe
@requires(Permission.TASK_READ)
def task_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show one task; where it names the reader it is read by that."""
    return render_task(request, task_of(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TASK_UPDATE)
def edit(request: UserRequest, pk: UUID) -> HttpResponse:
    """Change anything about a task; what somebody else changed meanwhile is not overwritten."""
    if request.method != "POST":
        task = task_of(request, pk)
        return _render_form(request, task, TaskForm(None, task=task, by=request.user))
    task = _locked_task(request, pk)
    form, status = TaskForm(request.POST, task=task, by=request.user), int(HTTPStatus.BAD_REQUEST)
    if form.is_valid():
        try:
            if form.is_stale:
                raise ChangedMeanwhileError(CHANGED)
            token = _change(request, task, form.changes)
        except AppError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, _("Saved."), extra_tags=token)
            return _to_task(request, pk)
    return _render_form(request, task, form, status=status)


@require_POST
@requires(Permission.TASK_UPDATE)
def remind(request: UserRequest, pk: UUID) -> HttpResponse:
    """Have the task's assignee reminded."""
    task, form = task_of(request, pk), ReminderForm(request.POST, by=request.user)
    status = int(HTTPStatus.BAD_REQUEST)
    if form.is_valid():
        work = partial(add_reminder, task=task, **form.values)
        try:
            token = undoably(task, "remind", by=request.user, work=work)
        except AppError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, _("The reminder is planned."), extra_tags=token)
            return redirect("task-page", pk=pk)
    return render_task(request, task, reminder_form=form, status=status)


@require_POST
@requires(Permission.TASK_UPDATE)
def forget_reminder(request: UserRequest, pk: UUID) -> HttpResponse:
    """Take a reminder off its task."""
    seen = Reminder.objects.visible_to(request.user).select_related("task")
    reminder = get_object_or_404(seen, pk=pk)
    task: Task = reminder.task
    work = partial(delete_reminder, reminder=reminder)
    token = undoably(task, "unremind", by=request.user, work=work)
    messages.success(request, _("The reminder is taken off."), extra_tags=token)
    return redirect("task-page", pk=task.pk)


@require_POST
@requires(Permission.TASK_DELETE)
def drop(request: UserRequest, pk: UUID) -> HttpResponse:
    """Delete the task with all that hangs on it."""
    task = _locked_task(request, pk)
    title = task.title
    work = partial(delete_task, task=task, by=request.user)
    token = undoably(task, "delete", by=request.user, work=work)
    messages.success(request, _("“{title}” is deleted.").format(title=title), extra_tags=token)
    return redirect("task-list")


def _change(request: UserRequest, task: Task, changes: dict[str, Any]) -> str:
    if not changes:
        return ""
    work = partial(update_task, task=task, changes=changes, by=request.user)
    return undoably(task, "change", by=request.user, work=work)


def _to_task(request: UserRequest, pk: UUID) -> HttpResponse:
    """Lead to the task, or to all tasks when it was handed out of the person's sight."""
    if Task.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("task-page", pk=pk)
    return redirect("task-list")


def _locked_task(request: UserRequest, pk: UUID) -> Task:
    seen = Task.objects.visible_to(request.user).select_related("assignee", "team")
    task: Task = get_object_or_404(seen.select_for_update(of=("self",)), pk=pk)
    return task


def _render_form(
    request: UserRequest, task: Task, form: TaskForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "task": task}
    return render(request, "tasks/edit.html", context, status=status)


def render_task(
    request: UserRequest,
    task: Task,
    *,
    form: CommentForm | None = None,
    reminder_form: ReminderForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a task with the given state of its forms."""
    user, reader = request.user, Reader.for_user(request.user)
    seen = Task.objects.visible_to(user)
    comments = comments_of(task, reader, by=user)
    if any(said.is_news for said in comments) and writes_by_reading(request):
        read_mentions(task=task, by=user)
    parts = seen.filter(parent=task.pk).for_page().in_order_of("due_date")
    context = {
        "row": row_of(task, reader),
        "parent": seen.filter(pk=task.parent_id).first() if task.parent_id else None,
        "parts": [row_of(each, reader) for each in parts[:MOST_PARTS]],
        "next": request.path,
        "comments": comments,
        "reminders": _reminders(task, reader),
        "files": files_of(task, reader),
        "history": history_of(task, reader),
        "written": reader.when(task.created_at),
        "completed": reader.when(task.completed_at) if task.completed_at else "",
        "form": form or CommentForm(),
        "reminder_form": reminder_form or ReminderForm(None, by=user),
    }
    return render(request, "tasks/task.html", context, status=status)


def _reminders(task: Task, reader: Reader) -> list[tuple[Reminder, str, str]]:
    return [
        (
            one,
            reader.when(instant) if (instant := one.next_at or one.fired_for or one.at) else "",
            "" if one.minutes_before is None else lead_words(timedelta(minutes=one.minutes_before)),
        )
        for one in task.reminders.all()
    ]
