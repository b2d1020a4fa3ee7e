"""`/api/v1/documents`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet, WaitingView, WaitingViewSet, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.staff_api import UserViewSet
from accounts.uploads import FileParser, UploadSerializer, upload_of
from accounts.wishes import Relation
from common.api import etag_of, require_match
from common.errors import MissingError
from common.parsers import StrictJSONParser
from documents import storage
from documents.answers.asking import ask_documents
from documents.duties import remind_signers, sign_document, signers_of
from documents.models import Document, DocumentQuerySet, Revision
from documents.reading.kinds import MEDIA_TYPES
from documents.serializers import (
    DocumentAnswerSerializer,
    DocumentFilters,
    DocumentSerializer,
    DocumentsQuestionSerializer,
    NewDocumentSerializer,
    RemindedSerializer,
    RevisionSerializer,
    SignerFilters,
    SignerSerializer,
    SignSerializer,
)
from documents.services import (
    add_revision,
    create_document,
    delete_document,
    update_document,
)
from tenants.context import atomic
from tenants.uploads import file_response

Grants = dict[str, Permission | None]
# A file comes as what it is.
FILES: Any = {(200, kind): OpenApiTypes.BINARY for kind in sorted(set(MEDIA_TYPES.values()))}


class DocumentViewSet(OfficeViewSet[Document]):
    """Documents: taken in, read in the background, changed, fetched."""

    queryset = Document.objects.none()
    serializer_class = DocumentSerializer
    parser_classes = (FileParser, StrictJSONParser)
    filters = DocumentFilters
    grants: ClassVar[Grants] = {
        "list": Permission.NOTE_READ,
        "create": Permission.NOTE_CREATE,
        "retrieve": Permission.NOTE_READ,
        "partial_update": Permission.NOTE_UPDATE,
        "destroy": Permission.NOTE_DELETE,
        "download": Permission.NOTE_READ,
    }
    plan_limited = frozenset({"create"})
    # What a document shows is partly computed.
    reads_alone = False
    relations: ClassVar[dict[str, Relation]] = {"owner": Relation(UserViewSet, "owner_id")}

    @classmethod
    def rows(cls, asker: User, values: Values) -> DocumentQuerySet:
        """Describe the documents in the asker's scope, each with its newest file."""
        return Document.objects.visible_to(asker).with_duty_of(asker).with_newest_file()

    def locked(self, pk: UUID) -> Document:
        """Return the document, locked until the transaction ends, if `If-Match` still fits."""
        seen = Document.objects.visible_to(self.user).select_for_update(of=("self",))
        document = get_object_or_404(seen, pk=pk)
        if "If-Match" in self.request.headers:
            require_match(self.request, self.shown_now(pk))
        return document

    def shown_now(self, pk: UUID) -> dict[str, Any]:
        """Return the document as the API shows it. Raises Http404."""
        found = get_object_or_404(self.rows(self.user, {}), pk=pk)
        data: dict[str, Any] = DocumentSerializer(found).data
        return data

    def as_it_is(self, pk: UUID, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the document and its ETag."""
        data = self.shown_now(pk)
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    @extend_schema(responses=DocumentSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one document with its ETag."""
        return self.as_it_is(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields."""
        changes = self.checked(DocumentSerializer, partial=True)
        update_document(document=self.locked(pk), changes=changes, by=self.user)
        return self.as_it_is(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the document with its files, its text and its vectors."""
        delete_document(document=self.locked(pk), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(list=extend_schema(parameters=[DocumentFilters]))
class DocumentFileViewSet(WaitingViewSet[Document], DocumentViewSet):
    """What takes files to the store of documents, or fetches them there."""

    def list(self, request: Request) -> Response:
        """Return a page of documents, the newest first unless asked for otherwise."""
        with atomic():
            seen = self.rows(self.user, {}).filtered(self.filter_values())
            return self.page_of(seen)

    @extend_schema(request=NewDocumentSerializer, responses={202: DocumentSerializer})
    def create(self, request: Request) -> Response:
        """Take in a PDF, a Word document, Markdown or text; it is read in the background."""
        values = self.checked(NewDocumentSerializer)
        answers: list[Response] = []

        def settle(document: Document) -> None:
            answer = self.as_it_is(document.pk, status=status.HTTP_202_ACCEPTED)
            answers.append(self.keep(answer))

        create_document(upload=upload_of(values), by=self.user, settle=settle, **values)
        return answers[0]

    @extend_schema(responses=FILES)
    def download(self, request: Request, pk: UUID) -> FileResponse:
        """Return the newest file as it was sent."""
        with atomic():
            document = get_object_or_404(Document.objects.visible_to(self.user), pk=pk)
            revision = document.revisions.get(number=document.newest)
        return revision_response(revision)


class RevisionViewSet(WaitingViewSet[Revision]):
    """The files of a document, the newest first."""

    queryset = Revision.objects.none()
    serializer_class = RevisionSerializer
    parser_classes = (FileParser, StrictJSONParser)
    grants: ClassVar[Grants] = {
        "list": Permission.NOTE_READ,
        "add": Permission.NOTE_UPDATE,
        "download": Permission.NOTE_READ,
    }
    plan_limited = frozenset({"add"})
    reads_alone = False

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Revision]:
        """Describe the files of the documents in the asker's scope."""
        return Revision.objects.filter(document__in=Document.objects.visible_to(asker))

    def list(self, request: Request, document_id: UUID) -> Response:
        """Return a page of revisions, the newest first."""
        with atomic():
            get_object_or_404(Document.objects.visible_to(self.user), pk=document_id)
            return self.page_of(self.rows(self.user, {}).filter(document=document_id))

    @extend_schema(request=UploadSerializer, responses={202: RevisionSerializer})
    def add(self, request: Request, document_id: UUID) -> Response:
        """Take in a newer file; until it has been read, the old one is found and quoted."""
        with atomic():
            document = get_object_or_404(Document.objects.visible_to(self.user), pk=document_id)
        upload = upload_of(self.checked(UploadSerializer))
        answers: list[Response] = []

        def settle(newer: Document) -> None:
            data = RevisionSerializer(newer.revisions.get(number=newer.newest)).data
            answers.append(self.keep(Response(data, status=status.HTTP_202_ACCEPTED)))

        add_revision(document=document, upload=upload, by=self.user, settle=settle)
        return answers[0]

    @extend_schema(responses=FILES)
    def download(self, request: Request, document_id: UUID, pk: UUID) -> FileResponse:
        """Return a file as it was sent."""
        with atomic():
            seen = self.rows(self.user, {})
            revision = get_object_or_404(seen, document=document_id, pk=pk)
        return revision_response(revision)


@extend_schema_view(list=extend_schema(parameters=[SignerFilters]))
class SignerViewSet(OfficeViewSet[User]):
    """Who is to sign that they have read and understood a document, and who has."""

    queryset = User.objects.none()
    serializer_class = SignerSerializer
    filters = SignerFilters
    grants: ClassVar[Grants] = {
        "list": Permission.NOTE_READ,
        "sign": Permission.NOTE_READ,
        "remind": Permission.NOTE_UPDATE,
    }
    reads_alone = False

    def document(self, pk: UUID, *, locked: bool = False) -> Document:
        """Return the document, locked if it is to be. Raises Http404."""
        seen = Document.objects.visible_to(self.user)
        return get_object_or_404(seen.select_for_update(of=("self",)) if locked else seen, pk=pk)

    def list(self, request: Request, document_id: UUID) -> Response:
        """Return a page of people, with `missing` those who have not signed what holds now."""
        missing = bool(self.filter_values().get("missing"))
        people = signers_of(self.document(document_id), by=self.user, missing=missing)
        return self.page_of(people)

    @extend_schema(request=SignSerializer, responses={201: SignerSerializer})
    def sign(self, request: Request, document_id: UUID) -> Response:
        """Say that one has read and understood the revision that holds (else 409)."""
        number = self.checked(SignSerializer)["revision"]
        document = self.document(document_id, locked=True)
        signed = sign_document(document=document, number=number, by=self.user)
        return Response(SignerSerializer(signed).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={202: RemindedSerializer})
    def remind(self, request: Request, document_id: UUID) -> Response:
        """Remind those who have not signed, at most once a day."""
        document = self.document(document_id, locked=True)
        told = {"reminded": remind_signers(document=document, by=self.user)}
        return Response(told, status=status.HTTP_202_ACCEPTED)


class AskView(WaitingView):
    """A question to the documents."""

    grants: ClassVar[Grants] = {"post": Permission.NOTE_READ}

    @extend_schema(request=DocumentsQuestionSerializer, responses=DocumentAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Answer from the documents and cite them, or say that they don't say.

        Only what the asker may read is looked at. The words are the documents' own, or those of the
        office's language model (`mode`).
        """
        body = body_of(request, DocumentsQuestionSerializer)
        answered = ask_documents(body["question"], by=self.user, documents=body.get("document_ids"))
        return Response(DocumentAnswerSerializer(answered).data)


def revision_response(revision: Revision) -> FileResponse:
    """Return a file as a download that no page can show. Raises MissingError, StoreAwayError."""
    try:
        file = storage.opened(revision.pk)
    except FileNotFoundError as error:
        why = f"it was not kept: {revision.reason}" if revision.reason else "it is missing."
        raise MissingError(f"There is no file; {why}") from error
    media_type = MEDIA_TYPES[revision.format]
    return file_response(file, filename=revision.filename, media_type=media_type)
