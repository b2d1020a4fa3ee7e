"""The shapes of people, roles and teams, for those who run an office."""

from typing import Any

from rest_framework import serializers

from accounts.models import Role, Team, User
from accounts.permissions import Permission
from accounts.serializers import MAX_PASSWORD
from common.api import StrictModelSerializer, StrictSerializer
from common.fields import AddressField, PhoneField, TimeZoneField


class PersonSerializer(StrictModelSerializer):
    """A person of the office; `role` is the name of one."""

    email = AddressField()
    role = serializers.CharField(source="role.name", max_length=50)
    timezone = TimeZoneField(required=False)
    phone = PhoneField(required=False, allow_blank=True)

    class Meta:
        model = User
        fields = (
            *("id", "email", "full_name", "role", "is_active", "timezone", "locale", "phone"),
            *("notification_preference", "is_service", "last_login", "created_at", "updated_at"),
        )
        read_only_fields = ("last_login", "is_service")

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked values, the role by its name."""
        values = super().to_internal_value(data)
        if "role" in values:
            values["role"] = values["role"]["name"]
        return values


class NewPersonSerializer(StrictSerializer):
    """Somebody to be let in with a first password."""

    email = AddressField()
    full_name = serializers.CharField(max_length=120)
    role = serializers.CharField(max_length=50, default="employee")
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)


class NewServiceSerializer(StrictSerializer):
    """A program that is to have keys of its own; it never signs in."""

    full_name = serializers.CharField(max_length=120)
    role = serializers.CharField(max_length=50, default="employee")


class PersonFilters(StrictSerializer):
    """What the list of people can be narrowed to."""

    is_active = serializers.BooleanField(required=False)
    role = serializers.CharField(max_length=50, required=False)


class HeirSerializer(StrictSerializer):
    """Who takes the work of a person that is deleted."""

    reassign_to = serializers.UUIDField(required=False)


class RoleSerializer(StrictModelSerializer):
    """A role and what it may."""

    name = serializers.CharField(max_length=50)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=Permission.choices), max_length=len(Permission)
    )

    class Meta:
        model = Role
        fields = ("id", "name", "permissions", "built_in", "created_at", "updated_at")
        read_only_fields = ("built_in",)


class TeamSerializer(StrictModelSerializer):
    """A team; the first of its members takes what is given to it."""

    name = serializers.CharField(max_length=80)
    lead_id = serializers.UUIDField(required=False, allow_null=True)
    member_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=1000
    )

    class Meta:
        model = Team
        fields = ("id", "name", "lead_id", "member_ids", "created_at", "updated_at")
