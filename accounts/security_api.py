"""`/api/v1/admin/security`: what an office asks of those who sign in."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView
from accounts.office_settings import change_settings
from accounts.permissions import Permission
from common.api import StrictSerializer, checked
from tenants.context import current_tenant
from tenants.settings import TenantSettings


class SecuritySerializer(StrictSerializer):
    """How long sessions last, and whose roles need a second factor."""

    session_idle_minutes = serializers.IntegerField(min_value=5, max_value=30 * 24 * 60)
    session_hours = serializers.IntegerField(min_value=1, max_value=90 * 24)
    step_up_minutes = serializers.IntegerField(min_value=1, max_value=24 * 60)
    mfa_roles = serializers.ListField(child=serializers.CharField(max_length=50), max_length=50)
    support_access = serializers.BooleanField()
    sso_only = serializers.BooleanField()
    sso_break_glass = serializers.UUIDField(allow_null=True)


FIELDS = tuple(SecuritySerializer().fields)


class SecurityView(OfficeAPIView):
    """What the office asks of those who sign in."""

    grants: ClassVar[dict[str, Permission | None]] = dict.fromkeys(
        ("get", "patch"), Permission.ADMIN_SETTINGS
    )
    recent = frozenset({"patch"})
    people_only = True

    @extend_schema(responses=SecuritySerializer)
    def get(self, request: Request) -> Response:
        """Show it."""
        return Response(_shown(current_tenant().settings))

    @extend_schema(request=SecuritySerializer(partial=True), responses=SecuritySerializer)
    def patch(self, request: Request) -> Response:
        """Change the given ones; they hold from the next request on."""
        changes = checked(SecuritySerializer, request.data, partial=True)
        return Response(_shown(change_settings(changes=changes, by=self.user)))


def _shown(settings: TenantSettings) -> dict[str, Any]:
    values = {name: getattr(settings, name) for name in FIELDS}
    shown = {name: sorted(v) if isinstance(v, frozenset) else v for name, v in values.items()}
    return {**shown, "sso_break_glass": settings.sso_break_glass or None}
