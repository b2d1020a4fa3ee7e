"""Tasks as the assistant changes them and takes them back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from assistant.actions import record_change
from assistant.kinds import Change, Changing, Kind, State
from assistant.states import FIELDS, column_value, state_of, successor_of
from common.errors import RefusedError
from tasks.models import Reminder, Task
from tasks.services import (
    complete_task,
    delete_task,
    restore_reminders,
    restore_task,
    update_task,
)
from tasks.undoing import Work

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


def keep_change(task: Task, what: str, by: User, work: Work) -> UUID:
    """Do the work of a page on a task, and return the token that undoes it."""
    return record_change(thing=task, change=what, by=by, work=work).pk


TASKS = Kind(
    plural="tasks",
    create=Permission.TASK_CREATE,
    rows=_rows,
    state=state_of,
    delete=_delete,
    changing=Changing(
        check=_check,
        waits=_waits,
        do=_do,
        update=Permission.TASK_UPDATE,
        put_back=_put_back,
        watched=("next",),
    ),
)
