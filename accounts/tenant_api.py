"""`/api/v1/admin/tenant`: the office as its admins see it."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView
from accounts.office_settings import change_office
from accounts.permissions import Permission
from common.api import StrictSerializer, checked, etag_of, require_match
from common.fields import ClockField, InstantField, TimeZoneField
from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.settings import TenantSettings


class OfficeSettingsSerializer(StrictSerializer):
    """When the office works, and by which ways it sends.

    Sign-ins and language models have doors of their own.
    """

    office_opens = ClockField()
    office_closes = ClockField()
    working_days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6),
        min_length=1,
        max_length=7,
        help_text="Monday is 0.",
    )
    fiscal_year_starts = serializers.IntegerField(
        min_value=1, max_value=12, help_text="The month in which it starts."
    )
    email_provider = serializers.ChoiceField(
        choices=["microsoft", "smtp"],
        help_text="The connected mailbox where there is one, or always the platform's mail server.",
    )
    sms_enabled = serializers.BooleanField()


class OfficeSerializer(StrictSerializer):
    """The office; its plan and its short name are changed by the platform alone."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120)
    slug = serializers.CharField(read_only=True)
    timezone = TimeZoneField()
    region = serializers.CharField(read_only=True)
    subscription_tier = serializers.CharField(read_only=True)
    settings = OfficeSettingsSerializer()
    created_at = InstantField(read_only=True)


PLAIN = ("id", "name", "slug", "timezone", "region", "subscription_tier", "created_at")
SETTINGS: tuple[str, ...] = tuple(OfficeSettingsSerializer().fields)


class TenantView(OfficeAPIView):
    """The office: its name, its time zone, when it works, and how it sends."""

    grants: ClassVar[dict[str, Permission | None]] = dict.fromkeys(
        ("get", "patch"), Permission.ADMIN_SETTINGS
    )
    is_tagged = True

    @extend_schema(responses=OfficeSerializer)
    def get(self, request: Request) -> Response:
        """Show it with the ETag."""
        data = _shown(current_tenant())
        return Response(data, headers={"ETag": etag_of(data)})

    @extend_schema(request=OfficeSerializer(partial=True), responses=OfficeSerializer)
    def patch(self, request: Request) -> Response:
        """Change the given fields, and of the settings the given ones."""
        changes = checked(OfficeSerializer, request.data, partial=True)
        changes |= changes.pop("settings", {})

        def is_as_seen(office: Tenant) -> None:
            require_match(request, _shown(office))

        change_office(changes=changes, check=is_as_seen)
        return self.get(request)


def _shown(office: Tenant) -> dict[str, Any]:
    values = {name: getattr(office, name) for name in PLAIN}
    data = OfficeSerializer({**values, "settings": _shown_settings(office.settings)}).data
    return dict(data)


def _shown_settings(settings: TenantSettings) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(settings, name) for name in SETTINGS}
    return {**values, "working_days": sorted(settings.working_days)}
