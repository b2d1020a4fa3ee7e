"""`/api/v1/admin/audit-logs/verify`."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView
from accounts.permissions import Permission
from accounts.seal_check import verify_trail
from common.api import StrictSerializer, checked
from common.fields import InstantField


class HeldSealSerializer(StrictSerializer):
    """A seal that somebody wrote down, and that must still stand."""

    seal = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)


class SealSerializer(StrictSerializer):
    """A seal: write it down somewhere else, and ask for it later."""

    number = serializers.IntegerField()
    seal = serializers.CharField()
    sealed_at = InstantField()


class BrokenSerializer(StrictSerializer):
    """The first thing that is not as it was sealed."""

    what = serializers.ChoiceField(
        choices=[
            *("entry_changed", "entry_missing", "entry_inserted", "seal_changed"),
            *("seal_missing", "tail_cut", "note_missing", "seal_unknown"),
        ]
    )
    sentence = serializers.CharField()
    entry_id = serializers.UUIDField(allow_null=True)
    seal = serializers.IntegerField(allow_null=True)


class VerdictSerializer(StrictSerializer):
    """What came of it."""

    intact = serializers.BooleanField()
    seals = serializers.IntegerField(help_text="how many were found good")
    entries = serializers.IntegerField(help_text="how many were found as they were sealed")
    last_seal = SealSerializer(allow_null=True)
    broken = BrokenSerializer(allow_null=True)


class AuditVerifyView(OfficeAPIView):
    """Whether the trail is what was sealed."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": Permission.ADMIN_AUDIT}

    @extend_schema(parameters=[HeldSealSerializer], responses=VerdictSerializer)
    def get(self, request: Request) -> Response:
        """Compare all entries with their seals; the first that is not as sealed is named."""
        asked = checked(HeldSealSerializer, request.query_params.dict())
        verdict = verify_trail(held=[asked["seal"]] if "seal" in asked else ())
        found: dict[str, Any] = {
            "intact": verdict.broken is None,
            "seals": verdict.seals,
            "entries": verdict.entries,
            "last_seal": verdict.last,
            "broken": asdict(verdict.broken) if verdict.broken else None,
        }
        return Response(VerdictSerializer(found).data)
