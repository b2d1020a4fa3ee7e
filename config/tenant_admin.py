"""Organisations and their plans in the platform console."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.consoles import person_of
from accounts.services import register_organisation
from accounts.support import grant_support
from common.console_forms import adopt
from common.consoles import OfficeAdmin
from common.differences import NOTHING
from common.errors import AppError
from common.theme import ThemedStacked
from config.domain_admin import DomainInline
from config.tenant_forms import EraseForm, MoveForm, NewTenantForm, SupportForm, TenantForm
from tenants.context import tenant_transaction
from tenants.directory import address_of
from tenants.features import features_off
from tenants.models import Tenant
from tenants.moving import drop_what_was_left
from tenants.operations import request_erasure, request_export, request_move
from tenants.plan_models import FEATURES, LIMITS, OwnLimits, Plan
from tenants.plans import uses_of
from tenants.renaming import rename_tenant
from tenants.services import resume_tenant, suspend_tenant


class OwnLimitsInline(ThemedStacked[OwnLimits, Tenant]):
    """What was agreed with this organisation alone."""

    model = OwnLimits
    fieldsets = (
        (None, {"fields": LIMITS, "description": "Empty: as the plan says."}),
        ("Features", {"fields": FEATURES, "description": "Unknown: as the plan says."}),
    )


@admin.register(Plan)
class PlanAdmin(OfficeAdmin[Plan]):
    """What each tier allows. The tiers themselves are fixed."""

    section = "Organisations"
    fieldsets = (
        (
            None,
            {
                "fields": LIMITS,
                "description": "An empty field is no limit, and 0 leaves it out of the plan."
                " Lowering a limit removes nothing: what there is stays usable, new is refused.",
            },
        ),
        (
            "Features",
            {
                "fields": FEATURES,
                "description": "What is switched off here is off for everybody of the tier who has"
                " not been given it alone, from the next request on.",
            },
        ),
    )
    list_display = (
        *("__str__", "users", "tasks", "documents", "storage"),
        *("ai_calls_per_month", "requests_per_minute"),
    )
    empty_value_display = "no limit"

    @admin.display(ordering="storage_bytes")
    def storage(self, plan: Plan) -> str | None:
        """Return the storage in the largest unit that fits."""
        return None if plan.storage_bytes is None else filesizeformat(plan.storage_bytes)


@admin.register(Tenant)
class TenantAdmin(OfficeAdmin[Tenant]):
    """Organisations are opened, renamed, exported, suspended, resumed and erased.

    None is deleted like a row: erasing is a long operation, and asks for the typed address.
    """

    section = "Organisations"
    menu = "Organisations"
    form = TenantForm
    add_form = NewTenantForm
    add_fields = (
        *("name", "slug", "timezone"),
        *("admin_name", "admin_email", "admin_password"),
    )
    fields = (
        *("name", "slug", "subscription_tier", "timezone", "region", "is_active", "ready"),
        *("database", "schema_name", "created_at", "use"),
    )
    inlines = (OwnLimitsInline, DomainInline)
    actions = ("export", "suspend", "resume", "move", "erase")
    unasked = ("delete_selected", "erase", "move")
    list_display = ("name", "slug", "subscription_tier", "is_active", "ready", "created_at")
    list_filter = ("is_active", "ready", "subscription_tier")
    search_fields = ("name", "slug")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Tenant | None = None
    ) -> tuple[str, ...]:
        """What provisioning decided stays."""
        fixed = ("region", "is_active", "ready", "database", "schema_name", "created_at", "use")
        return fixed if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Tenant | None) -> Any:
        """Host names and limits come after the organisation."""
        return self.inlines if obj else ()

    @admin.display(description="use of the plan")
    def use(self, tenant: Tenant) -> str:
        """Return each limit with what is used of it; nothing can be counted before it is ready."""
        if not tenant.ready:
            return NOTHING
        with tenant_transaction(tenant):
            facts = {"uses": uses_of(tenant), "off": features_off(tenant)}
            return render_to_string("admin/plan.html", facts)

    @admin.display(description="database")
    def database(self, tenant: Tenant) -> str:
        """Return where it lives, and what waits elsewhere."""
        facts = {"tenant": tenant, "may_move": len(connections.settings) > 1}
        return render_to_string("admin/tenants/tenant/database.html", facts)

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        """Nobody: suspend it."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Tenant,
        form: forms.ModelForm[Tenant],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Open the organisation, or store what may change; raises AppError."""
        if change:
            rename_tenant(tenant=obj, slug=obj.slug, name=obj.name)
            super().save_model(request, obj, form, change)
            return
        tenant, _admin = register_organisation(
            email=form.cleaned_data["admin_email"],
            full_name=form.cleaned_data["admin_name"],
            password=form.cleaned_data["admin_password"],
            tenant_name=obj.name,
            slug=obj.slug,
            timezone=obj.timezone,
        )
        adopt(obj, tenant)

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks before it erases."""
        view = self.admin_site.admin_view(self.erase_view)
        move = self.admin_site.admin_view(self.move_view)
        support = self.admin_site.admin_view(self.support_view)
        return [
            path("<uuid:pk>/erase/", view, name="erase-tenant"),
            path("<uuid:pk>/support/", support, name="support-tenant"),
            path("<uuid:pk>/move/", move, name="move-tenant"),
            *super().get_urls(),
        ]

    def support_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask for whom, why and for how long, and show the way in, which is good once."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        tenant, way = get_object_or_404(Tenant, pk=pk), ""
        form = SupportForm(request.POST or None)
        if form.is_valid():
            by = person_of(request)
            try:
                token = grant_support(tenant=tenant, by=by, **form.cleaned_data)
            except AppError as refusal:
                form.add_error(refusal.attr, refusal.sentence)
            else:
                way = f"{address_of(tenant)}/support/{token}"
        context = {
            **self.admin_site.each_context(request),
            "title": f"Work in {tenant} as one of its people",
            "opts": self.opts,
            "form": form,
            "way": way,
        }
        return TemplateResponse(request, "admin/tenants/tenant/support.html", context)

    def move_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask where to, and queue the move; or ask whether what an earlier one left may go."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        tenant = get_object_or_404(Tenant, pk=pk)
        form = MoveForm(tenant, request.POST or None)
        try:
            if request.method == "POST" and tenant.left_alias and "drop" in request.POST:
                drop_what_was_left(tenant=tenant)
                self.message_user(request, f"What {tenant} had left behind is dropped.")
                return redirect("admin:tenants_tenant_change", pk)
            if form.is_valid():
                to, by = form.cleaned_data["to"], person_of(request).email
                request_move(tenant=tenant, to=to, requested_by=by)
                return redirect("admin:tenants_operation_changelist")
        except AppError as refusal:
            form.add_error(None, refusal.sentence)
        title = f"Move {tenant} to another database"
        template = "admin/tenants/tenant/move.html"
        return self.show_page(request, template, title=title, tenant=tenant, form=form)

    def erase_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask for the typed address, and queue the erasure."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        tenant = get_object_or_404(Tenant, pk=pk)
        form = EraseForm(request.POST or None)
        if form.is_valid():
            typed, by = form.cleaned_data["slug"], person_of(request).email
            try:
                request_erasure(tenant=tenant, typed_slug=typed, requested_by=by)
            except AppError as refusal:
                form.add_error("slug", refusal.sentence)
            else:
                return redirect("admin:tenants_operation_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Erase {tenant}",
            "tenant": tenant,
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/tenants/tenant/erase.html", context)

    @admin.action(description="Export selected organisations", permissions=["change"])
    def export(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        """Have their archives made; the operations tell how far they are."""
        for tenant in queryset:
            request_export(tenant=tenant, requested_by=person_of(request).email)
            self.message_user(request, f"{tenant} is being exported; see Operations.")

    @admin.action(description="Erase the selected organisation …", permissions=["change"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> HttpResponse | None:
        """Go to the page that asks; one at a time."""
        return self._page_of_one(request, queryset, "erase")

    @admin.action(description="Move the selected organisation …", permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> HttpResponse | None:
        """The same for moving it to another database."""
        return self._page_of_one(request, queryset, "move")

    def _page_of_one(
        self, request: HttpRequest, queryset: QuerySet[Tenant], verb: str
    ) -> HttpResponse | None:
        if len(queryset) != 1:
            self.message_user(request, f"Select one organisation to {verb}.", messages.ERROR)
            return None
        return redirect(f"admin:{verb}-tenant", pk=queryset[0].pk)

    @admin.action(description="Suspend selected organisations", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        """Close their doors at once."""
        for tenant in queryset:
            suspend_tenant(tenant=tenant)
            self.message_user(request, f"{tenant} is suspended.")

    @admin.action(description="Resume selected organisations", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        """Open their doors again."""
        for tenant in queryset:
            resume_tenant(tenant=tenant)
            self.message_user(request, f"{tenant} is open again.")
