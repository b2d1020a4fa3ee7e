"""How tasks are found by words."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.finding import Finder, Found
from accounts.models import User
from accounts.permissions import Permission
from tasks.models import Task
from tasks.words import Reader


def _show(rows: list[Task], by: User) -> list[Found]:
    reader = Reader.for_user(by)
    return [
        Found(task.title, reverse("task-page", args=[task.pk]), _about(task, reader))
        for task in rows
    ]


def _about(task: Task, reader: Reader) -> str:
    """Return its state when it is closed, when it is due, and whose it is."""
    state = "" if task.is_open else task.get_status_display()
    when = reader.when(task.due_date) if task.is_open and task.due_date else ""
    who = task.assignee.full_name if task.assignee else ""
    return " · ".join(filter(None, [state, when, who]))


TASKS = Finder(
    title=_("Tasks"),
    icon="list",
    grant=Permission.TASK_READ,
    rows=lambda user: Task.objects.visible_to(user).select_related("assignee"),
    fields=("title", "description"),
    show=_show,
    page="task-list",
)
