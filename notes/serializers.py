"""The shapes of the notes part of the API."""

from typing import Any

from rest_framework import serializers

from common.api import StrictModelSerializer, StrictSerializer
from common.fields import InstantField
from documents.serializers import MODES
from notes.language.summary import LENGTHS
from notes.markdown import html_of
from notes.models import (
    LONGEST_BODY,
    LONGEST_TAG,
    MOST_ATTENDEES,
    MOST_DOCUMENTS,
    MOST_EVENTS,
    MOST_TAGS,
    MOST_TASKS,
    Kind,
    Note,
    NoteVersion,
    Sentiment,
    SummaryStatus,
    Visibility,
)
from notes.services import changes_in

SUMMARY = ("summary", "action_items", "key_topics", "sentiment", "key_points")
MAKING = (
    "summary_status",
    "summary_progress",
    "summary_length",
    "summary_mode",
    "summary_degraded",
)
ORDERINGS = ("created_at", "updated_at", "title")


class ActionItemSerializer(serializers.Serializer[Any]):
    """What somebody is to do, with the sentence that says so and where it begins."""

    task = serializers.CharField()
    assignee = serializers.CharField(allow_null=True)
    assignee_id = serializers.UUIDField(allow_null=True)
    due_date = serializers.DateTimeField(allow_null=True)
    evidence = serializers.CharField()
    start = serializers.IntegerField()
    confidence = serializers.FloatField()
    task_id = serializers.UUIDField(allow_null=True)


class KeyPointSerializer(serializers.Serializer[Any]):
    """A sentence of the summary, the words that state it, where these begin, and who says them."""

    text = serializers.CharField()
    evidence = serializers.CharField()
    start = serializers.IntegerField()
    speaker = serializers.CharField(allow_blank=True)
    section = serializers.CharField(allow_blank=True)


class NoteSerializer(StrictModelSerializer):
    """A note as the contract shows it."""

    body = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_BODY, trim_whitespace=False
    )
    author_id = serializers.UUIDField(read_only=True)
    author_name = serializers.CharField(source="author.full_name", read_only=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), required=False, max_length=MOST_TAGS
    )
    action_items = ActionItemSerializer(many=True, read_only=True)
    key_points = KeyPointSerializer(many=True, read_only=True)
    key_topics = serializers.ListField(child=serializers.CharField(), read_only=True)
    sentiment = serializers.ChoiceField(choices=Sentiment.choices, read_only=True, allow_blank=True)
    summary_status = serializers.ChoiceField(
        choices=SummaryStatus.choices, read_only=True, allow_blank=True
    )
    summary_is_old = serializers.BooleanField(read_only=True)
    document_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_DOCUMENTS
    )
    task_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_TASKS
    )
    event_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_EVENTS
    )
    held_at = InstantField(required=False, allow_null=True)
    attendee_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_ATTENDEES
    )

    class Meta:
        model = Note
        fields: tuple[str, ...] = (
            *("id", "title", "body", "kind", "author_id", "author_name", "tags", "visibility"),
            *(
                "held_at",
                "attendee_ids",
                "document_ids",
                "task_ids",
                "event_ids",
                "version",
                "source",
                "created_at",
                "updated_at",
            ),
            *SUMMARY,
            *MAKING,
            "summary_is_old",
        )
        read_only_fields = ("version", "source", *SUMMARY, *MAKING)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Show a note that was read `with_links_of` who asks: no others are named."""
        told: dict[str, Any] = super().to_representation(instance)
        told["document_ids"] = [str(found) for found in instance.documents_seen]
        told["task_ids"] = [str(found) for found in instance.tasks_seen]
        told["event_ids"] = [str(found) for found in instance.events_seen]
        return told


class NoteDetailSerializer(NoteSerializer):
    """The same with its text as safe HTML."""

    html = serializers.SerializerMethodField()

    class Meta(NoteSerializer.Meta):
        fields = (*NoteSerializer.Meta.fields, "html")

    def get_html(self, note: Note) -> str:
        """Return the body as a page shows it."""
        return html_of(note.body)


class SummarySerializer(serializers.ModelSerializer[Note]):
    """What a note says in short, and what follows from it."""

    action_items = ActionItemSerializer(many=True)
    key_points = KeyPointSerializer(many=True)
    key_topics = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(
        source="summary_status", choices=SummaryStatus.choices, allow_blank=True
    )
    progress = serializers.IntegerField(source="summary_progress")
    length = serializers.CharField(source="summary_length")
    mode = serializers.ChoiceField(source="summary_mode", choices=MODES)
    degraded = serializers.BooleanField(source="summary_degraded")

    class Meta:
        model = Note
        fields = ("id", *SUMMARY, "status", "progress", "length", "mode", "degraded")


class SummaryWishSerializer(StrictSerializer):
    """How long the summary is to be."""

    length = serializers.ChoiceField(choices=[*LENGTHS], required=False, default="medium")


class NoteFilters(StrictSerializer):
    """What notes can be narrowed to."""

    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    tag = serializers.CharField(max_length=LONGEST_TAG, required=False)
    author = serializers.UUIDField(required=False)
    task = serializers.UUIDField(required=False)
    event = serializers.UUIDField(required=False)
    search = serializers.CharField(max_length=200, required=False)
    since = InstantField(required=False)
    until = InstantField(required=False)
    ordering = serializers.ChoiceField(
        choices=[*ORDERINGS, *(f"-{name}" for name in ORDERINGS)], required=False
    )


class VersionSerializer(serializers.ModelSerializer[NoteVersion]):
    """What a note said once, in a list."""

    author_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = NoteVersion
        fields: tuple[str, ...] = ("id", "number", "author_id", "title", "created_at")


class VersionDetailSerializer(VersionSerializer):
    """The same with the text, and what it changed."""

    diff = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "body", "diff")

    def get_diff(self, version: Any) -> str:
        """Return the change as a unified diff."""
        return changes_in(version)
