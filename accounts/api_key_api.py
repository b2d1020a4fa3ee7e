"""`/api/v1/auth/api-keys`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.api_keys import change_api_key, create_api_key, delete_api_key
from accounts.identity_models import ApiKey
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from common.api import StrictModelSerializer, StrictSerializer
from common.fields import InstantField


def _scopes(**options: Any) -> serializers.ListField:
    grants = serializers.ChoiceField(choices=Permission.choices)
    return serializers.ListField(child=grants, max_length=len(Permission), **options)


class ApiKeySerializer(StrictModelSerializer):
    """A key, without its secret."""

    owner_id = serializers.UUIDField(source="user_id", read_only=True)
    scopes = _scopes()

    class Meta:
        model = ApiKey
        fields = (
            *("id", "name", "prefix", "owner_id", "scopes", "expires_at", "last_used_at"),
            *("created_at", "updated_at"),
        )
        read_only_fields = ("prefix", "last_used_at")


class NewApiKeySerializer(StrictSerializer):
    """A key to be made; `owner_id` names a service account."""

    name = serializers.CharField(max_length=80)
    scopes = _scopes()
    expires_at = InstantField(required=False)
    owner_id = serializers.UUIDField(required=False)


class ApiKeyChangeSerializer(StrictSerializer):
    """What may change of a key."""

    name = serializers.CharField(max_length=80, required=False)
    scopes = _scopes(required=False)
    expires_at = InstantField(required=False)


class MadeApiKeySerializer(ApiKeySerializer):
    """A new key; `key` is shown this once."""

    key = serializers.CharField(read_only=True)

    class Meta:
        model = ApiKey
        fields: Any = (*ApiKeySerializer.Meta.fields, "key")
        read_only_fields = ApiKeySerializer.Meta.read_only_fields


class ApiKeyViewSet(OfficeViewSet[ApiKey]):
    """One's own keys, and those of service accounts. A key cannot open this door."""

    queryset = ApiKey.objects.none()
    serializer_class = ApiKeySerializer
    people_only = True
    recent = frozenset({"create", "partial_update"})
    shows_secrets = frozenset({"create"})
    grants: ClassVar[dict[str, Permission | None]] = dict.fromkeys(
        ("list", "create", "retrieve", "partial_update", "destroy")
    )

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[ApiKey]:
        """Describe the keys that the asker may see."""
        return ApiKey.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of keys, newest first."""
        return self.page(self.filter_values())

    @extend_schema(request=NewApiKeySerializer, responses={201: MadeApiKeySerializer})
    def create(self, request: Request) -> Response:
        """Make a key; its text is in this answer and nowhere else."""
        key, text = create_api_key(**self.checked(NewApiKeySerializer), by=self.user)
        answer = self.answer(key.pk, status=status.HTTP_201_CREATED)
        answer.data["key"] = text
        return answer

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one key with its ETag."""
        return self.answer(pk)

    @extend_schema(request=ApiKeyChangeSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change name, scopes or end."""
        changes = self.checked(ApiKeyChangeSerializer, partial=True)
        change_api_key(key=self.locked_object(), changes=changes, by=self.user)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete it; it opens nothing from now on."""
        delete_api_key(key=self.locked_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
