"""`/api/v1/tasks` and `/api/v1/reminders`."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.permissions import Permission
from common.api import etag_of
from common.columns import shown_by, shown_of
from tasks.models import Comment, Reminder, Task, TaskQuerySet
from tasks.serializers import (
    AssignSerializer,
    CommentSerializer,
    ReminderSerializer,
    TaskFilters,
    TaskSerializer,
)
from tasks.services import (
    NewTask,
    add_comment,
    add_reminder,
    assign_task,
    complete_task,
    create_task,
    delete_reminder,
    delete_task,
    update_reminder,
    update_task,
)

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

    def get_queryset(self) -> TaskQuerySet:
        """Return the tasks in the person's scope."""
        return Task.objects.visible_to(self.user).for_reading()

    def changed(self, task: Task, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the task, also when this change took it out of the person's scope."""
        [data] = shown_by(TaskSerializer, Task.objects.for_reading().filter(pk=task.pk))
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def as_it_is(self, task: Task, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with a task that was read whole, without reading it again."""
        data = shown_of(TaskSerializer, task)
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def list(self, request: Request) -> Response:
        """Return a page of tasks."""
        return self.page_of(self.get_queryset().filtered(self.filter_values()))

    def create(self, request: Request) -> Response:
        """Store a task."""
        values = self.checked(TaskSerializer)
        values["recurrence"] = values.get("recurrence") or ""
        task = create_task(new=NewTask(**values), by=self.user)
        task.reminder_set = False  # type: ignore[attr-defined]  # nobody has asked for one yet
        return self.as_it_is(task, status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one task with its ETag."""
        return self.answer(pk)

    def update(self, request: Request, pk: str) -> Response:
        """Replace a task: what the body leaves out takes its default."""
        form_defaults = NewTask(title="", timezone=self.user.timezone)
        values = self.checked(TaskSerializer)
        names = set(TaskSerializer().get_fields()) & set(NewTask.__dataclass_fields__) - {"source"}
        changes = {name: values.get(name, getattr(form_defaults, name)) for name in names}
        return self._change(changes)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields."""
        return self._change(self.checked(TaskSerializer, partial=True))

    def _change(self, changes: dict[str, Any]) -> Response:
        task = update_task(task=self.locked_object(), changes=changes, by=self.user)
        # The database moves reminders along with these.
        moved = changes.keys() & {"due_date", "status"}
        return self.changed(task) if moved else self.as_it_is(task)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete the task with all that hangs on it."""
        delete_task(task=self.locked_object(), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=AssignSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give the task to somebody."""
        task, body = self.get_object(), self.checked(AssignSerializer)
        return self.changed(assign_task(task=task, assignee_id=body["assignee_id"], by=self.user))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """Mark the task done; a recurring one gets its successor."""
        return self.changed(complete_task(task=self.get_object(), by=self.user))


class OfTask:
    """For what hangs on a task: the task is found in the person's scope first."""

    kwargs: dict[str, Any]

    def task(self) -> Task:
        """Return the task of the address, or answer 404."""
        visible = Task.objects.visible_to(self.user)  # type: ignore[attr-defined]
        return get_object_or_404(visible, pk=self.kwargs["task_id"])


class CommentViewSet(OfTask, OfficeViewSet[Comment]):
    """What people said about a task."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    grants: ClassVar[Grants] = {"list": Permission.TASK_READ, "create": Permission.TASK_UPDATE}

    def get_queryset(self) -> QuerySet[Comment]:
        """Return the comments of the task."""
        return Comment.objects.filter(task=self.task()).select_related("author")

    def list(self, request: Request, task_id: str) -> Response:
        """Return a page, oldest first."""
        return self.page_of(self.get_queryset())

    def create(self, request: Request, task_id: str) -> Response:
        """Say something."""
        task, body = self.task(), self.checked(CommentSerializer)
        return self.answer(add_comment(task=task, body=body["body"], by=self.user).pk, status=201)


class TaskReminderViewSet(OfTask, OfficeViewSet[Reminder]):
    """The reminders of a task."""

    queryset = Reminder.objects.none()
    serializer_class = ReminderSerializer
    grants: ClassVar[Grants] = {"list": Permission.TASK_READ, "create": Permission.TASK_UPDATE}

    def get_queryset(self) -> QuerySet[Reminder]:
        """Return them, the next one first."""
        return Reminder.objects.filter(task=self.task())

    def list(self, request: Request, task_id: str) -> Response:
        """Return a page."""
        return self.page_of(self.get_queryset())

    def create(self, request: Request, task_id: str) -> Response:
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

    def get_queryset(self) -> QuerySet[Reminder]:
        """Return the reminders of the tasks in the person's scope."""
        return Reminder.objects.visible_to(self.user).select_related("task")

    def partial_update(self, request: Request, pk: str) -> Response:
        """Move the reminder; giving one of `at` and `minutes_before` replaces the other."""
        reminder, body = self.locked_object(), self.checked(ReminderSerializer, partial=True)
        if not body:
            return self.answer(pk)
        moved = update_reminder(
            reminder=reminder, minutes_before=body.get("minutes_before"), at=body.get("at")
        )
        return self.answer(moved.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Forget the reminder."""
        delete_reminder(reminder=self.locked_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
