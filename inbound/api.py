"""`/api/v1/integrations`: how chats are linked, and where vendors bring what people write."""

from typing import ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OpenView
from accounts.models import Channel
from accounts.permissions import Permission
from common.errors import RefusedError
from inbound import telegram
from inbound.linking import link_to_telegram
from inbound.serializers import LinkSerializer
from messaging.contacts import unlink


class TelegramLinkView(OfficeAPIView):
    """The person's own chat with the bot."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None, "delete": None}

    @extend_schema(request=None, responses=LinkSerializer)
    def post(self, request: Request) -> Response:
        """Return an address that opens the chat and links it, once, within 15 minutes."""
        return Response(LinkSerializer(link_to_telegram(self.user)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Forget the chat."""
        unlink(person=self.user, channel=Channel.TELEGRAM)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TelegramWebhookView(OpenView):
    """Where Telegram brings what people write to the bot."""

    is_for_vendors = True

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT, auth=[])
    def post(self, request: Request) -> Response:
        """Take one update in; whatever it says is answered 200, or Telegram would repeat it."""
        if not telegram.is_telegram(request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")):
            raise RefusedError("This is not for you.")
        return Response(telegram.take(request.data))
