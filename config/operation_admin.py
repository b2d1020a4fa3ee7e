"""What is done with whole organisations, in the platform console."""

from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.consoles import person_of
from common.audit import record_access
from common.consoles import OfficeAdmin
from common.errors import AppError
from config.tenant_forms import SlugField
from tenants.archive.importing import Wish
from tenants.downloads import archive_response
from tenants.operation_models import ErasureCertificate, Operation
from tenants.operations import (
    cancel_operation,
    is_fetchable,
    request_import_of_upload,
    retry_operation,
)
from tenants.schema_states import SchemaState


class ImportForm(forms.Form):
    """An archive, and what shall differ from it."""

    archive = forms.FileField(help_text="What an export wrote, on this or another server.")
    slug = SlugField(required=False, label="Address")
    name = forms.CharField(max_length=120, required=False)
    database = forms.ChoiceField(
        choices=lambda: [(alias, alias) for alias in connections.settings], required=False
    )
    suspended = forms.BooleanField(
        required=False, help_text="Keep it closed, so that nothing is sent before you have looked."
    )


@admin.register(Operation)
class OperationAdmin(OfficeAdmin[Operation]):
    """How far each export, import, erasure and move is."""

    section = "Organisations"
    menu = "Exports, imports, erasures, moves"
    actions = ("cancel", "retry")
    change_list_template = "admin/tenants/operation/change_list.html"
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
        """Add the archive, and the page that takes one in."""
        view, importing = (
            self.admin_site.admin_view(page) for page in (self.download, self.import_view)
        )
        own = path("<uuid:pk>/archive/", view, name="operation-archive")
        taking = path("import/", importing, name="import-tenant")
        return [own, taking, *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take an archive in, and queue the import."""
        if not self.has_tend_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            archive, by = form.cleaned_data.pop("archive"), person_of(request).email
            wish = Wish(
                **form.cleaned_data | {"database": form.cleaned_data["database"] or "default"}
            )
            try:
                request_import_of_upload(pieces=archive.chunks(), wish=wish, requested_by=by)
            except AppError as refusal:
                form.add_error("slug", refusal.sentence)
            else:
                self.message_user(request, "The archive is being imported.")
                return redirect("admin:tenants_operation_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Import an organisation",
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/tenants/operation/import.html", context)

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

    section = "Organisations"
    list_display = ("tenant_hash", "created_at", "requested_by", "rows", "files", "bytes")
    search_fields = ("tenant_hash", "requested_by")
    fields = (*list_display, "sha256")
    readonly_fields = fields


@admin.register(SchemaState)
class SchemaStateAdmin(OfficeAdmin[SchemaState]):
    """How the last migration of each organisation's schema went."""

    section = "Organisations"
    menu = "Migrations by organisation"
    list_display = ("tenant", "status", "error", "started_at", "ended_at")
    list_filter = ("status",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__name", "tenant__slug")
    fields = ("tenant", "status", "error", "state", "started_at", "ended_at")
    readonly_fields = fields
