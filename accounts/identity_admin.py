"""Who may come in, and by what they are known, in the office console."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.api_keys import delete_api_key
from accounts.consoles import StepUpAdmin, person_of, tenant_console
from accounts.identity_models import ApiKey, IdentityProvider, Invitation
from accounts.invitations import invite, resend_invitation, revoke_invitation
from accounts.providers import delete_provider, save_provider
from accounts.sso import redirect_uri
from common.consoles import LookedAt, OfficeAdmin, ServedForm, adopt
from common.errors import AppError


class InvitationForm(ServedForm[Invitation]):
    """Whom to write to."""

    class Meta:
        model = Invitation
        fields = ("email", "full_name", "role")

    def clean_email(self) -> str:
        """Return the address in lower case, as it is stored and looked up."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(Invitation, site=tenant_console)
class InvitationAdmin(OfficeAdmin[Invitation]):
    """Invitations are sent, sent again and taken back; they never change otherwise."""

    section = "People"
    form = InvitationForm
    fields = ("email", "full_name", "role")
    list_display = ("email", "full_name", "role", "state", "expires_at", "invited_by")
    list_select_related = ("role", "invited_by")
    search_fields = ("email", "full_name")
    actions = ("resend", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """Return the invitations with what became of each."""
        return super().get_queryset(request).with_status(timezone.now())  # type: ignore[attr-defined, no-any-return]

    @admin.display(description="state")
    def state(self, invitation: Invitation) -> str:
        """Return what became of it."""
        return str(getattr(invitation, "status", ""))

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Nobody changes one here; the actions ask for the grant to let people in."""
        return obj is None and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Nobody: take it back."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Invitation,
        form: forms.ModelForm[Invitation],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Write to somebody that they may come in; raises AppError."""
        saved = invite(
            email=obj.email, full_name=obj.full_name, role=obj.role.name, by=person_of(request)
        )
        adopt(obj, saved)

    @admin.action(description="Send selected invitations again", permissions=["change"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Write again, with new links."""
        for invitation in _locked(queryset):
            try:
                resend_invitation(invitation=invitation, by=person_of(request))
            except AppError as refusal:
                words = f"{invitation.email}: {refusal.sentence}"
                self.message_user(request, words, messages.ERROR)
            else:
                self.message_user(request, f"{invitation.email} is written to again.")

    @admin.action(description="Take selected invitations back", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """End them; their links are good no longer."""
        for invitation in _locked(queryset):
            try:
                revoke_invitation(invitation=invitation)
            except AppError as refusal:
                words = f"{invitation.email}: {refusal.sentence}"
                self.message_user(request, words, messages.ERROR)
            else:
                self.message_user(request, f"The invitation of {invitation.email} is taken back.")


def _locked(queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
    keys = list(queryset.values_list("pk", flat=True))
    rows = Invitation.objects.select_related("role").order_by("pk")
    return rows.filter(pk__in=keys).select_for_update(of=("self",))


class ProviderForm(ServedForm[IdentityProvider]):
    """A provider; an empty secret leaves the secret alone."""

    client_secret = forms.CharField(
        required=False,
        max_length=500,
        help_text="Empty: it stays as it is.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    role_map = forms.JSONField(
        required=False, help_text='From groups to roles, as in {"bosses": "manager"}.'
    )

    class Meta:
        model = IdentityProvider
        fields = "__all__"

    def clean_client_secret(self) -> str:
        """Return the new secret, or the old one."""
        return str(self.cleaned_data["client_secret"] or self.instance.client_secret)

    def clean_role_map(self) -> Any:
        """Return the map; the service looks at it."""
        return self.cleaned_data["role_map"] or {}


@admin.register(IdentityProvider, site=tenant_console)
class ProviderAdmin(StepUpAdmin[IdentityProvider]):
    """Where the office's people sign in elsewhere."""

    section = "Security"
    menu = "Sign-in by other providers"
    form = ProviderForm
    fields = (
        *("name", "issuer", "client_id", "client_secret", "domains", "creates_people"),
        *("default_role", "group_claim", "role_map", "is_active", "way_back"),
    )
    readonly_fields = ("way_back",)
    list_display = ("name", "issuer", "is_active", "creates_people")

    @admin.display(description="redirect address")
    def way_back(self, provider: IdentityProvider) -> str:
        """Return what the provider has to be told."""
        return redirect_uri(provider.pk)

    def save_model(
        self,
        request: HttpRequest,
        obj: IdentityProvider,
        form: forms.ModelForm[IdentityProvider],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Store it; raises AppError."""
        save_provider(provider=obj, changes={}, by=person_of(request))

    def delete_model(self, request: HttpRequest, obj: IdentityProvider) -> None:
        """Delete it; nobody signs in by it any more."""
        delete_provider(provider=obj)


@admin.register(ApiKey, site=tenant_console)
class ApiKeyAdmin(LookedAt[ApiKey]):
    """Keys of programs. A key is made where it is shown once: under “API keys” in the settings."""

    section = "Security"
    empty = "Programs that use the API need a key: people make theirs in their settings."
    fields = readonly_fields = (
        *("name", "user", "prefix", "scopes", "expires_at", "last_used_at", "created_at"),
    )
    actions = ("revoke",)
    list_display = ("name", "user", "prefix", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__full_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Return one's own and those of programs, as the API does."""
        seen: QuerySet[ApiKey] = ApiKey.objects.visible_to(person_of(request))
        return seen.select_related("user")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("accounts.revoke_apikey")

    @admin.action(description="Delete selected API keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Have them open nothing from now on."""
        for key in queryset:
            delete_api_key(key=key)
            self.message_user(request, f"{key} opens nothing any more.")
