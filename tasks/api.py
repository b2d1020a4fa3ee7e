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

    def answer(self, row: Task, *, status: int = status.HTTP_200_OK) -> Response:
        """Return the task, also when this change took it out of the person's scope."""
        data = self.get_serializer(Task.objects.for_reading().get(pk=row.pk)).data
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def list(self, request: Request) -> Response:
        """Return a page of tasks."""
        page = self.paginate_queryset(self.get_queryset().filtered(self.filter_values()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request) -> Response:
        """Store a task."""
        values = self.checked(TaskSerializer)
        values["recurrence"] = values.get("recurrence") or ""
        return self.answer(create_task(new=NewTask(**values), by=self.user), status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one task with its ETag."""
        return self.answer(self.get_object())

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
        task = self.locked_object()
        return self.answer(update_task(task=task, changes=changes, by=self.user))

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete the task with all that hangs on it."""
        delete_task(task=self.locked_object(), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=AssignSerializer, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give the task to somebody."""
        task, body = self.get_object(), self.checked(AssignSerializer)
        return self.answer(assign_task(task=task, assignee_id=body["assignee_id"], by=self.user))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """Mark the task done; a recurring one gets its successor."""
        return self.answer(complete_task(task=self.get_object(), by=self.user))


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
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request, task_id: str) -> Response:
        """Say something."""
        task, body = self.task(), self.checked(CommentSerializer)
        return self.answer(add_comment(task=task, body=body["body"], by=self.user), status=201)


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
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request, task_id: str) -> Response:
        """Add a reminder."""
        task, body = self.task(), self.checked(ReminderSerializer)
        reminder = add_reminder(
            task=task, minutes_before=body.get("minutes_before"), at=body.get("at")
        )
        return self.answer(reminder, status=status.HTTP_201_CREATED)


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
            return self.answer(reminder)
        moved = update_reminder(
            reminder=reminder, minutes_before=body.get("minutes_before"), at=body.get("at")
        )
        return self.answer(moved)

    def destroy(self, request: Request, pk: str) -> Response:
        """Forget the reminder."""
        delete_reminder(reminder=self.locked_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
