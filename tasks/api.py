"""`/api/v1/tasks` and `/api/v1/reminders`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.listing import M
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values, read
from accounts.staff_api import TeamViewSet, UserViewSet
from accounts.wishes import Relation
from common.api import etag_of
from common.columns import Columns, Row, shown_of
from tasks.models import Reminder, Task, TaskQuerySet
from tasks.serializers import (
    AssignSerializer,
    ReminderSerializer,
    TaskFilters,
    TaskSerializer,
)
from tasks.services import (
    NewTask,
    add_reminder,
    assign_task,
    complete_task,
    create_task,
    delete_reminder,
    delete_task,
    update_reminder,
    update_task,
)

ID = Columns(paths={"id": ("id",)}, changes={})
Grants = dict[str, Permission | None]


@extend_schema_view(list=extend_schema(parameters=[TaskFilters]))
class TaskViewSet(OfficeViewSet[Task]):
    """Tasks: create, read, change, complete, assign."""

    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    filters = TaskFilters
    grants: ClassVar[Grants] = {
        "list": Permission.TASK_READ,
        "create": Permission.TASK_CREATE,
        "retrieve": Permission.TASK_READ,
        "update": Permission.TASK_UPDATE,
        "partial_update": Permission.TASK_UPDATE,
        "destroy": Permission.TASK_DELETE,
        "assign": Permission.TASK_ASSIGN,
        "complete": Permission.TASK_UPDATE,
    }
    plan_limited = frozenset({"create", "update", "partial_update"})
    relations: ClassVar[dict[str, Relation]] = {
        "assignee": Relation(UserViewSet, "assignee_id"),
        "creator": Relation(UserViewSet, "creator_id"),
        "team": Relation(TeamViewSet, "team_id"),
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> TaskQuerySet:
        """Describe the tasks in the asker's scope."""
        return Task.objects.visible_to(asker).for_reading().filtered(values)

    @classmethod
    def anywhere(cls, asker: User, values: Values) -> QuerySet[Task]:
        """Describe one task, also when it has just left the asker's scope."""
        return Task.objects.for_reading().filter(pk=values["pk"])

    def changed(self, task: Task) -> Response:
        """Answer with the task as it is now."""
        [data] = read(self.anywhere, self.columns, by=self.user, values={"pk": task.pk})
        return self.as_it_is(data)

    def as_it_is(self, data: Row, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with what the API shows of a task, and its ETag."""
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def list(self, request: Request) -> Response:
        """Return a page of tasks."""
        return self.page(self.filter_values())

    def create(self, request: Request) -> Response:
        """Store a task."""
        task = create_task(new=new_task(self.checked(TaskSerializer)), by=self.user)
        task.reminder_set = False  # type: ignore[attr-defined]  # nobody has asked for one yet
        return self.as_it_is(shown_of(TaskSerializer, task), status=201)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one task with its ETag."""
        return self.answer(pk)

    def update(self, request: Request, pk: UUID) -> Response:
        """Replace a task: what the body leaves out takes its default."""
        form_defaults = NewTask(title="", timezone=self.user.timezone)
        values = self.checked(TaskSerializer)
        names = set(TaskSerializer().get_fields()) & set(NewTask.__dataclass_fields__) - {"source"}
        changes = {name: values.get(name, getattr(form_defaults, name)) for name in names}
        return self._change(changes)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields."""
        return self._change(self.checked(TaskSerializer, partial=True))

    def _change(self, changes: dict[str, Any]) -> Response:
        task = self.locked_object()
        was_open, was_due = task.is_open, task.due_date
        reminded: bool = task.reminder_set  # type: ignore[attr-defined]  # for_reading adds it
        task = update_task(task=task, changes=changes, by=self.user)
        # The database moves the reminders along with these, and a closed task has none to come.
        opened = task.is_open and not was_open
        if opened or reminded or task.due_date != was_due:
            return self.changed(task)
        return self.as_it_is(shown_of(TaskSerializer, task))

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the task with all that hangs on it."""
        delete_task(task=self.locked_object(), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=AssignSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: UUID) -> Response:
        """Give the task to somebody."""
        task, body = self.get_object(), self.checked(AssignSerializer)
        return self.changed(assign_task(task=task, assignee_id=body["assignee_id"], by=self.user))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: UUID) -> Response:
        """Mark the task done; a recurring one gets its successor."""
        return self.changed(complete_task(task=self.get_object(), by=self.user))


TaskViewSet.relations["parent"] = Relation(TaskViewSet, "parent_id")


def new_task(values: dict[str, Any]) -> NewTask:
    """Return what a checked body asks for."""
    return NewTask(**{**values, "recurrence": values.get("recurrence") or ""})


class OfTask(OfficeViewSet[M]):
    """For what hangs on a task: the task is found in the person's scope first."""

    @classmethod
    def tasks(cls, asker: User, values: Values) -> QuerySet[Task]:
        """Describe the task of the address."""
        return Task.objects.visible_to(asker).filter(pk=values["task_id"])

    def task(self) -> Task:
        """Return the task of the address, or answer 404."""
        return get_object_or_404(Task.objects.visible_to(self.user), pk=self.kwargs["task_id"])

    def list(self, request: Request, task_id: UUID) -> Response:
        """Return a page of what hangs on it."""
        values = {"task_id": task_id}
        if not read(self.tasks, ID, by=self.user, values=values):
            raise Http404
        return self.page(values)


class TaskReminderViewSet(OfTask[Reminder]):
    """The reminders of a task."""

    queryset = Reminder.objects.none()
    serializer_class = ReminderSerializer
    grants: ClassVar[Grants] = {"list": Permission.TASK_READ, "create": Permission.TASK_UPDATE}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Reminder]:
        """Describe them, the next one first."""
        return Reminder.objects.filter(task=values["task_id"])

    def create(self, request: Request, task_id: UUID) -> Response:
        """Add a reminder."""
        task, body = self.task(), self.checked(ReminderSerializer)
        reminder = add_reminder(
            task=task, minutes_before=body.get("minutes_before"), at=body.get("at")
        )
        return self.answer(reminder.pk, status=status.HTTP_201_CREATED)


class ReminderViewSet(OfficeViewSet[Reminder]):
    """One reminder, wherever it hangs."""

    queryset = Reminder.objects.none()
    serializer_class = ReminderSerializer
    grants: ClassVar[Grants] = {
        "partial_update": Permission.TASK_UPDATE,
        "destroy": Permission.TASK_UPDATE,
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Reminder]:
        """Describe the reminders of the tasks in the asker's scope."""
        return Reminder.objects.visible_to(asker).select_related("task")

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Move the reminder; giving one of `at` and `minutes_before` replaces the other."""
        reminder, body = self.locked_object(), self.checked(ReminderSerializer, partial=True)
        if not body:
            return self.answer(pk)
        moved = update_reminder(
            reminder=reminder, minutes_before=body.get("minutes_before"), at=body.get("at")
        )
        return self.answer(moved.pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget the reminder."""
        delete_reminder(reminder=self.locked_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
