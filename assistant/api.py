"""`/api/v1/tasks/from-text` and `/api/v1/assistant`."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, WaitingView, body_of
from accounts.permissions import Permission
from assistant.actions import undo_action
from assistant.chat import Answer, answer, settled
from assistant.interpreter import Draft
from assistant.llm.services import set_language_model
from assistant.llm.usage import usage_of_plan, usage_since, usage_today
from assistant.serializers import (
    AnswerSerializer,
    ChatSerializer,
    FromTextSerializer,
    LanguageModelSerializer,
    TaskFromTextSerializer,
    UndoSerializer,
    UsageFilters,
    UsageSerializer,
    parse_data,
)
from assistant.services import check_draft, new_task, read_text, write_draft
from common.api import checked
from tasks.models import Task
from tasks.serializers import TaskSerializer
from tenants.context import atomic, current_tenant


class TaskFromTextView(WaitingView):
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
        draft = read_text(text=body["text"], by=self.user)
        with atomic():
            written = write_draft(draft, text=body["text"], by=self.user, source="api")
            task = Task.objects.for_reading().get(pk=written.task.pk)
            data = {**self.shown(task, draft), "undo_token": str(written.undo_token)}
            return self.keep(Response(data, status=201))

    def preview(self, text: str) -> dict[str, Any]:
        """Return the task as it would be stored, without an id."""
        draft = read_text(text=text, by=self.user)
        with atomic():
            return self.as_stored(draft, text)

    def as_stored(self, draft: Draft, text: str) -> dict[str, Any]:
        """Return what the draft would be stored as. Raises as `check_draft`."""
        check_draft(draft, by=self.user)
        new = new_task(draft, text=text, by=self.user, source="api")
        task = Task(**{name: getattr(new, name) for name in new.__dataclass_fields__})
        task.creator = self.user
        task.reminder_set = draft.due is not None  # type: ignore[attr-defined]
        data = self.shown(task, draft)
        return {**data, **dict.fromkeys(("id", "created_at", "updated_at", "undo_token"))}

    def shown(self, task: Task, draft: Draft) -> dict[str, Any]:
        """Return the task and how it was understood."""
        return {**TaskSerializer(task).data, "parse": parse_data(draft)}


class ChatView(WaitingView):
    """A message to the office. Who may do what is asked where it is done."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None}

    @extend_schema(request=ChatSerializer, responses=AnswerSerializer)
    def post(self, request: Request) -> Response:
        """Do what the message asks for, propose it, or say why not."""
        body = body_of(request, ChatSerializer)
        said = answer(
            text=body["message"],
            by=self.user,
            source="api",
            conversation=body["conversation_id"],
            settle=self._keep,
        )
        return Response(AnswerSerializer(said).data)

    def _keep(self, said: Answer) -> None:
        self.keep(Response(AnswerSerializer(said).data))


class UndoView(OfficeAPIView):
    """What the assistant did, taken back."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None}

    @extend_schema(request=UndoSerializer, responses=AnswerSerializer)
    def post(self, request: Request) -> Response:
        """Undo it once, within 24 hours, if nobody has changed the thing since (409)."""
        token = body_of(request, UndoSerializer)["undo_token"]
        said = settled(undo_action(token=token, by=self.user))
        return Response(AnswerSerializer(said).data)


class LanguageModelView(OfficeAPIView):
    """Which language model the office uses, when, and for how much a day."""

    grants: ClassVar[dict[str, Permission | None]] = dict.fromkeys(
        ("get", "patch"), Permission.ADMIN_SETTINGS
    )

    @extend_schema(responses=LanguageModelSerializer)
    def get(self, request: Request) -> Response:
        """Show the settings."""
        return Response(LanguageModelSerializer(current_tenant().settings).data)

    @extend_schema(request=LanguageModelSerializer(partial=True), responses=LanguageModelSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is given. With another address the old key is forgotten."""
        changes = checked(LanguageModelSerializer, request.data, partial=True)
        key = changes.pop("key", None)
        set_language_model(tenant=current_tenant(), changes=changes, key=key)
        return self.get(request)


class UsageView(OfficeAPIView):
    """What language models have cost the office."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": Permission.ADMIN_SETTINGS}

    @extend_schema(parameters=[UsageFilters], responses=UsageSerializer)
    def get(self, request: Request) -> Response:
        """Show calls, tokens, cost and latency by model and feature, and the day's limits."""
        asked = checked(UsageFilters, request.query_params.dict())
        lines = usage_since(asked.get("since"), asked.get("until"))
        found = {"today": usage_today(), "plan": usage_of_plan(), "results": lines}
        return Response(UsageSerializer(found).data)
