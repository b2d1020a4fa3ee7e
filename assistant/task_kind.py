"""Tasks as the assistant changes them and takes them back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from assistant.kinds import Change, Changing, Kind, State
from assistant.states import FIELDS, column_value, state_of, successor_of
from common.errors import RefusedError
from common.plain import plain_rows, row_of
from tasks.models import Comment, Mention, Reminder, Task, TaskFile
from tasks.services import (
    bring_back_task,
    complete_task,
    delete_task,
    restore_reminders,
    restore_task,
    update_task,
)

COMPLETE = "complete"


def _rows(by: User | None) -> QuerySet[Any]:
    return Task.objects.visible_to(by) if by else Task.objects.all()


def _delete(task: Task, by: User) -> None:
    delete_task(task=task, by=by)


def _put_back(task: Task, before: State, after: State, by: User) -> None:
    if before["next"] is None and after["next"] is not None:
        delete_task(task=Task.objects.get(pk=successor_of(task.pk)), by=by)
    names = [name for name in FIELDS if before[name] != after[name]]
    values = {name: column_value(name, before[name]) for name in names}
    restore_task(task=task, values=values, by=by)
    if before["reminders"] != after["reminders"]:
        kept = [_reminder(*row) for row in before["reminders"]]
        restore_reminders(task=task, reminders=kept, by=by)


def _reminder(pk: str, minutes_before: int | None, at: str | None) -> Reminder:
    instant = datetime.fromisoformat(at) if at else None
    return Reminder(pk=UUID(pk), minutes_before=minutes_before, at=instant)


def _check(change: Change, task: Task, by: User) -> None:
    if not by.may(Permission.TASK_UPDATE):
        raise RefusedError(_("You may not change tasks."))
    if "assignee_id" in change.values and not by.may(Permission.TASK_ASSIGN):
        raise RefusedError(_("You may not give work to others."), code="may_not_assign")


def _waits(change: Change, task: Task, by: User) -> bool:
    """Whether somebody else does the task, or is to do it."""
    ours = {None, by.pk}
    given = change.values.get("assignee_id")
    return task.assignee_id not in ours or (given is not None and given != str(by.pk))


def _do(change: Change, task: Task, by: User) -> UUID:
    if change.type == COMPLETE:
        complete_task(task=task, by=by)
    else:
        values = {name: column_value(name, value) for name, value in change.values.items()}
        update_task(task=task, changes=values, by=by)
    return task.pk


def _whole(task_id: UUID) -> State | None:
    """Return a task with its parts, and all that hangs on them."""
    ids, level = [task_id], [task_id]
    while level:
        level = [*Task.objects.filter(parent__in=level).values_list("pk", flat=True)]
        ids += level
    tasks = {task.pk: task for task in Task.objects.filter(pk__in=ids)}
    return {
        # The whole before its parts.
        "tasks": plain_rows(tasks[pk] for pk in ids if pk in tasks),
        "reminders": plain_rows(Reminder.objects.filter(task__in=ids).order_by("id")),
        "comments": plain_rows(Comment.objects.filter(task__in=ids).order_by("created_at")),
        "files": plain_rows(TaskFile.objects.filter(task__in=ids).order_by("id")),
        "mentions": plain_rows(Mention.objects.filter(comment__task__in=ids).order_by("id")),
    }


def _bring_back(before: State, by: User) -> None:
    kinds = ("tasks", "reminders", "files", "comments", "mentions")
    # What was deleted before there was a kind has none of it.
    rows = [row for kind in kinds for row in before.get(kind, ())]
    bring_back_task(rows=[row_of(row) for row in rows], by=by)


TASKS = Kind(
    plural=_lazy("tasks"),
    create=Permission.TASK_CREATE,
    rows=_rows,
    state=state_of,
    delete=_delete,
    whole=_whole,
    bring_back=_bring_back,
    changing=Changing(
        check=_check,
        waits=_waits,
        do=_do,
        update=Permission.TASK_UPDATE,
        put_back=_put_back,
        watched=("next",),
    ),
)
