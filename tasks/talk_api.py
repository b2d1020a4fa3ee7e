"""`/api/v1/tasks/…/comments`, `/api/v1/comments` and `/api/v1/mentions`."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.staff_api import UserViewSet
from accounts.wishes import Relation
from tasks.api import Grants, OfTask, TaskViewSet
from tasks.models import Comment, Mention
from tasks.serializers import CommentSerializer, MentionFilters, MentionSerializer
from tasks.talking import add_comment, change_comment, read_mentions

AUTHOR: dict[str, Relation] = {"author": Relation(UserViewSet, "author_id")}


class CommentViewSet(OfTask[Comment]):
    """What people said about a task."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    relations: ClassVar[dict[str, Relation]] = AUTHOR
    grants: ClassVar[Grants] = {"list": Permission.TASK_READ, "create": Permission.TASK_UPDATE}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Comment]:
        """Describe the comments of the task, oldest first."""
        return Comment.objects.filter(task=values["task_id"]).for_reading()

    def create(self, request: Request, task_id: UUID) -> Response:
        """Say something; `@` and a name, an address or a team tell whom it names, once."""
        task, body = self.task(), self.checked(CommentSerializer)
        return self.answer(add_comment(task=task, body=body["body"], by=self.user).pk, status=201)


class OneCommentViewSet(OfficeViewSet[Comment]):
    """One comment, wherever it stands."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    grants: ClassVar[Grants] = {"partial_update": Permission.TASK_UPDATE}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Comment]:
        """Describe the comments of the tasks in the asker's scope."""
        return Comment.objects.visible_to(asker).for_reading()

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Say it in other words, if it is one's own; who is named anew is told."""
        comment, body = self.locked_object(), self.checked(CommentSerializer)
        return self.answer(change_comment(comment=comment, body=body["body"], by=self.user).pk)


@extend_schema_view(list=extend_schema(parameters=[MentionFilters]))
class MentionViewSet(OfficeViewSet[Mention]):
    """Where the asker is named."""

    queryset = Mention.objects.none()
    serializer_class = MentionSerializer
    filters = MentionFilters
    relations: ClassVar[dict[str, Relation]] = {
        "author": Relation(UserViewSet, "author_id"),
        "task": Relation(TaskViewSet, "task_id"),
    }
    grants: ClassVar[Grants] = {"list": Permission.TASK_READ, "read": Permission.TASK_READ}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Mention]:
        """Describe what names the asker in tasks in their scope, the newest first."""
        return Mention.objects.visible_to(asker).with_comment().filtered(values)

    def list(self, request: Request) -> Response:
        """Return a page of mentions."""
        return self.page(self.filter_values())

    @extend_schema(request=None, responses=MentionSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: UUID) -> Response:
        """Note that it was read; a second time is as good."""
        read_mentions(ids=[pk], by=self.user)
        return Response(self.shown(pk))
