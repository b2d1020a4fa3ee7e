"""`/api/v1/auth/password/reset` and `/api/v1/auth/email/change`."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OpenView, body_of
from accounts.permissions import Permission
from accounts.recovery import ask_for_reset, ask_to_move, confirm_move, confirm_reset
from accounts.serializers import MAX_PASSWORD
from common.api import StrictSerializer
from common.fields import AddressField

DONE = status.HTTP_204_NO_CONTENT


class ResetSerializer(StrictSerializer):
    """Whose password was forgotten."""

    email = serializers.CharField(max_length=254)


class ResetConfirmSerializer(StrictSerializer):
    """The token of the letter, and the new password."""

    token = serializers.CharField(max_length=1000)
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)


class EmailChangeSerializer(StrictSerializer):
    """The new address, and the password."""

    email = AddressField()
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)


class EmailConfirmSerializer(StrictSerializer):
    """The token of the letter."""

    token = serializers.CharField(max_length=2000)


class PasswordResetView(OpenView):
    """The way for those who forgot their password."""

    @extend_schema(request=ResetSerializer, responses={202: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Write to the address if it is somebody's; the answer and its time are the same."""
        ask_for_reset(**body_of(request, ResetSerializer))
        return Response(status=status.HTTP_202_ACCEPTED)


class PasswordResetConfirmView(OpenView):
    """The end of that way."""

    @extend_schema(request=ResetConfirmSerializer, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Set the password; all sessions end."""
        confirm_reset(**body_of(request, ResetConfirmSerializer))
        return Response(status=DONE)


class EmailChangeView(OfficeAPIView):
    """One's own address."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None}
    people_only = True

    @extend_schema(request=EmailChangeSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        """Write to the new address; with the present one it is confirmed again."""
        ask_to_move(user=self.user, **body_of(request, EmailChangeSerializer))
        return Response(status=status.HTTP_202_ACCEPTED)


class EmailChangeConfirmView(OpenView):
    """The end of that way."""

    @extend_schema(request=EmailConfirmSerializer, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Make the address that of the person."""
        confirm_move(**body_of(request, EmailConfirmSerializer))
        return Response(status=DONE)
