"""What the assistant writes for somebody: done, or proposed until a yes; taken back once."""

from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from assistant.models import PATIENCE, REGRET, Action, ActionStatus
from assistant.states import State, changed_fields, column_value, state_of, successor_of
from common.errors import ConflictError, InvalidError, MissingError, RefusedError
from tasks.models import Task
from tasks.services import complete_task, delete_task, restore_task, update_task
from tenants.context import atomic

CREATE = "create_task"
COMPLETE = "complete"


class Change(NamedTuple):
    """What is to become of a task: the name of it, and the columns it sets as plain values."""

    type: str
    values: dict[str, Any]


@atomic()
def record_creation(*, task: Task, by: User, conversation: str = "") -> Action:
    """Write down that a sentence became this task, so that it can be taken back."""
    return Action.objects.create(
        person=by,
        conversation=conversation,
        type=CREATE,
        status=ActionStatus.DONE,
        object_id=task.pk,
        title=task.title,
        after=state_of(task.pk) or {},
        ends_at=timezone.now() + REGRET,
    )


@atomic()
def change_task(*, task: Task, change: Change, by: User, conversation: str) -> Action:
    """Do it at once to what is one's own business, propose it where it touches others' work.

    Raises RefusedError, MissingError, and what the task's own service refuses.
    """
    _require_grants(change, task, by)
    action = Action(
        person=by,
        conversation=conversation,
        type=change.type,
        status=ActionStatus.PROPOSED,
        object_id=task.pk,
        title=task.title,
        values=change.values,
        ends_at=timezone.now() + PATIENCE,
    )
    if _touches_others(task, change, by):
        _decline(Action.objects.waiting(by, conversation))
        action.save(force_insert=True)
        return action
    return _carry_out(action, by)


@atomic()
def confirm_action(*, by: User, conversation: str) -> Action:
    """Do what waits for this person's yes in this conversation. Raises ConflictError if nothing."""
    return _carry_out(_waiting(by, conversation), by)


@atomic()
def decline_action(*, by: User, conversation: str) -> Action:
    """Leave it. Raises ConflictError if nothing waits."""
    action = _waiting(by, conversation)
    action.status = ActionStatus.DECLINED
    action.save()
    return action


@atomic()
def undo_action(*, token: UUID, by: User) -> Action:
    """Take a write back, once, while nobody has changed the thing since.

    Raises InvalidError for a token that is not this person's, and ConflictError `already_undone`,
    `undo_expired` or `changed_meanwhile`.
    """
    action = Action.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=token).first()
    if action is None or action.status in {ActionStatus.PROPOSED, ActionStatus.DECLINED}:
        sentence = "There is nothing to undo with this token."
        raise InvalidError(sentence, code="unknown_token", attr="undo_token")
    if action.status == ActionStatus.UNDONE:
        raise ConflictError("This is undone already.", code="already_undone")
    if action.ends_at <= timezone.now():
        raise ConflictError("This can no longer be undone.", code="undo_expired")
    _take_back(action, by)
    action.status = ActionStatus.UNDONE
    action.save()
    return action


def undo_last(*, by: User) -> Action:
    """Take back what this person did last through the assistant. Raises as `undo_action`."""
    last = Action.objects.last_done(by).first()
    if last is None:
        raise ConflictError("There is nothing to undo.", code="nothing_to_undo")
    return undo_action(token=last.pk, by=by)


def _waiting(by: User, conversation: str) -> Action:
    rows = Action.objects.waiting(by, conversation).select_for_update(of=("self",))
    action = rows.first()
    if action is None:
        raise ConflictError("There is nothing that waits for a yes.", code="nothing_proposed")
    return action


def _decline(rows: Any) -> None:
    rows.update(status=ActionStatus.DECLINED)


def _touches_others(task: Task, change: Change, by: User) -> bool:
    """Whether somebody else does the task, or is to do it."""
    ours = {None, by.pk}
    given = change.values.get("assignee_id")
    return task.assignee_id not in ours or (given is not None and given != str(by.pk))


def _require_grants(change: Change, task: Task, by: User) -> None:
    if not by.may(Permission.TASK_UPDATE):
        raise RefusedError("You may not change tasks.")
    if "assignee_id" in change.values and not by.may(Permission.TASK_ASSIGN):
        raise RefusedError("You may not give work to others.", code="may_not_assign")


def _carry_out(action: Action, by: User) -> Action:
    """Do it to the task as it is now, and keep both states."""
    rows = Task.objects.visible_to(by).select_for_update(of=("self",))
    task = rows.filter(pk=action.object_id).first()
    if task is None:
        raise MissingError(f"“{action.title}” is not there any more.")
    _require_grants(Change(action.type, action.values), task, by)
    action.before = state_of(task.pk) or {}
    if action.type == COMPLETE:
        complete_task(task=task, by=by)
    else:
        values = {name: column_value(name, value) for name, value in action.values.items()}
        update_task(task=task, changes=values, by=by)
    action.after = state_of(task.pk) or {}
    action.status = ActionStatus.DONE
    action.ends_at = timezone.now() + REGRET
    action.save()
    return action


def _take_back(action: Action, by: User) -> None:
    grant = Permission.TASK_CREATE if action.type == CREATE else Permission.TASK_UPDATE
    if not by.may(grant):
        raise RefusedError("You may not change tasks.")
    task = Task.objects.select_for_update(of=("self",)).filter(pk=action.object_id).first()
    now = state_of(task.pk) if task else None
    if task is None or now is None or not _is_as_left(action, now):
        raise ConflictError(
            f"“{action.title}” was changed meanwhile; undoing would overwrite that.",
            code="changed_meanwhile",
        )
    if action.type == CREATE:
        delete_task(task=task, by=by)
        return
    if action.before["next"] is None and now["next"] is not None:
        delete_task(task=Task.objects.get(pk=successor_of(task.pk)), by=by)
    names = changed_fields(action.before, action.after)
    values = {name: column_value(name, action.before[name]) for name in names}
    restore_task(task=task, values=values, by=by)


def _is_as_left(action: Action, now: State) -> bool:
    """Whether what the undo would overwrite or delete is as the action left it."""
    after: State = action.after
    if action.type == CREATE:
        return now == after
    names = [*changed_fields(action.before, after), "next"]
    return all(now[name] == after[name] for name in names)
