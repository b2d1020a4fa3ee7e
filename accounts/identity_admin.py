"""Who may come in, and by what they are known, in the office console."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.consoles import StepUpAdmin, person_of, tenant_console
from accounts.identity_models import IdentityProvider, Invitation
from accounts.invitations import invite, resend_invitation, revoke_invitation
from accounts.providers import delete_provider, save_provider
from accounts.sso import redirect_uri
from common.console_forms import ServedForm, adopt
from common.consoles import OfficeAdmin
from common.errors import AppError
from common.lists import date_steps


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
    adding = "Invite somebody"
    words = (
        "Whoever is invited gets a letter with a link that is good for seven days, and chooses a"
        " password of their own."
    )
    empty = "Invite the people you work with: all you need is their e-mail."
    labels = {
        "email": "E-mail",
        "full_name": "Name",
        "expires_at": "Good until",
        "invited_by": "Invited by",
    }
    hints = {
        "full_name": "If you know it; they can change it.",
        "role": "What they may do here. You can change it later.",
    }
    buttons = {"resend": "Write again", "revoke": "Take it back"}
    form = InvitationForm
    fields = ("email", "full_name", "role")
    list_display = ("email", "full_name", "role", "state", "expires_at", "invited_by")
    list_filter = ("role", date_steps("created_at"))
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

    def fits(self, button: str, obj: Invitation) -> bool:
        """What has been accepted or taken back is over."""
        return self.state(obj) in {"open", "expired"}

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
    role_map = forms.CharField(
        required=False,
        max_length=10_000,
        label="Groups and roles",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A line for each group of the provider and the role its people get here, as"
        " “bosses: manager”. Of several the role with the most rights holds.",
    )

    class Meta:
        model = IdentityProvider
        fields = "__all__"
        widgets = {"domains": forms.TextInput()}

    def clean_client_secret(self) -> str:
        """Return the new secret, or the old one."""
        return str(self.cleaned_data["client_secret"] or self.instance.client_secret)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [f"{group}: {role}" for group, role in self.instance.role_map.items()]
        self.initial["role_map"] = "\n".join(lines)

    def clean_role_map(self) -> dict[str, str]:
        """Return the map; the service looks at the roles."""
        found = {}
        for line in self.cleaned_data["role_map"].splitlines():
            group, colon, role = (part.strip() for part in line.rpartition(":"))
            if line.strip() and not (group and colon and role):
                sentence = "Each line is a group, a colon and a role."
                raise forms.ValidationError(sentence, code="bad_line")
            if group:
                found[group] = role
        return found


@admin.register(IdentityProvider, site=tenant_console)
class ProviderAdmin(StepUpAdmin[IdentityProvider]):
    """Where the office's people sign in elsewhere."""

    section = "Security"
    menu = "Sign-in by other providers"
    words = (
        "Your people may sign in with the account they have for work, as with Microsoft, Google or"
        " Okta. Whoever looks after that account fills this in with you."
    )
    empty = "Do your people have an account for work? Let them sign in here with it."
    labels = {
        "issuer": "Address of the provider",
        "client_id": "Our name there",
        "domains": "E-mail endings",
        "creates_people": "Let new people in",
        "group_claim": "Where groups stand",
        "is_active": "In use",
        "created_at": "Set up",
    }
    hints = {
        "issuer": "As https://login.example: where its “openid-configuration” is found.",
        "client_id": "The “client ID” that the provider gave you for this office.",
        "domains": "With commas between them, as “acme.example”: it speaks for these alone.",
        "creates_people": "Whoever the provider sends gets an account here.",
        "default_role": "For new people of whose groups none is named below.",
        "group_claim": "What the provider calls its list of groups; mostly “groups”.",
        "is_active": "Switch it on when everything is filled in.",
    }
    form = ProviderForm
    add_fields = (
        *("name", "issuer", "client_id", "client_secret", "domains", "creates_people"),
        *("default_role", "group_claim", "role_map", "is_active"),
    )
    # Where the provider sends people back to is known once it has a row.
    fields = (*add_fields, "way_back")
    readonly_fields = ("way_back",)
    list_display = ("name", "issuer", "is_active", "creates_people", "created_at")
    list_filter = ("is_active", date_steps("created_at"))
    search_fields = ("name", "issuer")

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
