"""The whole office as one file, for its admins."""

from typing import Any, ClassVar

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView
from accounts.permissions import Permission
from tenants.context import current_tenant
from tenants.downloads import archive_response
from tenants.operation_models import Operation, OperationStatus
from tenants.operations import export_of

# Seconds until a client asks again: a moment while it is made, longer after a failure.
SOON, LATER = 2, 60


class ExportSerializer(serializers.Serializer[Operation]):
    """How far the archive is; the sentence tells why when it failed."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=OperationStatus.choices)
    progress = serializers.IntegerField(min_value=0, max_value=100)
    step = serializers.SerializerMethodField()

    def get_step(self, export: Operation) -> str:
        """Return what is being done, or what went wrong."""
        return export.error or export.step


class OneAnswer(BaseContentNegotiation):
    """Answers in one way, whatever the client accepts: the archive is no JSON, the rest is."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """Take the first."""
        return renderers[0], renderers[0].media_type

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Take the first."""
        return parsers[0]


class TenantExportView(OfficeAPIView):
    """The office's archive, as docs/archive.md describes it."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": Permission.ADMIN_SETTINGS}
    content_negotiation_class = OneAnswer
    recent = frozenset({"get"})

    @extend_schema(
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 202: ExportSerializer},
        parameters=[OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[202])],
    )
    def get(self, request: Request) -> Response | FileResponse:
        """Have an archive made (202), and fetch it once it is there (200); it stays an hour."""
        export = export_of(tenant=current_tenant(), requested_by=f"user {self.user.pk}")
        if export.status == OperationStatus.DONE:
            return archive_response(export)
        wait = LATER if export.status == OperationStatus.FAILED else SOON
        answer = ExportSerializer(export).data
        return Response(answer, status=status.HTTP_202_ACCEPTED, headers={"Retry-After": str(wait)})
