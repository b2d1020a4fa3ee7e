"""Host names of organisations' own in the platform console: added, proved, removed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.http import waits
from common.console_forms import ServedForm, adopt
from common.consoles import OfficeAdmin, ReadOnlyInline
from common.differences import NOTHING
from common.errors import AppError
from tenants.domain_models import Domain
from tenants.domains import add_domain, prove_domain, remove_domain


class NewDomainForm(ServedForm[Domain]):
    """A host name, and whose it is said to be."""

    class Meta:
        model = Domain
        fields = ("tenant", "domain")
        labels = {"tenant": "organisation", "domain": "host name"}
        help_texts = {"domain": "As office.example.com, without https://."}


class StateFilter(admin.SimpleListFilter):
    """Narrows the list down to those that somebody has to look after."""

    title = "state"
    parameter_name = "state"
    KINDS = {"proved": "Proved", "unproved": "Not proved yet", "doubtful": "Proof not found lately"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the states."""
        return list(self.KINDS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow it down."""
        return getattr(queryset, str(self.value()))() if self.value() in self.KINDS else queryset


@admin.register(Domain)
class DomainAdmin(OfficeAdmin[Domain]):
    """A host name leads to its organisation once a word stands in its DNS."""

    section = "Organisations"
    menu = "Host names"
    empty = (
        "Every organisation has its address below the platform's own. Add a host name here for one"
        " that wants to be found under its own as well."
    )
    form = add_form = NewDomainForm
    add_fields = ("tenant", "domain")
    autocomplete_fields = ("tenant",)
    fields = readonly_fields = ("domain", "office", "state", "proof", "verified_at", "checked_at")
    list_display = ("domain", "office", "state", "verified_at", "checked_at", "problem")
    list_filter = (StateFilter,)
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__name", "tenant__slug")
    date_hierarchy = "verified_at"

    def get_readonly_fields(
        self, request: HttpRequest, obj: Domain | None = None
    ) -> tuple[str, ...]:
        """A host name is added and removed, not changed."""
        return self.readonly_fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: another host name has to be proved anew."""
        return False

    def has_prove_permission(self, request: HttpRequest) -> bool:
        """Whoever may add one."""
        return self.has_add_permission(request)

    @admin.display(description="organisation", ordering="tenant__name")
    def office(self, domain: Domain) -> str:
        """Link to the organisation."""
        place = reverse("admin:tenants_tenant_change", args=[domain.tenant_id])
        return format_html('<a href="{}">{}</a>', place, domain.tenant.name)

    @admin.display(description="what to do")
    def proof(self, domain: Domain) -> str:
        """Say which record proves it, with the button that looks."""
        return render_to_string("admin/tenants/domain/proof.html", {"domain": domain})

    def save_model(
        self,
        request: HttpRequest,
        obj: Domain,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        """Add it; raises AppError."""
        adopt(obj, add_domain(tenant=obj.tenant, name=obj.domain))

    def response_add(
        self, request: HttpRequest, obj: Domain, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Go on to the page that says how it is proved."""
        self.message_user(request, f"{obj} is added. It leads nowhere until it is proved.")
        return redirect("admin:tenants_domain_change", obj.pk)

    def delete_model(self, request: HttpRequest, obj: Domain) -> None:
        """Let it lead nowhere from now."""
        remove_domain(domain=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Domain]) -> None:
        """The same with several."""
        for domain in queryset:
            remove_domain(domain=domain)

    def get_urls(self) -> list[URLPattern]:
        """Add the place that the button leads to. It asks outside, in no transaction."""
        view = waits(self.admin_site.admin_view(self.prove_view))
        return [path("<int:pk>/prove/", view, name="prove-domain"), *super().get_urls()]

    def prove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look for the word in the DNS, and say how it went."""
        if not self.has_prove_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        domain = get_object_or_404(Domain.objects.select_related("tenant"), pk=pk)
        try:
            prove_domain(domain=domain)
        except AppError as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
        else:
            self.message_user(request, f"{domain} is proved: it leads to {domain.tenant} now.")
        return redirect("admin:tenants_domain_change", pk)


class DomainInline(ReadOnlyInline):
    """The host names of the organisation's own, each with a way to its page."""

    model = Domain
    verbose_name_plural = "host names of its own"
    fields = readonly_fields = ("name", "state", "verified_at", "problem")

    @admin.display(description="host name")
    def name(self, domain: Domain) -> str:
        """Link to the page that proves or removes it."""
        if not domain.pk:
            return NOTHING
        place = reverse("admin:tenants_domain_change", args=[domain.pk])
        return format_html('<a href="{}">{}</a>', place, domain.domain)
