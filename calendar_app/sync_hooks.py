"""`/api/v1/integrations/<vendor>/notifications`: where vendors tell that a calendar has changed."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OpenView
from calendar_app.sync.channels import Notice, told_by_google, told_by_microsoft
from common.errors import InvalidError, RefusedError

LONGEST_TOKEN = 2048
MOST_ITEMS = 1000


class GoogleNoticeView(OpenView):
    """Where Google tells; all that it says stands in the headers."""

    is_for_vendors = True
    rate = "vendor"

    @extend_schema(request=None, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Have the calendar looked at, if the word is the one that Google was given."""
        notice = Notice(
            token=request.headers.get("X-Goog-Channel-Token", ""),
            channel=request.headers.get("X-Goog-Channel-ID", ""),
            resource=request.headers.get("X-Goog-Resource-ID", ""),
            state=request.headers.get("X-Goog-Resource-State", ""),
        )
        if not told_by_google(notice):
            raise RefusedError("This is not for you.")
        return Response(status=status.HTTP_204_NO_CONTENT)


class MicrosoftNoticeView(OpenView):
    """Where Graph tells, and where it looks whether the door is there."""

    is_for_vendors = True
    rate = "vendor"

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={202: None, (200, "text/plain"): OpenApiTypes.STR},
        auth=[],
    )
    def post(self, request: Request) -> HttpResponse:
        """Have those calendars looked at whose word is the one that Graph was given."""
        token = request.query_params.get("validationToken")
        if token is not None:
            return _echo(token)
        body = request.data
        items = body.get("value") if isinstance(body, dict) else None
        if not isinstance(items, list) or len(items) > MOST_ITEMS:
            raise InvalidError("This is no notification.", code="invalid", attr="value")
        told_by_microsoft(items)
        return Response(status=status.HTTP_202_ACCEPTED)


def _echo(token: str) -> HttpResponse:
    """Return the word, as Graph wants it; nothing that a browser would take for a page."""
    if len(token) > LONGEST_TOKEN or "<" in token:
        raise InvalidError("This is no token.", code="invalid", attr="validationToken")
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(token, content_type="text/plain", headers=headers)
