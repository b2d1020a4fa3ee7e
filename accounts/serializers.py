"""The shapes of the identity and audit parts of the API."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import AuditEntry, Channel, Team, User
from common.api import StrictModelSerializer, StrictSerializer
from common.fields import AddressField, ClockField, InstantField, PhoneField, TimeZoneField
from tenants.context import current_tenant

ACTIONS = ("CREATE", "UPDATE", "DELETE", "ACCESS")
# Argon2 works on all of it: nobody shall send a megabyte.
MAX_PASSWORD = 200
# A language, and where it is spoken: `de`, `pt-BR`.
LOCALE = r"^[a-z]{2,3}(-[A-Z]{2})?$"


class RegisterSerializer(StrictSerializer):
    """A new organisation and its first person."""

    email = AddressField()
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)
    tenant_name = serializers.CharField(max_length=120)
    full_name = serializers.CharField(max_length=120)


class LoginSerializer(StrictSerializer):
    """E-mail, password, and the office's slug when both fit several."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)
    tenant = serializers.CharField(max_length=50, required=False)


class RefreshSerializer(StrictSerializer):
    """A refresh token, when it is not in the Authorization header."""

    refresh_token = serializers.CharField(max_length=4096, required=False)


class PasswordChangeSerializer(StrictSerializer):
    """The old and the new password."""

    current_password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)
    new_password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)


class TokensSerializer(serializers.Serializer[Any]):
    """What opens the API; `expires_in` counts seconds."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField(default="bearer")
    expires_in = serializers.IntegerField()


class TeamNameSerializer(serializers.ModelSerializer[Team]):
    """A team in a profile."""

    class Meta:
        model = Team
        fields = ("id", "name")


@extend_schema_field(TeamNameSerializer(many=True))
class TeamNamesField(serializers.ReadOnlyField):
    """Teams as they come with the person."""

    def show(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what the API shows of an attribute's value."""
        return value

    to_representation = show


@extend_schema_field(serializers.ListField(child=serializers.CharField()))
class GrantsField(serializers.ReadOnlyField):
    """A set of grants, sorted."""

    def show(self, value: Iterable[str]) -> list[str]:
        """Return what the API shows of an attribute's value."""
        return sorted(value)

    to_representation = show


class MeSerializer(StrictModelSerializer):
    """One's own profile."""

    role = serializers.CharField(source="role.name", read_only=True)
    tenant_id = serializers.UUIDField(read_only=True)
    permissions = GrantsField()
    teams = TeamNamesField(source="own_teams")
    timezone = TimeZoneField(required=False)
    locale = serializers.RegexField(LOCALE, max_length=10, required=False)
    phone = PhoneField(required=False, allow_blank=True)
    notification_preference = serializers.ChoiceField(choices=Channel.choices, required=False)
    fallback_channels = serializers.ListField(
        child=serializers.ChoiceField(choices=Channel.choices),
        required=False,
        allow_null=True,
        max_length=len(Channel),
    )
    quiet_from = ClockField(required=False, allow_null=True)
    quiet_until = ClockField(required=False, allow_null=True)
    digest_at = ClockField(required=False, allow_null=True)
    mfa_enabled = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = (
            *("id", "email", "full_name", "role", "tenant_id", "permissions", "teams"),
            *("timezone", "locale", "phone", "notification_preference", "fallback_channels"),
            *("quiet_from", "quiet_until", "digest_at", "email_verified_at", "mfa_enabled"),
        )
        read_only_fields = ("email", "email_verified_at")


class TenantNameSerializer(serializers.Serializer[Any]):
    """An organisation in a few words."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()


class RegisteredSerializer(TokensSerializer):
    """Tokens, the new person and the new organisation."""

    user = MeSerializer()
    tenant = TenantNameSerializer()


class AuditFilters(StrictSerializer):
    """What the trail can be narrowed to."""

    action = serializers.ChoiceField(choices=ACTIONS, required=False)
    resource_type = serializers.CharField(max_length=50, required=False)
    resource_id = serializers.UUIDField(required=False)
    user = serializers.UUIDField(required=False)
    since = InstantField(required=False)
    until = InstantField(required=False)

    @staticmethod
    def lookups(values: dict[str, Any]) -> dict[str, Any]:
        """Translate the parameters into lookups of the entry's table."""
        names = {
            "action": "action",
            "resource_type": "content_type__model",
            "resource_id": "object_pk",
            "user": "actor_id",
            "since": "timestamp__gte",
            "until": "timestamp__lt",
        }
        values = {**values}
        if "action" in values:
            values["action"] = ACTIONS.index(values["action"])
        return {names[name]: value for name, value in values.items()}


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """One write."""

    tenant_id = serializers.SerializerMethodField()
    user_id = serializers.UUIDField(source="actor_id", allow_null=True)
    action = serializers.SerializerMethodField()
    resource_type = serializers.CharField(source="content_type.model")
    resource_id = serializers.CharField(source="object_pk")
    old_values = serializers.SerializerMethodField()
    new_values = serializers.SerializerMethodField()
    metadata = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="timestamp")

    class Meta:
        model = AuditEntry
        fields = (
            *("id", "tenant_id", "user_id", "action", "resource_type", "resource_id"),
            *("old_values", "new_values", "metadata", "created_at"),
        )

    def get_tenant_id(self, entry: AuditEntry) -> str:
        """Return the office's id."""
        return str(current_tenant().pk)

    def get_action(self, entry: AuditEntry) -> str:
        """Return CREATE, UPDATE, DELETE or ACCESS."""
        return ACTIONS[entry.action]

    def get_old_values(self, entry: AuditEntry) -> dict[str, Any] | None:
        """Return what stood there before; null for what was created."""
        return _side(entry, 0) if ACTIONS[entry.action] in {"UPDATE", "DELETE"} else None

    def get_new_values(self, entry: AuditEntry) -> dict[str, Any] | None:
        """Return what stands there now; null for what was deleted."""
        return _side(entry, 1) if ACTIONS[entry.action] in {"CREATE", "UPDATE"} else None

    def get_metadata(self, entry: AuditEntry) -> dict[str, Any]:
        """Return where the write came from."""
        return {
            "ip": entry.remote_addr,
            "user_agent": entry.user_agent,
            "request_id": entry.cid,
            "source": entry.source,
        }


def _side(entry: AuditEntry, index: int) -> dict[str, Any]:
    """Return the old (0) or new (1) values, typed as everywhere in the API."""
    model = entry.content_type.model_class()
    fields = model._meta.get_fields() if model else []
    instants = {field.name for field in fields if isinstance(field, models.DateTimeField)}
    return {
        name: _instant(pair[index]) if name in instants else pair[index]
        for name, pair in (entry.changes or {}).items()
    }


def _instant(text: str | None) -> str | None:
    """Return ISO 8601 with the offset; django-auditlog stores instants in UTC without one."""
    moment = parse_datetime(text or "")
    return moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z") if moment else text
