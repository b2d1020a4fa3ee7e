"""Everything that changes tasks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import Permission
from common.errors import ConflictError, InvalidError, MissingError
from common.plain import without_gone
from common.recurrence import BadRuleError, check_rule
from tasks.errors import AlreadyDoneError, MayNotAssignError, UnknownPersonError
from tasks.models import Priority, Reminder, Status, Task
from tasks.occurrences import make_next_occurrence
from tenants.context import atomic
from tenants.plans import require_room

# A due time this little in the past is a slow clock or a slow click, not a mistake.
TOLERANCE = timedelta(minutes=1)
# What is meant for later than this is a typing error, and breaks calendars at the year 9999.
HORIZON = timedelta(days=100 * 366)
MAX_DEPTH = 10
MAX_REMINDERS = 20


@dataclass(slots=True)
class NewTask:
    """What a new task is made of; ids are looked up and checked by `create_task`."""

    title: str
    description: str = ""
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    due_date: datetime | None = None
    timezone: str = ""
    priority: str = Priority.MEDIUM
    status: str = Status.PENDING
    recurrence: str = ""
    labels: list[str] = field(default_factory=list)
    parent_id: UUID | None = None
    source: str = "api"


@atomic()
def create_task(*, new: NewTask, by: User, remind_minutes_before: int | None = None) -> Task:
    """Store a task, and a reminder if asked for.

    Raises InvalidError naming the field, MayNotAssignError or PlanLimitError; nothing is stored.
    """
    task = Task(creator=by, title=new.title, description=new.description, source=new.source)
    task.timezone = new.timezone or by.timezone
    changes = {
        "assignee_id": new.assignee_id,
        "team_id": new.team_id,
        "parent_id": new.parent_id,
        "due_date": new.due_date,
        "priority": new.priority,
        "recurrence": new.recurrence,
        "labels": new.labels,
        "status": new.status,
    }
    _apply(task, changes, by)
    task.save(force_insert=True)
    if remind_minutes_before is not None:
        add_reminder(task=task, minutes_before=remind_minutes_before, at=None)
    if task.is_open:
        require_room("tasks")
    return task


@atomic()
def update_task(*, task: Task, changes: dict[str, Any], by: User) -> Task:
    """Change the given fields of a task that the caller has locked.

    Setting the status to done completes it, with all that belongs to it. Raises as `create_task`.
    """
    was_open = task.is_open
    _apply(task, changes, by)
    task.save()
    if was_open and task.status == Status.DONE:
        make_next_occurrence(task)
    if task.is_open and not was_open:
        require_room("tasks")
    return task


@atomic()
def complete_task(*, task: Task, by: User) -> Task:
    """Mark the task done, once, even if two people click at once.

    A recurring task gets its successor. Raises AlreadyDoneError.
    """
    locked = locked_task(task)
    if not locked.is_open:
        raise AlreadyDoneError(_("“{title}” is already closed.").format(title=locked.title))
    return update_task(task=locked, changes={"status": Status.DONE}, by=by)


@atomic()
def assign_task(*, task: Task, assignee_id: UUID | None, by: User) -> Task:
    """Give the task to somebody. Raises MayNotAssignError or UnknownPersonError."""
    return update_task(task=locked_task(task), changes={"assignee_id": assignee_id}, by=by)


@atomic()
def restore_task(*, task: Task, values: dict[str, Any], by: User) -> Task:
    """Put back what the task was before; its due time may have passed since.

    Raises MissingError, or PlanLimitError when it would be open again and there is no room.
    """
    locked = locked_task(task)
    was_open = locked.is_open
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save()
    if locked.is_open and not was_open:
        require_room("tasks")
    return locked


@atomic()
def restore_reminders(*, task: Task, reminders: Sequence[Reminder], by: User) -> None:
    """Put back the reminders that the task had before, under the ids that they had."""
    kept = {each.pk for each in reminders}
    there = {each.pk: each for each in task.reminders.all()}
    for pk in there.keys() - kept:
        there[pk].delete()
    for each in reminders:
        if each.pk not in there:
            each.task = task
            each.save(force_insert=True)


@atomic()
def delete_task(*, task: Task, by: User) -> None:
    """Remove the task with all that hangs on it; nothing is sent about it any more."""
    task.delete()


@atomic()
def bring_back_task(*, rows: Sequence[Model], by: User) -> None:
    """Store again what was deleted with a task, the task first; a part of what is gone is none.

    Raises PlanLimitError when there is no room for what is open.
    """
    there = {row.pk for row in rows}
    for row in rows:
        if isinstance(row, Task) and row.parent_id not in there and row.parent_id is not None:
            row.parent = Task.objects.filter(pk=row.parent_id).first()
    for row in without_gone(rows, heir=by):
        row.save(force_insert=True)
    require_room("tasks")


@atomic()
def add_reminder(*, task: Task, minutes_before: int | None, at: datetime | None) -> Reminder:
    """Have its assignee reminded of a task. Raises InvalidError naming the field."""
    locked = locked_task(task)
    reminder = Reminder(task=locked)
    _plan(reminder, minutes_before=minutes_before, at=at)
    if locked.reminders.count() >= MAX_REMINDERS:
        raise InvalidError(
            _("A task has at most {max_reminders} reminders.").format(max_reminders=MAX_REMINDERS),
            code="too_many",
        )
    return _save_reminder(reminder)


@atomic()
def update_reminder(
    *, reminder: Reminder, minutes_before: int | None, at: datetime | None
) -> Reminder:
    """Move a reminder; it is sent again if its new instant lies after the last one."""
    _plan(reminder, minutes_before=minutes_before, at=at)
    return _save_reminder(reminder)


@atomic()
def delete_reminder(*, reminder: Reminder) -> None:
    """Forget the reminder."""
    reminder.delete()


def locked_task(task: Task) -> Task:
    """Return the task as it is now, locked until the transaction ends. Raises MissingError."""
    row = Task.objects.select_for_update(of=("self",)).filter(pk=task.pk).first()
    if row is None:
        raise MissingError(_("Somebody has just deleted this task."))
    return row


def _plan(reminder: Reminder, *, minutes_before: int | None, at: datetime | None) -> None:
    if (minutes_before is None) == (at is None):
        raise InvalidError(
            _("Give either “minutes_before” or “at”."), code="one_of", attr="minutes_before"
        )
    due = reminder.task.due_date
    if at is not None:
        _check_ahead(at, attr="at")
    elif due is None:
        sentence = _("The task has no due date to count from.")
        raise InvalidError(sentence, code="no_due_date", attr="minutes_before")
    else:
        _check_ahead(due, attr="minutes_before")
    reminder.minutes_before, reminder.at = minutes_before, at


def _check_ahead(instant: datetime, *, attr: str) -> None:
    now = timezone.now()
    if instant < now - TOLERANCE:
        raise InvalidError(_("This time is past."), code="in_the_past", attr=attr)
    if instant > now + HORIZON:
        raise InvalidError(_("This time is too far ahead."), code="too_far_ahead", attr=attr)


def _save_reminder(reminder: Reminder) -> Reminder:
    try:
        with atomic():
            reminder.save()
            # The trigger has computed `next_at`.
            reminder.refresh_from_db(fields=["next_at"])
    except IntegrityError as error:
        raise ConflictError(_("There is such a reminder already."), code="unique") from error
    return reminder


def _apply(task: Task, changes: dict[str, Any], by: User) -> None:
    """Set checked values on the task. Raises InvalidError or MayNotAssignError."""
    checks: dict[str, Callable[[Task, Any, User], None]] = {
        "assignee_id": _set_assignee,
        "team_id": _set_team,
        "parent_id": _set_parent,
        "due_date": _set_due_date,
        "labels": _set_labels,
        "status": _set_status,
    }
    for name, value in changes.items():
        if name in checks:
            checks[name](task, value, by)
        else:
            setattr(task, name, value)
    task.recurrence = task.recurrence or ""
    if task.recurrence and task.due_date is None:
        raise InvalidError(
            _("A recurring task needs a due date."), code="required", attr="due_date"
        )
    if changes.get("recurrence"):
        _check_recurrence(task)


def _set_assignee(task: Task, value: UUID | None, by: User) -> None:
    if value == task.assignee_id:
        return
    if value != by.pk and not by.may(Permission.TASK_ASSIGN):
        raise MayNotAssignError(_("You may not give work to others."), attr="assignee_id")
    task.assignee = None
    if value is not None:
        task.assignee = User.objects.active().filter(pk=value).first()
        if task.assignee is None:
            raise UnknownPersonError(_("There is nobody with this id."), attr="assignee_id")


def _set_team(task: Task, value: UUID | None, by: User) -> None:
    if value == task.team_id:
        return
    task.team = Team.objects.visible_to(by).filter(pk=value).first() if value else None
    if value and task.team is None:
        raise UnknownPersonError(_("There is no team with this id."), attr="team_id")


def _set_parent(task: Task, value: UUID | None, by: User) -> None:
    if value == task.parent_id:
        return
    parent = Task.objects.visible_to(by).filter(pk=value).first() if value else None
    if value and parent is None:
        raise UnknownPersonError(_("There is no task with this id."), attr="parent_id")
    task.parent = parent
    depth = Task.objects.levels_below(task.pk, most=MAX_DEPTH)
    while parent is not None:
        if parent.pk == task.pk:
            raise InvalidError(
                _("A task cannot stand below itself."), code="cycle", attr="parent_id"
            )
        depth += 1
        if depth > MAX_DEPTH:
            sentence = _("Tasks stand at most {max_depth} levels deep.").format(max_depth=MAX_DEPTH)
            raise InvalidError(sentence, code="too_deep", attr="parent_id")
        parent = parent.parent


def _set_due_date(task: Task, value: datetime | None, by: User) -> None:
    if value is not None and value != task.due_date:
        _check_ahead(value, attr="due_date")
    task.due_date = value


def _check_recurrence(task: Task) -> None:
    start, zone = task.due_date or timezone.now(), ZoneInfo(task.timezone)
    try:
        task.recurrence = check_rule(task.recurrence, start=start, zone=zone)
    except BadRuleError as error:
        raise InvalidError(f"{error}.", code="bad_rule", attr="recurrence") from error


def _set_labels(task: Task, value: Sequence[str], by: User) -> None:
    task.labels = list(dict.fromkeys(label.strip() for label in value))


def _set_status(task: Task, value: str, by: User) -> None:
    if value == Status.DONE and task.completed_at is None:
        task.completed_at = timezone.now()
    elif value != Status.DONE:
        task.completed_at = None
    task.status = value
