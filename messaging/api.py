"""`/api/v1/messages`."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OfficeViewSet
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from common.api import NewestFirst, checked, etag_of
from messaging.models import OutgoingMessage
from messaging.preview import coming_for
from messaging.serializers import (
    MessageDetailSerializer,
    MessageFilters,
    MessageSerializer,
    PreviewFilters,
    PreviewSerializer,
)

Grants = dict[str, Permission | None]


class NewestMessagesFirst(NewestFirst):
    """Pages of the ledger."""

    ordering = ("-created_at", "id")


@extend_schema_view(
    list=extend_schema(parameters=[MessageFilters], responses=MessageSerializer(many=True)),
    retrieve=extend_schema(responses=MessageDetailSerializer),
)
class MessageViewSet(OfficeViewSet[OutgoingMessage]):
    """What was owed to whom, over which channel, and what became of it."""

    queryset = OutgoingMessage.objects.none()
    serializer_class = MessageSerializer
    pagination_class = NewestMessagesFirst
    filters = MessageFilters
    # One's own messages are anybody's to read; `visible_to` shows no others.
    grants: ClassVar[Grants] = {"list": None, "retrieve": None}
    # What a message shows is computed, and its pages are found by cursor.
    reads_alone = False

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[OutgoingMessage]:
        """Describe the messages in the asker's scope."""
        return OutgoingMessage.objects.visible_to(asker).select_related("recipient")

    def list(self, request: Request) -> Response:
        """Return a page, newest first."""
        seen = OutgoingMessage.objects.visible_to(self.user).filtered(self.filter_values())
        page = self.paginate_queryset(seen.select_related("recipient"))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one message with its tries and its ETag."""
        data = MessageDetailSerializer(self.get_object()).data
        return Response(data, headers={"ETag": etag_of(data)})


class PreviewView(OfficeAPIView):
    """What will be sent."""

    grants: ClassVar[Grants] = {"get": None}

    @extend_schema(parameters=[PreviewFilters], responses=PreviewSerializer)
    def get(self, request: Request) -> Response:
        """List what will be sent to the person, or to all whom the asker sees."""
        values = checked(PreviewFilters, request.query_params.dict())
        found = coming_for(by=self.user, **values)
        context = {"moment_of": found.moment_of}
        return Response(PreviewSerializer(found, context=context).data)
