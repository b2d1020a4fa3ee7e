"""`/api/v1/tasks/from-text`."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, body_of
from accounts.permissions import Permission
from assistant.interpreter import Draft
from assistant.serializers import FromTextSerializer, TaskFromTextSerializer, parse_data
from assistant.services import check_draft, create_from_text, new_task, read_text
from tasks.models import Task
from tasks.serializers import TaskSerializer


class TaskFromTextView(OfficeAPIView):
    """A task out of a sentence."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": Permission.TASK_CREATE}
    plan_limited = frozenset({"post"})

    @extend_schema(
        request=FromTextSerializer,
        responses={200: TaskFromTextSerializer, 201: TaskFromTextSerializer},
    )
    def post(self, request: Request) -> Response:
        """Store the task (201), or with `dry_run` only show what was understood (200)."""
        body = body_of(request, FromTextSerializer)
        if body["dry_run"]:
            return Response(self.preview(body["text"]))
        task, draft = create_from_text(text=body["text"], by=self.user, source="api")
        shown = Task.objects.for_reading().get(pk=task.pk)
        return Response(self.shown(shown, draft), status=201)

    def preview(self, text: str) -> dict[str, Any]:
        """Return the task as it would be stored, without an id."""
        draft = read_text(text=text, by=self.user)
        check_draft(draft, by=self.user)
        new = new_task(draft, text=text, by=self.user, source="api")
        task = Task(**{name: getattr(new, name) for name in new.__dataclass_fields__})
        task.creator = self.user
        task.reminder_set = draft.due is not None  # type: ignore[attr-defined]
        data = self.shown(task, draft)
        return {**data, "id": None, "created_at": None, "updated_at": None}

    def shown(self, task: Task, draft: Draft) -> dict[str, Any]:
        """Return the task and how it was understood."""
        return {**TaskSerializer(task).data, "parse": parse_data(draft)}
