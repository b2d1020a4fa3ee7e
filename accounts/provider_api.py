"""`/api/v1/admin/identity-providers`."""

import json
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.identity_models import IdentityProvider
from accounts.models import User
from accounts.permissions import Permission
from accounts.providers import delete_provider, save_provider
from accounts.reading import Values
from accounts.sso import redirect_uri
from common.api import StrictModelSerializer, StrictSerializer


@extend_schema_field(serializers.DictField(child=serializers.CharField()))
class RoleMapField(serializers.ReadOnlyField):
    """From the name of a group to that of a role."""

    def show(self, value: str) -> Any:
        """Return what the API shows of a column's value: JSON, read as text."""
        return json.loads(value)

    to_representation = show


class ProviderSerializer(StrictModelSerializer):
    """A provider, without its secret."""

    default_role = serializers.CharField(source="default_role.name", read_only=True)
    domains = serializers.ListField(child=serializers.CharField(), read_only=True)
    role_map = RoleMapField(source="role_map_text")

    class Meta:
        model = IdentityProvider
        fields = (
            *("id", "name", "issuer", "client_id", "domains", "creates_people", "default_role"),
            *("group_claim", "role_map", "is_active", "created_at", "updated_at"),
        )


class ProviderWriteSerializer(StrictSerializer):
    """A provider to be set up, or what changes of it."""

    name = serializers.CharField(max_length=80)
    issuer = serializers.CharField(max_length=300)
    client_id = serializers.CharField(max_length=200)
    client_secret = serializers.CharField(max_length=500, required=False, allow_blank=True)
    domains = serializers.ListField(child=serializers.CharField(max_length=253), max_length=50)
    creates_people = serializers.BooleanField(required=False)
    default_role = serializers.CharField(max_length=50, default="employee")
    group_claim = serializers.CharField(max_length=80, required=False, allow_blank=True)
    role_map = serializers.DictField(
        child=serializers.CharField(max_length=50), required=False, allow_empty=True
    )
    is_active = serializers.BooleanField(required=False)


class MadeProviderSerializer(ProviderSerializer):
    """A provider, and where it is to send browsers back to."""

    redirect_uri = serializers.CharField(read_only=True)

    class Meta:
        model = IdentityProvider
        fields: Any = (*ProviderSerializer.Meta.fields, "redirect_uri")


class ProviderViewSet(OfficeViewSet[IdentityProvider]):
    """Where the office's people sign in elsewhere."""

    queryset = IdentityProvider.objects.none()
    serializer_class = ProviderSerializer
    people_only = True
    grants: ClassVar[dict[str, Permission | None]] = dict.fromkeys(
        ("list", "create", "retrieve", "partial_update", "destroy"), Permission.ADMIN_SETTINGS
    )
    recent = frozenset({"create", "partial_update", "destroy"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[IdentityProvider]:
        """Describe the providers that the asker may see."""
        rows = IdentityProvider.objects.visible_to(asker)
        return rows.annotate(role_map_text=Cast("role_map", TextField()))

    def list(self, request: Request) -> Response:
        """Return a page of providers."""
        return self.page(self.filter_values())

    @extend_schema(request=ProviderWriteSerializer, responses={201: MadeProviderSerializer})
    def create(self, request: Request) -> Response:
        """Set one up."""
        changes = self.checked(ProviderWriteSerializer)
        provider = save_provider(provider=IdentityProvider(), changes=changes, by=self.user)
        return self._made(provider.pk, status=status.HTTP_201_CREATED)

    @extend_schema(responses=MadeProviderSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one, and where it is to send browsers back to."""
        return self._made(pk)

    @extend_schema(request=ProviderWriteSerializer(partial=True), responses=MadeProviderSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields; a secret that is not given stays."""
        changes = self.checked(ProviderWriteSerializer, partial=True)
        save_provider(provider=self.get_object(), changes=changes, by=self.user)
        return self._made(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete it; nobody signs in by it any more."""
        delete_provider(provider=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _made(self, pk: UUID, *, status: int = status.HTTP_200_OK) -> Response:
        answer = self.answer(pk, status=status)
        answer.data["redirect_uri"] = redirect_uri(pk)
        return answer
