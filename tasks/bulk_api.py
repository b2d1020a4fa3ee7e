"""`POST /api/v1/tasks/bulk`: many tasks with one request, each with an outcome of its own."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import read
from common.api import StrictSerializer, checked, refusal_of
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
    """One thing to do: `create` takes `task`, `update` `id` and `task`, `complete` an `id`."""

    op = serializers.ChoiceField(choices=[CREATE, UPDATE, COMPLETE])
    id = serializers.UUIDField(required=False)
    task = TaskField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for what the operation takes, and for nothing else."""
        wanted = {CREATE: {"task"}, UPDATE: {"id", "task"}, COMPLETE: {"id"}}[attrs["op"]]
        given = set(attrs) - {"op"}
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

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Name no task twice: what it is meant to become would depend on the order."""
        named = [item["id"] for item in items if "id" in item]
        if len(set(named)) < len(named):
            raise serializers.ValidationError("A task is named twice.", "duplicate")
        return items


class OutcomeSerializer(serializers.Serializer[Any]):
    """What came of one: the status that the call for one task would have, and its body."""

    status = serializers.IntegerField()
    task = TaskSerializer(allow_null=True)
    # DRF has an attribute of this name; its metaclass keeps them apart.
    errors = OneErrorSerializer(many=True)  # type: ignore[assignment]


class BulkAnswerSerializer(serializers.Serializer[Any]):
    """The outcomes in the order of what was asked for."""

    results = OutcomeSerializer(many=True)


class TaskBulkView(OfficeAPIView):
    """Create, change and complete tasks, up to a hundred at once."""

    # Each thing to do asks for the grant of its own.
    grants: ClassVar[dict[str, Permission | None]] = {"post": None}

    @extend_schema(request=BulkSerializer, responses=BulkAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Do each; what fails leaves the others alone. An `Idempotency-Key` holds for all."""
        items = body_of(request, BulkSerializer)["items"]
        # Locked in one order, so that two who name the same tasks wait for each other.
        named = Task.objects.visible_to(self.user).filter(
            pk__in=[item["id"] for item in items if "id" in item]
        )
        tasks = {task.pk: task for task in named.order_by("pk").select_for_update(of=("self",))}
        return Response({"results": [self._outcome(item, tasks) for item in items]})

    def _outcome(self, item: dict[str, Any], tasks: dict[UUID, Task]) -> dict[str, Any]:
        made = item["op"] == CREATE
        try:
            with attempt():
                task = DOES[item["op"]](item, tasks, self.user)
        except (AppError, APIException, Http404) as error:
            refusal = refusal_of(error, view=self, request=self.request)
            return {"status": refusal.status, "task": None, "errors": refusal.body["errors"]}
        found = status.HTTP_201_CREATED if made else status.HTTP_200_OK
        return {"status": found, "task": _shown(task, self.user), "errors": []}


def _create(item: dict[str, Any], _tasks: dict[UUID, Task], by: User) -> Task:
    _require(by, Permission.TASK_CREATE)
    return create_task(new=new_task(checked(TaskSerializer, item["task"])), by=by)


def _update(item: dict[str, Any], tasks: dict[UUID, Task], by: User) -> Task:
    _require(by, Permission.TASK_UPDATE)
    task = _of(item, tasks)
    changes = checked(TaskSerializer, item["task"], partial=True)
    return update_task(task=task, changes=changes, by=by)


def _complete(item: dict[str, Any], tasks: dict[UUID, Task], by: User) -> Task:
    _require(by, Permission.TASK_UPDATE)
    return complete_task(task=_of(item, tasks), by=by)


DOES: dict[str, Callable[[dict[str, Any], dict[UUID, Task], User], Task]] = {
    CREATE: _create,
    UPDATE: _update,
    COMPLETE: _complete,
}


def _require(by: User, grant: Permission) -> None:
    if not by.may(grant):
        raise RefusedError("You may not do this.")


def _of(item: dict[str, Any], tasks: dict[UUID, Task]) -> Task:
    if item["id"] not in tasks:
        raise Http404
    return tasks[item["id"]]


def _shown(task: Task, by: User) -> Row:
    [row] = read(TaskViewSet.anywhere, TaskViewSet().columns, by=by, values={"pk": task.pk})
    return row
