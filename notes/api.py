"""`/api/v1/notes`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet, WaitingView, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.staff_api import UserViewSet
from accounts.wishes import Relation
from common.api import etag_of, require_match
from common.columns import shown_of
from documents.serializers import DocumentAnswerSerializer, QuestionSerializer
from notes.answers import ask_note
from notes.following import task_of_item
from notes.models import Note, NoteQuerySet, NoteVersion
from notes.serializers import (
    NoteDetailSerializer,
    NoteFilters,
    NoteSerializer,
    SummarySerializer,
    SummaryWishSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from notes.services import NewNote, create_note, delete_note, restore_version, update_note
from notes.summarizing import summarize
from tasks.serializers import TaskSerializer
from tenants.context import atomic

Grants = dict[str, Permission | None]


@extend_schema_view(list=extend_schema(parameters=[NoteFilters]))
class NoteViewSet(OfficeViewSet[Note]):
    """Notes: create, read, change, search."""

    queryset = Note.objects.none()
    serializer_class = NoteSerializer
    filters = NoteFilters
    grants: ClassVar[Grants] = {
        "list": Permission.NOTE_READ,
        "create": Permission.NOTE_CREATE,
        "retrieve": Permission.NOTE_READ,
        "partial_update": Permission.NOTE_UPDATE,
        "destroy": Permission.NOTE_DELETE,
        "make_task": Permission.TASK_CREATE,
    }
    plan_limited = frozenset({"make_task"})
    # What a note shows is partly computed.
    reads_alone = False
    shown_as: ClassVar[dict[str, Any]] = {"retrieve": NoteDetailSerializer}
    relations: ClassVar[dict[str, Relation]] = {"author": Relation(UserViewSet, "author_id")}
    long_texts = frozenset({"body", "summary", "action_items", "key_points"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> NoteQuerySet:
        """Describe the notes in the asker's scope."""
        seen = Note.objects.visible_to(asker).select_related("author")
        return seen.with_links_of(asker)

    def locked(self, pk: UUID) -> Note:
        """Return the note, locked until the transaction ends, if `If-Match` still fits."""
        seen = self.rows(self.user, {}).select_for_update(of=("self",))
        note = get_object_or_404(seen, pk=pk)
        if "If-Match" in self.request.headers:
            require_match(self.request, NoteDetailSerializer(note).data)
        return note

    def as_it_is(self, pk: UUID, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the note and its ETag. Raises Http404."""
        data = NoteDetailSerializer(get_object_or_404(self.rows(self.user, {}), pk=pk)).data
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def list(self, request: Request) -> Response:
        """Return a page of notes, the newest first unless asked for otherwise."""
        seen = self.rows(self.user, {}).filtered(self.filter_values())
        return self.page_of(seen)

    @extend_schema(responses={201: NoteDetailSerializer})
    def create(self, request: Request) -> Response:
        """Store a note."""
        note = create_note(new=NewNote(**self.checked(NoteSerializer)), by=self.user)
        return self.as_it_is(note.pk, status=status.HTTP_201_CREATED)

    @extend_schema(responses=NoteDetailSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one note with its text as safe HTML, and its ETag."""
        return self.as_it_is(pk)

    @extend_schema(responses=NoteDetailSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields; a new text is kept as a version."""
        changes = self.checked(NoteSerializer, partial=True)
        update_note(note=self.locked(pk), changes=changes, by=self.user)
        return self.as_it_is(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the note with its versions."""
        delete_note(note=self.locked(pk), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: TaskSerializer})
    def make_task(self, request: Request, pk: UUID, index: int) -> Response:
        """Make a task of an action item, which links back to its sentence."""
        task = task_of_item(note=self.locked(pk), index=index, by=self.user)
        task.reminder_set = False  # type: ignore[attr-defined]  # nobody has asked for one yet
        return Response(shown_of(TaskSerializer, task), status=status.HTTP_201_CREATED)


class VersionViewSet(OfficeViewSet[NoteVersion]):
    """What a note said before."""

    queryset = NoteVersion.objects.none()
    serializer_class = VersionSerializer
    grants: ClassVar[Grants] = {
        "list": Permission.NOTE_READ,
        "retrieve": Permission.NOTE_READ,
        "restore": Permission.NOTE_UPDATE,
    }
    reads_alone = False
    shown_as: ClassVar[dict[str, Any]] = {"retrieve": VersionDetailSerializer}
    relations: ClassVar[dict[str, Relation]] = {"author": Relation(UserViewSet, "author_id")}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[NoteVersion]:
        """Describe the versions of the notes in the asker's scope."""
        return NoteVersion.objects.filter(note__in=Note.objects.visible_to(asker))

    def list(self, request: Request, note_id: UUID) -> Response:
        """Return a page of versions, the newest first."""
        get_object_or_404(Note.objects.visible_to(self.user), pk=note_id)
        return self.page_of(self.rows(self.user, {}).filter(note=note_id))

    @extend_schema(responses=VersionDetailSerializer)
    def retrieve(self, request: Request, note_id: UUID, pk: UUID) -> Response:
        """Return one version, and what it changed."""
        found = get_object_or_404(self.rows(self.user, {}), note=note_id, pk=pk)
        data = VersionDetailSerializer(found).data
        return Response(data, headers={"ETag": etag_of(data)})

    @extend_schema(request=None, responses=NoteDetailSerializer)
    def restore(self, request: Request, note_id: UUID, pk: UUID) -> Response:
        """Give the note the text that it had then, as a new version."""
        seen = Note.objects.visible_to(self.user).select_for_update(of=("self",))
        note = get_object_or_404(seen, pk=note_id)
        restore_version(note=note, version_id=pk, by=self.user)
        shown = NoteViewSet.rows(self.user, {}).get(pk=note_id)
        return Response(NoteDetailSerializer(shown).data)


class SummaryView(WaitingView):
    """What a note says in short, and who is to do what until when."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": Permission.NOTE_SUMMARIZE}

    @extend_schema(
        request=SummaryWishSerializer, responses={200: SummarySerializer, 202: SummarySerializer}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Summarise the note; a long one in the background (202), as `status` and `progress` tell.

        The words are the note's own, or those of the office's language model (`mode`).
        """
        length = body_of(request, SummaryWishSerializer)["length"]
        done = summarize(note_id=pk, by=self.user, length=length)
        with atomic():
            note = get_object_or_404(Note.objects.visible_to(self.user), pk=pk)
            data = SummarySerializer(note).data
        return Response(data, status=status.HTTP_200_OK if done else status.HTTP_202_ACCEPTED)


class AskView(WaitingView):
    """A question to a note."""

    grants: ClassVar[Grants] = {"post": Permission.NOTE_READ}

    @extend_schema(request=QuestionSerializer, responses=DocumentAnswerSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer a question from the note and those of its documents that the asker may read."""
        question = body_of(request, QuestionSerializer)["question"]
        answered = ask_note(question, note_id=pk, by=self.user)
        return Response(DocumentAnswerSerializer(answered).data)
