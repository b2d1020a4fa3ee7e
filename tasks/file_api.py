"""`/api/v1/tasks/…/files`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import WaitingViewSet
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.staff_api import UserViewSet
from accounts.uploads import FileParser, UploadSerializer, upload_of
from accounts.wishes import Relation
from common.api import etag_of
from common.columns import shown_of
from common.media import ANYTHING, MEDIA_TYPES
from common.parsers import StrictJSONParser
from tasks.api import Grants, OfTask
from tasks.attaching import add_file, delete_file
from tasks.files import opened
from tasks.models import TaskFile
from tasks.serializers import TaskFileSerializer
from tenants.context import atomic

# A file comes as what it is.
FILES: Any = {
    (200, kind): OpenApiTypes.BINARY for kind in sorted({ANYTHING, *MEDIA_TYPES.values()})
}


class TaskFileViewSet(WaitingViewSet[TaskFile], OfTask[TaskFile]):
    """The files beside a task."""

    queryset = TaskFile.objects.none()
    serializer_class = TaskFileSerializer
    parser_classes = (FileParser, StrictJSONParser)
    relations: ClassVar[dict[str, Relation]] = {"author": Relation(UserViewSet, "author_id")}
    grants: ClassVar[Grants] = {
        "list": Permission.TASK_READ,
        "create": Permission.TASK_UPDATE,
        "destroy": Permission.TASK_UPDATE,
        "content": Permission.TASK_READ,
    }
    plan_limited = frozenset({"create"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[TaskFile]:
        """Describe the files of the task, the oldest first."""
        files: QuerySet[TaskFile] = TaskFile.objects.visible_to(asker).select_related("author")
        return files.filter(task=values["task_id"])

    def list(self, request: Request, task_id: UUID) -> Response:
        """Return a page of files, the oldest first."""
        with atomic():
            return super().list(request, task_id)

    @extend_schema(request=UploadSerializer)
    def create(self, request: Request, task_id: UUID) -> Response:
        """Put a file beside the task, of at most 25 MB; the end of its name says what it is."""
        with atomic():
            task = self.task()
        upload = upload_of(self.checked(UploadSerializer))
        answers: list[Response] = []

        def settle(made: TaskFile) -> None:
            data = shown_of(TaskFileSerializer, made)
            answer = Response(data, status=status.HTTP_201_CREATED, headers={"ETag": etag_of(data)})
            answers.append(self.keep(answer))

        add_file(task=task, upload=upload, by=self.user, settle=settle)
        return answers[0]

    def destroy(self, request: Request, task_id: UUID, pk: UUID) -> Response:
        """Take the file away from the task."""
        with atomic():
            delete_file(file=self.locked_object(), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=FILES)
    def content(self, request: Request, task_id: UUID, pk: UUID) -> FileResponse:
        """Return the file as it was sent, as a download."""
        with atomic():
            file = get_object_or_404(self.get_queryset(), pk=pk)
        return opened(file)
