"""`POST /api/v1/tasks/bulk`: many tasks with one request, each with an outcome of its own."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import read
from common.api import StrictSerializer, checked, refusal_of, require_tag
from common.columns import Row
from common.errors import AppError, RefusedError
from common.schema import OneErrorSerializer
from tasks.api import TaskViewSet, new_task
from tasks.models import Task
from tasks.serializers import TaskSerializer
from tasks.services import complete_task, create_task, update_task
from tenants.context import attempt

MOST = 100
CREATE, UPDATE, COMPLETE = "create", "update", "complete"


@extend_schema_field(TaskSerializer(partial=True))
class TaskField(serializers.DictField):
    """What a task shall be; looked at when its turn comes, since its outcome is its own."""


class BulkItemSerializer(StrictSerializer):
    """One thing to do: `create` takes `task`, `update` `id` and `task`, `complete` an `id`.

    With `if_match` it is done only if the task is still as that ETag says.
    """

    op = serializers.ChoiceField(choices=[CREATE, UPDATE, COMPLETE])
    id = serializers.UUIDField(required=False)
    task = TaskField(required=False)
    if_match = serializers.CharField(required=False, max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for what the operation takes, and for nothing else."""
        wanted = {CREATE: {"task"}, UPDATE: {"id", "task"}, COMPLETE: {"id"}}[attrs["op"]]
        given = set(attrs) - {"op"} - ({"if_match"} if "id" in wanted else set())
        if missing := sorted(wanted - given):
            raise serializers.ValidationError({missing[0]: "This field is required."}, "required")
        if surplus := sorted(given - wanted):
            sentence = f"This is not for “{attrs['op']}”."
            raise serializers.ValidationError({surplus[0]: sentence}, "unknown_field")
        return attrs


class BulkSerializer(StrictSerializer):
    """Up to a hundred things to do, one after the other."""

    # The lengths are those of the list that DRF makes of it.
    items = BulkItemSerializer(many=True, min_length=1, max_length=MOST)  # type: ignore[call-arg]


class OutcomeSerializer(serializers.Serializer[Any]):
    """What came of one: the status that the call for one task would have, and its body."""

    status = serializers.IntegerField()
    task = TaskSerializer(allow_null=True)
    # DRF has an attribute of this name; its metaclass keeps them apart.
    errors = OneErrorSerializer(many=True)  # type: ignore[assignment]


class BulkAnswerSerializer(serializers.Serializer[Any]):
    """The outcomes in the order of what was asked for."""

    results = OutcomeSerializer(many=True)


class Named(dict[UUID, Task]):
    """The tasks that a request names, locked; and which of them have had a turn."""

    def __init__(self, tasks: dict[UUID, Task]) -> None:
        super().__init__(tasks)
        self.touched: set[UUID] = set()


class TaskBulkView(OfficeAPIView):
    """Create, change and complete tasks, up to a hundred at once."""

    # Each thing to do asks for the grant of its own.
    grants: ClassVar[dict[str, Permission | None]] = {"post": None}

    @extend_schema(request=BulkSerializer, responses=BulkAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Do each in turn; what fails leaves the others alone. An `Idempotency-Key` holds for all.

        A task that is named again is found as what came before has left it.
        """
        items = body_of(request, BulkSerializer)["items"]
        # Locked in one order, so that two who name the same tasks wait for each other.
        named = Task.objects.visible_to(self.user).filter(
            pk__in=[item["id"] for item in items if "id" in item]
        )
        locked = named.order_by("pk").select_for_update(of=("self",))
        tasks = Named({task.pk: task for task in locked})
        return Response({"results": [self._outcome(item, tasks) for item in items]})

    def _outcome(self, item: dict[str, Any], tasks: Named) -> dict[str, Any]:
        made = item["op"] == CREATE
        try:
            with attempt():
                task = DOES[item["op"]](item, tasks, self.user)
        except (AppError, APIException, Http404) as error:
            refusal = refusal_of(error, view=self, request=self.request)
            return {"status": refusal.status, "task": None, "errors": refusal.body["errors"]}
        found = status.HTTP_201_CREATED if made else status.HTTP_200_OK
        return {"status": found, "task": _shown(task, self.user), "errors": []}


def _create(item: dict[str, Any], _tasks: Named, by: User) -> Task:
    _require(by, Permission.TASK_CREATE)
    return create_task(new=new_task(checked(TaskSerializer, item["task"])), by=by)


def _update(item: dict[str, Any], tasks: Named, by: User) -> Task:
    _require(by, Permission.TASK_UPDATE)
    task = _of(item, tasks, by)
    changes = checked(TaskSerializer, item["task"], partial=True)
    return update_task(task=task, changes=changes, by=by)


def _complete(item: dict[str, Any], tasks: Named, by: User) -> Task:
    _require(by, Permission.TASK_UPDATE)
    return complete_task(task=_of(item, tasks, by), by=by)


DOES: dict[str, Callable[[dict[str, Any], Named, User], Task]] = {
    CREATE: _create,
    UPDATE: _update,
    COMPLETE: _complete,
}


def _require(by: User, grant: Permission) -> None:
    if not by.may(grant):
        raise RefusedError("You may not do this.")


def _of(item: dict[str, Any], tasks: Named, by: User) -> Task:
    """Return the task as it is now, if it is as the item wants it. Raises ChangedMeanwhileError."""
    if item["id"] not in tasks:
        raise Http404
    task = tasks[item["id"]]
    if task.pk in tasks.touched:
        # What was done before it, or was begun and taken back, is not what it holds.
        task = get_object_or_404(Task.objects.visible_to(by), pk=task.pk)
    tasks.touched.add(task.pk)
    if "if_match" in item:
        require_tag(item["if_match"], _shown(task, by))
    return task


def _shown(task: Task, by: User) -> Row:
    [row] = read(TaskViewSet.anywhere, TaskViewSet().columns, by=by, values={"pk": task.pk})
    return row
