"""`/api/v1/auth/sessions` and `/api/v1/auth/devices`: where one is signed in, and was."""

from typing import ClassVar
from uuid import UUID

from django.db.models import BooleanField, QuerySet, Value
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.devices import forget_device
from accounts.identity_models import Device
from accounts.models import RefreshFamily, User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.sign_ins import end_all_sessions, end_session
from common.api import StrictModelSerializer

Grants = dict[str, Permission | None]
GONE = status.HTTP_204_NO_CONTENT


class SessionSerializer(StrictModelSerializer):
    """One session; `current` is that of the token which asks."""

    current = serializers.BooleanField(read_only=True)
    address = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = RefreshFamily
        fields = (
            *("id", "kind", "method", "address", "user_agent", "created_at", "seen_at"),
            *("authenticated_at", "expires_at", "current"),
        )


class DeviceSerializer(StrictModelSerializer):
    """Where one has signed in from."""

    address = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Device
        fields = ("id", "label", "address", "created_at", "seen_at")


class SessionViewSet(OfficeViewSet[RefreshFamily]):
    """One's own sessions, of the API and of the pages."""

    queryset = RefreshFamily.objects.none()
    serializer_class = SessionSerializer
    people_only = True
    grants: ClassVar[Grants] = {"list": None, "destroy": None, "end_others": None}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[RefreshFamily]:
        """Describe the sessions that go on."""
        rows = RefreshFamily.objects.visible_to(asker)
        rows = rows.going_on(values.get("now", timezone.now()))
        current = Value(value=False, output_field=BooleanField())
        return rows.annotate(current=current).order_by("-created_at", "id")

    def list(self, request: Request) -> Response:
        """Return a page of sessions, newest first."""
        answer = self.page(self.filter_values())
        for row in answer.data["results"]:
            row["current"] = row["id"] == self.user.session_id
        return answer

    def destroy(self, request: Request, pk: UUID) -> Response:
        """End one; its tokens are good no longer."""
        end_session(session=self.get_object())
        return Response(status=GONE)

    @extend_schema(request=None, responses={204: None})
    def end_others(self, request: Request) -> Response:
        """End all but the one that asks."""
        end_all_sessions(user=self.user, why="ended", keep=self.user.session_id)
        return Response(status=GONE)


class DeviceViewSet(OfficeViewSet[Device]):
    """The devices from which one has signed in."""

    queryset = Device.objects.none()
    serializer_class = DeviceSerializer
    people_only = True
    grants: ClassVar[Grants] = {"list": None, "destroy": None}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Device]:
        """Describe one's devices."""
        return Device.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of devices, last seen first."""
        return self.page(self.filter_values())

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget one: when somebody signs in from there again, it is news."""
        forget_device(device=self.locked_object())
        return Response(status=GONE)
