"""The shapes of the documents part of the API."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from accounts.uploads import UploadSerializer
from common.api import StrictModelSerializer, StrictSerializer
from documents.answers.answering import Answered
from documents.models import (
    MOST_SIGNERS,
    MOST_TEAMS,
    Document,
    Kind,
    Revision,
    Status,
    Visibility,
)
from documents.states import notice_of, progress_of, state_of

ORDERINGS = ("created_at", "updated_at", "title")
LONGEST_QUESTION, MOST_NAMED = 1_000, 100
# Who worded an answer.
MODES = [("local", "by rules"), ("llm", "a language model")]


class DocumentSerializer(StrictModelSerializer):
    """A document as the contract shows it, with its newest file."""

    owner_id = serializers.UUIDField(required=False)
    owner_name = serializers.CharField(source="owner.full_name", read_only=True)
    filename = serializers.CharField(read_only=True)
    format = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True)
    pages = serializers.IntegerField(read_only=True, allow_null=True)
    progress = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    notice = serializers.SerializerMethodField()
    sign_team_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_TEAMS
    )
    sign_person_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_SIGNERS
    )
    to_sign = serializers.BooleanField(read_only=True)

    class Meta:
        model = Document
        fields = (
            *("id", "title", "kind", "visibility", "owner_id", "owner_name", "status", "reason"),
            *(
                "progress",
                "state",
                "notice",
                "revision",
                "newest",
                "filename",
                "format",
                "size",
                "pages",
            ),
            *("review_on", "sign_by_all", "sign_team_ids", "sign_person_ids", "to_sign"),
            *("created_at", "updated_at"),
        )
        read_only_fields = ("status", "reason", "revision", "newest")

    def get_progress(self, document: Any) -> int:
        """Return how far the reading of the newest file is, in percent."""
        return progress_of(document)

    def get_state(self, document: Any) -> str:
        """Return the same in words."""
        return state_of(document)

    def get_notice(self, document: Any) -> str:
        """Return what the reading has left out, such as pages that need OCR."""
        return notice_of(document)


class NewDocumentSerializer(UploadSerializer):
    """The same with what is to be known of the document."""

    title = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)


class DocumentFilters(StrictSerializer):
    """What documents can be narrowed to."""

    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    owner = serializers.UUIDField(required=False)
    to_sign = serializers.BooleanField(required=False, allow_null=True, default=None)
    review_until = serializers.DateField(required=False)
    search = serializers.CharField(max_length=200, required=False)
    ordering = serializers.ChoiceField(
        choices=[*ORDERINGS, *(f"-{name}" for name in ORDERINGS)], required=False
    )


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    """One file of a document."""

    author_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Revision
        fields = (
            *("id", "number", "filename", "format", "size", "sha256", "author_id", "status"),
            *("reason", "pages", "created_at"),
        )


class SignerFilters(StrictSerializer):
    """What those who sign can be narrowed to."""

    missing = serializers.BooleanField(required=False, allow_null=True, default=None)


class SignerSerializer(serializers.ModelSerializer[User]):
    """Somebody who is asked to sign what a document says now, or has signed it."""

    person_id = serializers.UUIDField(source="pk")
    is_asked = serializers.BooleanField()
    signed_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = User
        fields = ("person_id", "full_name", "is_asked", "signed_at")


class SignSerializer(StrictSerializer):
    """The number of the revision that was read and understood."""

    revision = serializers.IntegerField(min_value=1)


class RemindedSerializer(serializers.Serializer[Any]):
    """How many people have not signed, and are reminded."""

    reminded = serializers.IntegerField()


class QuestionSerializer(StrictSerializer):
    """A question."""

    question = serializers.CharField(max_length=LONGEST_QUESTION)


class DocumentsQuestionSerializer(QuestionSerializer):
    """The same with the documents that it is about, if not all."""

    document_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_NAMED, min_length=1
    )


class SourceSerializer(serializers.Serializer[Any]):
    """Where it stands; a page only where the document has pages."""

    document = serializers.CharField()
    document_id = serializers.UUIDField(allow_null=True)
    note_id = serializers.UUIDField(allow_null=True)
    revision = serializers.IntegerField()
    page = serializers.IntegerField(allow_null=True)
    heading = serializers.CharField()
    relevance_score = serializers.FloatField()
    excerpt = serializers.CharField()


class DocumentAnswerSerializer(serializers.Serializer[Answered]):
    """An answer in the documents' own words; `grounded` tells whether they say it."""

    answer = serializers.CharField()
    sources = SourceSerializer(many=True)
    grounded = serializers.BooleanField()
    confidence = serializers.FloatField()
    mode = serializers.ChoiceField(choices=MODES)
    degraded = serializers.BooleanField()
