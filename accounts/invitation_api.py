"""`/api/v1/admin/invitations`, and the door through which the invited come in."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet, OpenView, body_of
from accounts.identity_models import Invitation, InvitationStatus
from accounts.invitations import (
    accept_and_sign_in,
    change_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.serializers import MAX_PASSWORD, TokensSerializer
from common.api import StrictModelSerializer, StrictSerializer
from common.fields import AddressField


class InvitationSerializer(StrictModelSerializer):
    """Somebody who may come in; `role` is the name of one."""

    email = AddressField()
    role = serializers.CharField(source="role.name", max_length=50, default="employee")
    status = serializers.ChoiceField(choices=InvitationStatus.choices, read_only=True)
    invited_by_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = Invitation
        fields = (
            *("id", "email", "full_name", "role", "status", "invited_by_id", "expires_at"),
            *("accepted_at", "created_at", "updated_at"),
        )
        read_only_fields = ("expires_at", "accepted_at")

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked values, the role by its name."""
        values = super().to_internal_value(data)
        if "role" in values:
            values["role"] = values["role"]["name"]
        return values


class InvitationChangeSerializer(StrictSerializer):
    """What may change of it; the address stays."""

    full_name = serializers.CharField(max_length=120, allow_blank=True, required=False)
    role = serializers.CharField(max_length=50, required=False)


class InvitationFilters(StrictSerializer):
    """What the list can be narrowed to."""

    status = serializers.ChoiceField(choices=InvitationStatus.choices, required=False)


class AcceptSerializer(StrictSerializer):
    """The token of the link, and what the person chooses."""

    token = serializers.CharField(max_length=1000)
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)
    full_name = serializers.CharField(max_length=120)


@extend_schema_view(list=extend_schema(parameters=[InvitationFilters]))
class InvitationViewSet(OfficeViewSet[Invitation]):
    """Who may come in, and what became of it."""

    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    filters = InvitationFilters
    grants: ClassVar[dict[str, Permission | None]] = dict.fromkeys(
        ("list", "create", "retrieve", "partial_update", "destroy", "resend"),
        Permission.USER_CREATE,
    )

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Invitation]:
        """Describe the invitations that the asker may see."""
        rows = Invitation.objects.visible_to(asker).with_status(values.get("now", timezone.now()))
        return rows.filter(**{key: value for key, value in values.items() if key == "status"})

    def list(self, request: Request) -> Response:
        """Return a page of invitations, newest first."""
        return self.page(self.filter_values())

    def create(self, request: Request) -> Response:
        """Write to somebody that they may come in."""
        invitation = invite(**self.checked(InvitationSerializer), by=self.user)
        return self.answer(invitation.pk, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one invitation with its ETag."""
        return self.answer(pk)

    @extend_schema(request=InvitationChangeSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change name or role of somebody who has not come in yet."""
        changes = self.checked(InvitationChangeSerializer, partial=True)
        change_invitation(invitation=self.locked_object(), changes=changes, by=self.user)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Take it back."""
        revoke_invitation(invitation=self.locked_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=InvitationSerializer)
    def resend(self, request: Request, pk: UUID) -> Response:
        """Write again, with a new link; the one before is good no longer."""
        resend_invitation(invitation=self.locked_object(), by=self.user)
        return self.answer(pk)


class AcceptInvitationView(OpenView):
    """The door for the invited."""

    @extend_schema(request=AcceptSerializer, responses=TokensSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Make the person, and sign them in; the token is good once."""
        return Response(accept_and_sign_in(**body_of(request, AcceptSerializer)))
