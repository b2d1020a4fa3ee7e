"""The shapes of the assistant's part of the API."""

from typing import Any

from rest_framework import serializers

from assistant.interpreter import Draft
from assistant.services import candidate_data
from common.api import StrictSerializer
from tasks.serializers import TaskSerializer

MAX_TEXT = 2_000


class FromTextSerializer(StrictSerializer):
    """A sentence; with `dry_run` nothing is stored."""

    text = serializers.CharField(max_length=MAX_TEXT)
    dry_run = serializers.BooleanField(default=False)


class SpanSerializer(serializers.Serializer[Any]):
    """What a stretch of the text was understood as; offsets count characters."""

    kind = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()
    value = serializers.CharField(allow_null=True)


class CandidateSerializer(serializers.Serializer[Any]):
    """Somebody who may be meant."""

    user_id = serializers.UUIDField()
    full_name = serializers.CharField()
    team_id = serializers.UUIDField(allow_null=True)
    team_name = serializers.CharField(allow_null=True)
    score = serializers.FloatField()


class WarningSerializer(serializers.Serializer[Any]):
    """What was assumed."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ParseSerializer(serializers.Serializer[Any]):
    """How the text was understood."""

    engine = serializers.ChoiceField(choices=["local", "llm"])
    confidence = serializers.FloatField()
    spans = SpanSerializer(many=True)
    assignee_candidates = CandidateSerializer(many=True)
    warnings = WarningSerializer(many=True)


class TaskFromTextSerializer(TaskSerializer):
    """The task, and how it was understood."""

    parse = ParseSerializer(read_only=True)

    class Meta(TaskSerializer.Meta):
        fields = (*TaskSerializer.Meta.fields, "parse")  # type: ignore[assignment]  # one more


def parse_data(draft: Draft) -> dict[str, Any]:
    """Return a draft's reading as the API shows it."""
    spans = sorted(draft.spans, key=lambda span: span.start)
    return {
        "engine": draft.engine,
        "confidence": draft.confidence,
        "spans": [
            {
                "kind": span.kind,
                "start": span.start,
                "end": span.end,
                "text": span.text,
                "value": span.value,
            }
            for span in spans
        ],
        "assignee_candidates": [candidate_data(item) for item in draft.assignee_candidates],
        "warnings": [{"code": item.code, "detail": item.sentence} for item in draft.warnings],
    }
