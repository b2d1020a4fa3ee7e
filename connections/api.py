"""`/api/v1/integrations`: accounts at vendors."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet, OpenView, WaitingView, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from common.api import checked
from common.parsers import StrictFormParser
from common.schema import ErrorSerializer
from connections.models import Connection
from connections.serializers import (
    ConnectionSerializer,
    ConnectSerializer,
    DisconnectFilters,
    WaySerializer,
)
from connections.services import begin_connecting, disconnect_provider, park_reply

Grants = dict[str, Permission | None]
PAGE: Any = {(200, "text/html"): OpenApiTypes.STR, 401: ErrorSerializer}


class ConnectionViewSet(OfficeViewSet[Connection]):
    """The accounts that the asker sees: one's own, or all for an admin."""

    queryset = Connection.objects.none()
    serializer_class = ConnectionSerializer
    grants: ClassVar[Grants] = {"list": None}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Connection]:
        """Describe the accounts in the asker's scope."""
        return Connection.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of connected accounts, with what is wrong with them."""
        return self.page(self.filter_values())


class ConnectView(WaitingView):
    """The way to a vendor."""

    grants: ClassVar[Grants] = {"post": None}
    shows_secrets = frozenset({"post"})
    # A platform may not be set up for the vendor.
    may_be_missing = True
    provider = ""

    @extend_schema(request=ConnectSerializer, responses={200: WaySerializer, 403: ErrorSerializer})
    def post(self, request: Request) -> Response:
        """Return where the person goes to agree; good for 10 minutes, and for that person."""
        values = body_of(request, ConnectSerializer)
        url = begin_connecting(provider=self.provider, by=self.user, **values)
        return Response({"authorization_url": url})


class DisconnectView(WaitingView):
    """A vendor's accounts."""

    grants: ClassVar[Grants] = {"delete": None}
    provider = ""

    @extend_schema(parameters=[DisconnectFilters], responses={204: None, 403: ErrorSerializer})
    def delete(self, request: Request) -> Response:
        """Disconnect the person's accounts, or the office's; tokens are revoked and wiped."""
        values = checked(DisconnectFilters, request.query_params.dict())
        disconnect_provider(provider=self.provider, by=self.user, of_office=values["for_office"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class OfficeConnectView(ConnectView):
    """The way to a vendor whose accounts are the whole office's."""

    grants: ClassVar[Grants] = {"post": Permission.ADMIN_SETTINGS}


class OfficeDisconnectView(DisconnectView):
    """The accounts of a vendor whose accounts are the whole office's."""

    grants: ClassVar[Grants] = {"delete": Permission.ADMIN_SETTINGS}


class CallbackView(OpenView):
    """Where a vendor sends the person back; the office is named by the word that we sent along."""

    provider = ""

    @extend_schema(request=None, responses=PAGE, auth=[])
    def get(self, request: Request) -> HttpResponse:
        """Put the answer aside and lead the person to the office, where it is taken."""
        return self.lead_on(request, request.query_params.dict())

    def lead_on(self, request: Request, values: dict[str, str]) -> HttpResponse:
        """Show a page that goes on by itself."""
        asked: HttpRequest = request._request  # noqa: SLF001  what templates are rendered for
        url = park_reply(provider=self.provider, values=values)
        return render(asked, "connections/callback.html", {"url": url})


class PostedCallbackView(CallbackView):
    """The same for a vendor that posts its answer, as Microsoft does (response_mode=form_post)."""

    parser_classes = (StrictFormParser,)

    @extend_schema(
        request={"application/x-www-form-urlencoded": OpenApiTypes.OBJECT},
        responses=PAGE,
        auth=[],
    )
    def post(self, request: Request) -> HttpResponse:
        """Put the answer aside and lead the person to the office, where it is taken."""
        data: Any = request.data
        return self.lead_on(request, {name: str(text) for name, text in data.items()})
