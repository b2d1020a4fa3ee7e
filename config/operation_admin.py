"""What is done with whole organisations, in the platform console."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.consoles import person_of
from common.audit import record_access
from common.consoles import OfficeAdmin
from tenants.downloads import archive_response
from tenants.operation_models import ErasureCertificate, Operation
from tenants.operations import cancel_operation, is_fetchable, retry_operation
from tenants.schema_states import SchemaState


@admin.register(Operation)
class OperationAdmin(OfficeAdmin[Operation]):
    """How far each export, import and erasure is."""

    actions = ("cancel", "retry")
    list_display = ("__str__", "status", "progress", "step", "error", "asked", "archive")
    list_filter = ("kind", "status")
    search_fields = ("label", "requested_by", "request_id")
    fields = (
        *("kind", "label", "status", "progress", "step", "error", "archive", "bytes", "sha256"),
        *("requested_by", "request_id", "tries", "created_at", "started_at", "ended_at"),
    )
    readonly_fields = fields

    def has_tend_permission(self, request: HttpRequest) -> bool:
        """Whoever may change organisations. The rows themselves are for workers to change."""
        return person_of(request).has_perm("tenants.change_tenant")

    @admin.display(description="asked", ordering="created_at")
    def asked(self, operation: Operation) -> object:
        """Return when it was asked for."""
        return operation.created_at

    @admin.display(description="archive")
    def archive(self, operation: Operation) -> str:
        """Link to a finished archive."""
        if not is_fetchable(operation):
            return "–"
        place = reverse("admin:operation-archive", args=[operation.pk])
        return format_html('<a href="{}">Download</a>', place)

    def get_urls(self) -> list[URLPattern]:
        """Add the archive."""
        view = self.admin_site.admin_view(self.download)
        own = path("<uuid:pk>/archive/", view, name="operation-archive")
        return [own, *super().get_urls()]

    def download(self, request: HttpRequest, pk: UUID) -> FileResponse:
        """Hand the archive out; it stands in the organisation's trail and in the platform's."""
        if not self.has_tend_permission(request):
            raise PermissionDenied
        operation = get_object_or_404(Operation, pk=pk)
        response = archive_response(operation)
        record_access(operation)
        return response

    @admin.action(description="Cancel selected operations", permissions=["tend"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        """Take back what is not over."""
        for operation in queryset:
            cancel_operation(operation=operation)
            self.message_user(request, f"{operation} is cancelled.")

    @admin.action(description="Begin selected operations again", permissions=["tend"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        """Queue what failed."""
        for operation in queryset:
            retry_operation(operation=operation)
            self.message_user(request, f"{operation} is begun again.")


@admin.register(ErasureCertificate)
class ErasureCertificateAdmin(OfficeAdmin[ErasureCertificate]):
    """What was erased, by hashes."""

    list_display = ("tenant_hash", "created_at", "requested_by", "rows", "files", "bytes")
    search_fields = ("tenant_hash", "requested_by")
    fields = (*list_display, "sha256")
    readonly_fields = fields


@admin.register(SchemaState)
class SchemaStateAdmin(OfficeAdmin[SchemaState]):
    """How the last migration of each organisation's schema went."""

    list_display = ("tenant", "status", "error", "started_at", "ended_at")
    list_filter = ("status",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__name", "tenant__slug")
    fields = ("tenant", "status", "error", "state", "started_at", "ended_at")
    readonly_fields = fields
