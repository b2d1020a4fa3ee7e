"""`/api/v1/integrations`: how chats are linked, and where vendors bring what people write."""

from typing import Any, ClassVar
from xml.sax.saxutils import escape

from django.http import HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OpenView, WaitingView
from accounts.models import Channel
from accounts.permissions import Permission
from common.api import checked
from common.errors import RefusedError, UnauthenticatedError
from common.parsers import StrictFormParser, StrictJSONParser
from inbound import slack, telegram, twilio
from inbound.linking import link_to_telegram
from inbound.serializers import CodeSerializer, LinkSerializer, NumberSerializer
from messaging.contacts import unlink
from messaging.telephones import confirm_code, send_code

SLACK_FORM = {"application/x-www-form-urlencoded": OpenApiTypes.OBJECT}


class TelegramLinkView(OfficeAPIView):
    """The person's own chat with the bot."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None, "delete": None}
    shows_secrets = frozenset({"post"})
    # A platform may have no bot.
    may_be_missing = True

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
    rate = "vendor"

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT, auth=[])
    def post(self, request: Request) -> Response:
        """Take one update in; whatever it says is answered 200, or Telegram would repeat it."""
        if not telegram.is_telegram(request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")):
            raise RefusedError("This is not for you.")
        return Response(telegram.take(request.data))


class TelephoneView(OfficeAPIView):
    """The person's own telephone."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None, "delete": None}
    # The way to send texts may be off here.
    may_be_missing = True

    @extend_schema(request=NumberSerializer, responses={202: NumberSerializer})
    def post(self, request: Request) -> Response:
        """Send a code to the number, good for 15 minutes; at most five in an hour."""
        values = checked(NumberSerializer, request.data)
        send_code(person=self.user, **values)
        return Response(values, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Forget the number."""
        unlink(person=self.user, channel=Channel.SMS)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TelephoneCodeView(WaitingView):
    """The code that was sent; a wrong one counts, so that nothing is taken back."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None}

    @extend_schema(request=CodeSerializer, responses=NumberSerializer)
    def post(self, request: Request) -> Response:
        """Make the number the person's own: reminders go there, and what it writes is heard."""
        contact = confirm_code(person=self.user, **checked(CodeSerializer, request.data))
        return Response({"number": contact.address})


class TwilioView(OpenView):
    """What Twilio's webhooks share: a form or JSON, signed with the account's token."""

    is_for_vendors = True
    rate = "vendor"
    parser_classes = (StrictFormParser, StrictJSONParser)

    def signed(self, request: Request) -> dict[str, str]:
        """Return what was posted. Raises RefusedError for what Twilio did not sign."""
        # The bytes before they are parsed.
        body = request.body
        data = request.data
        is_signed = twilio.is_signed(
            path=request.get_full_path(),
            values=dict(data.lists()) if isinstance(data, QueryDict) else None,
            signature=request.headers.get("X-Twilio-Signature", ""),
            settings_header=request.headers.get("X-Twilio-Webhooks-Signature-Settings", ""),
            body=body,
        )
        if not is_signed:
            raise RefusedError("This is not for you.")
        return {name: str(value) for name, value in data.items()} if isinstance(data, dict) else {}


class TwilioSmsView(TwilioView):
    """Where Twilio brings SMS that people write."""

    @extend_schema(
        request={"application/x-www-form-urlencoded": OpenApiTypes.OBJECT},
        responses={(200, "text/xml"): OpenApiTypes.STR},
        auth=[],
    )
    def post(self, request: Request) -> HttpResponse:
        """Take one SMS in, once; the answer to it goes through the outbox."""
        reply = twilio.take_sms(self.signed(request))
        body = f"<Message>{escape(reply)}</Message>" if reply else ""
        xml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'
        return HttpResponse(xml, content_type="text/xml; charset=utf-8")


class TwilioStatusView(TwilioView):
    """Where Twilio tells what became of an SMS."""

    @extend_schema(
        request={"application/x-www-form-urlencoded": OpenApiTypes.OBJECT},
        responses={204: None},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Note it; reports come late, twice and in any order."""
        values = self.signed(request)
        twilio.take_status(request.query_params.get("m", ""), values)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SlackView(OpenView):
    """What Slack's webhooks share: JSON or a form, signed over the raw body, and fresh."""

    is_for_vendors = True
    parser_classes = (StrictFormParser, StrictJSONParser)

    def signed(self, request: Request) -> dict[str, Any]:
        """Return what was posted. Raises UnauthenticatedError for what Slack did not sign."""
        # The bytes before they are parsed.
        body = request.body
        is_signed = slack.is_signed(
            body=body,
            timestamp=request.headers.get("X-Slack-Request-Timestamp", ""),
            signature=request.headers.get("X-Slack-Signature", ""),
        )
        if not is_signed:
            raise UnauthenticatedError("This is not for you.")
        data: Any = request.data
        if isinstance(data, QueryDict):
            return {name: str(value) for name, value in data.items()}
        return data if isinstance(data, dict) else {}


class SlackEventsView(SlackView):
    """Where Slack brings what people write to the app."""

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT, auth=[])
    def post(self, request: Request) -> Response:
        """Take one event in, once; what is not for us is answered 200 as well."""
        return Response(slack.take_event(self.signed(request)))


class SlackCommandsView(SlackView):
    """Where Slack brings slash commands."""

    @extend_schema(request=SLACK_FORM, responses=OpenApiTypes.OBJECT, auth=[])
    def post(self, request: Request) -> Response:
        """Take one command in, once; its author alone sees the answer."""
        return Response(slack.take_command(self.signed(request)))


class SlackActionsView(SlackView):
    """Where Slack brings buttons that people press (Interactivity)."""

    @extend_schema(request=SLACK_FORM, responses=OpenApiTypes.OBJECT, auth=[])
    def post(self, request: Request) -> Response:
        """Take one touch in, once."""
        slack.take_action(self.signed(request))
        return Response({})
