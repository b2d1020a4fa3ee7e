"""`/api/v1/messages`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OfficeViewSet, WaitingView
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.staff_api import UserViewSet
from accounts.wishes import Relation
from common.api import CursorPages, checked, etag_of
from messaging.inbox import read_inbox
from messaging.letters import send_email, send_sms
from messaging.models import OutgoingMessage
from messaging.preview import coming_for
from messaging.serializers import (
    EmailSerializer,
    InboxFilters,
    InboxSerializer,
    LetterSerializer,
    MessageDetailSerializer,
    MessageFilters,
    MessageSerializer,
    PreviewFilters,
    PreviewSerializer,
    QueuedSerializer,
    SmsSerializer,
)

Grants = dict[str, Permission | None]


@extend_schema_view(
    list=extend_schema(parameters=[MessageFilters], responses=MessageSerializer(many=True)),
    retrieve=extend_schema(responses=MessageDetailSerializer),
)
class MessageViewSet(OfficeViewSet[OutgoingMessage]):
    """What was owed to whom, over which channel, and what became of it."""

    queryset = OutgoingMessage.objects.none()
    serializer_class = MessageSerializer
    pagination_class = CursorPages
    filters = MessageFilters
    # One's own messages are anybody's to read; `visible_to` shows no others.
    grants: ClassVar[Grants] = {"list": None, "retrieve": None}
    # What a message shows is computed.
    reads_alone = False
    shown_as: ClassVar[dict[str, Any]] = {"retrieve": MessageDetailSerializer}
    relations: ClassVar[dict[str, Relation]] = {
        "recipient": Relation(UserViewSet, "recipient_id"),
        "sender": Relation(UserViewSet, "sender_id"),
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[OutgoingMessage]:
        """Describe the messages in the asker's scope."""
        return OutgoingMessage.objects.visible_to(asker).select_related("recipient")

    def list(self, request: Request) -> Response:
        """Return a page, newest first."""
        seen = OutgoingMessage.objects.visible_to(self.user).filtered(self.filter_values())
        return self.page_of(seen.select_related("recipient"))

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one message with its tries and its ETag."""
        data = MessageDetailSerializer(self.get_object()).data
        return Response(data, headers={"ETag": etag_of(data)})


class EmailView(OfficeAPIView):
    """Letters that people write."""

    grants: ClassVar[Grants] = {"post": Permission.TASK_ASSIGN}

    @extend_schema(request=EmailSerializer, responses={202: LetterSerializer})
    def post(self, request: Request) -> Response:
        """Send a letter to each address; answers go to whoever wrote it."""
        made = send_email(by=self.user, **checked(EmailSerializer, request.data))
        shown = {"id": made[0].pk, "status": made[0].status, "messages": made}
        return Response(LetterSerializer(shown).data, status=status.HTTP_202_ACCEPTED)


class InboxView(WaitingView):
    """The mailbox that the asker has connected."""

    grants: ClassVar[Grants] = {"get": None}

    @extend_schema(parameters=[InboxFilters], responses=InboxSerializer)
    def get(self, request: Request) -> Response:
        """Return its newest letters, or why there are none; nothing of them is kept here."""
        values = checked(InboxFilters, request.query_params.dict())
        return Response(InboxSerializer(read_inbox(by=self.user, **values)).data)


class SmsView(OfficeAPIView):
    """Texts to telephones that people write."""

    grants: ClassVar[Grants] = {"post": Permission.TASK_ASSIGN}
    # The way to send texts may be off here.
    may_be_missing = True

    @extend_schema(request=SmsSerializer, responses={202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        """Send a text, and say in how many parts it goes out."""
        made = send_sms(by=self.user, **checked(SmsSerializer, request.data))
        return Response(QueuedSerializer(made).data, status=status.HTTP_202_ACCEPTED)


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
