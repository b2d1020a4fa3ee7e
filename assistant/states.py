"""What a task is like at a moment, as plain values that can be kept and compared."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from assistant.kinds import State
from tasks.models import Task

FIELDS = (
    *("title", "description", "assignee_id", "team_id", "due_date", "timezone", "priority"),
    *("status", "recurrence", "labels", "parent_id", "completed_at"),
)


def state_of(task_id: UUID) -> State | None:
    """Return the task with all that hangs on it and its successor; None if there is none."""
    state = _alone(task_id)
    if state is not None:
        state["next"] = _alone(successor_of(task_id))
    return state


def successor_of(task_id: UUID) -> UUID:
    """Return the id that the next one of a recurring task has or would have."""
    return uuid5(task_id, "next")


def column_value(name: str, value: Any) -> Any:
    """Return a kept value as the column takes it."""
    field: Any = Task._meta.get_field(name)
    return None if value is None else field.to_python(value)


def _alone(task_id: UUID) -> State | None:
    row = Task.objects.filter(pk=task_id).first()
    if row is None:
        return None
    state = {name: _plain(getattr(row, name)) for name in FIELDS}
    reminders = row.reminders.order_by("id").values_list("id", "minutes_before", "at")
    state["reminders"] = [[_plain(value) for value in reminder] for reminder in reminders]
    state["comments"] = row.comments.count()
    state["subtasks"] = row.subtasks.count()
    return state


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
