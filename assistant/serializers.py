"""The shapes of the assistant's part of the API."""

from typing import Any, get_args

from rest_framework import serializers

from assistant.interpreter import Draft
from assistant.llm.models import ModelKey
from assistant.models import ActionStatus
from assistant.services import candidate_data
from common.api import StrictSerializer
from common.fields import InstantField
from tasks.serializers import TaskSerializer
from tenants.settings import ModelApi, ModelMode, TenantSettings

MAX_TEXT = 2_000
DOLLARS: Any = {"max_digits": 18, "decimal_places": 6}


class FromTextSerializer(StrictSerializer):
    """A sentence; with `dry_run` nothing is stored."""

    text = serializers.CharField(max_length=MAX_TEXT)
    dry_run = serializers.BooleanField(default=False)


class ChatSerializer(StrictSerializer):
    """A message; a "yes" answers what was proposed in the same conversation."""

    message = serializers.CharField(max_length=MAX_TEXT)
    conversation_id = serializers.CharField(max_length=100, default="", allow_blank=True)


class UndoSerializer(StrictSerializer):
    """The token that came with what was done."""

    undo_token = serializers.UUIDField()


class ActionSerializer(serializers.Serializer[Any]):
    """What was done or is proposed; the id is that of the object."""

    type = serializers.CharField()
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ActionStatus.values)
    undo_token = serializers.UUIDField(required=False)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Leave the token out where there is nothing to undo."""
        data = super().to_representation(instance)
        return {name: value for name, value in data.items() if value is not None}


class AnswerSerializer(serializers.Serializer[Any]):
    """What the office says to a message, and what it did."""

    reply = serializers.CharField()
    actions = ActionSerializer(many=True)


class UsageFilters(StrictSerializer):
    """The time that is asked about; without it, this month."""

    since = InstantField(required=False)
    until = InstantField(required=False)


class UsageLineSerializer(serializers.Serializer[Any]):
    """What was used of one model for one purpose; cost in dollars, latency in milliseconds."""

    model = serializers.CharField()
    feature = serializers.CharField(source="purpose")
    calls = serializers.IntegerField()
    used = serializers.IntegerField(help_text="calls whose answer was taken")
    refused = serializers.IntegerField(help_text="calls whose answer did not follow from the text")
    failed = serializers.IntegerField(help_text="calls without a usable answer")
    tokens_in = serializers.IntegerField(source="sum_in")
    tokens_out = serializers.IntegerField(source="sum_out")
    cost = serializers.DecimalField(source="sum_cost", **DOLLARS)
    latency_median = serializers.IntegerField(source="ms_median", allow_null=True)
    latency_p95 = serializers.IntegerField(source="ms_p95", allow_null=True)


class TodaySerializer(serializers.Serializer[Any]):
    """What the office's day has used and may use; the limits are null while no model is in use."""

    tokens = serializers.IntegerField(source="spent.tokens")
    cost = serializers.DecimalField(source="spent.cost", **DOLLARS)
    tokens_per_day = serializers.IntegerField(allow_null=True)
    cost_per_day = serializers.DecimalField(allow_null=True, **DOLLARS)


class MonthSerializer(serializers.Serializer[Any]):
    """What the plan allows of calls in a month; null is as many as one likes."""

    calls = serializers.IntegerField()
    calls_per_month = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(help_text="says that all are used; empty while there are more")


class UsageSerializer(serializers.Serializer[Any]):
    """The use of language models."""

    today = TodaySerializer()
    plan = MonthSerializer()
    results = UsageLineSerializer(many=True)


class LanguageModelSerializer(StrictSerializer):
    """How the office uses a language model. The key to its own endpoint is never shown."""

    mode = serializers.ChoiceField(source="llm_mode", choices=get_args(ModelMode))
    base_url = serializers.CharField(
        source="llm_base_url", allow_blank=True, help_text="empty is the platform's endpoint"
    )
    model = serializers.CharField(source="llm_model", allow_blank=True)
    api = serializers.ChoiceField(source="llm_api", choices=get_args(ModelApi))
    tokens_per_day = serializers.IntegerField(
        source="llm_tokens_per_day", allow_null=True, help_text="null is what the platform says"
    )
    cost_per_day = serializers.DecimalField(
        source="llm_cost_per_day", allow_null=True, help_text="in dollars", **DOLLARS
    )
    price_input = serializers.DecimalField(
        source="llm_price_input", help_text="dollars for a million tokens", **DOLLARS
    )
    price_output = serializers.DecimalField(source="llm_price_output", **DOLLARS)
    embeddings = serializers.BooleanField(
        source="llm_embeddings",
        help_text="whether texts of documents and questions to them go there to become vectors",
    )
    embedding_model = serializers.CharField(source="llm_embedding_model", allow_blank=True)
    embedding_size = serializers.IntegerField(
        source="llm_embedding_size", help_text="how many numbers its vectors have"
    )
    price_embedding = serializers.DecimalField(source="llm_price_embedding", **DOLLARS)
    key = serializers.CharField(
        write_only=True, allow_blank=True, max_length=1000, help_text="empty forgets it"
    )
    has_key = serializers.SerializerMethodField()

    def get_has_key(self, _settings: TenantSettings) -> bool:
        """Tell whether a key is kept."""
        return ModelKey.objects.exists()


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
    """The task, how it was understood, and what takes it back for 24 hours."""

    parse = ParseSerializer(read_only=True)
    undo_token = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="null where nothing was stored"
    )

    class Meta(TaskSerializer.Meta):
        fields = (*TaskSerializer.Meta.fields, "parse", "undo_token")  # type: ignore[assignment]  # more


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
