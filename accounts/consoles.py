"""The two consoles: for an office's admins on its host, for operators on the shared host."""

from typing import Any, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from accounts.page_sessions import session_id
from accounts.page_step_up import way_to_show
from accounts.services import change_password
from common.console_site import OfficeConsole
from common.consoles import OfficeAdmin
from common.theme import dress
from tenants.context import current_tenant, tenant_or_none
from tenants.features import features_off
from tenants.plans import uses_of

M = TypeVar("M", bound=Model)
# A filter names this many people; the search box finds the others.
MAX_PEOPLE_IN_FILTER = 50


class OwnPasswordForm(PasswordChangeForm):
    """Changes one's own password as the API does: all other sessions end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields.values())

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Store the checked password."""
        old, new = self.cleaned_data["old_password"], self.cleaned_data["new_password1"]
        keep = getattr(self.user, "page_session_id", None)
        change_password(user=self.user, old=old, new=new, keep=keep)
        self.user.refresh_from_db()
        return self.user


class ConsoleForm(AdminAuthenticationForm):
    """E-mail and password alone, for those who have no second factor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields.values())

    def confirm_login_allowed(self, user: Any) -> None:
        """Send those with a second factor to the sign-in page, which asks for it."""
        super().confirm_login_allowed(user)
        if user.mfa_enabled or user.must_enrol:
            sentence = "Sign in at /sign-in: your account has a second factor."
            raise ValidationError(sentence, code="second_factor")


class PeopleConsole(OfficeConsole):
    """A console whose people change their password through our own service."""

    login_form = ConsoleForm

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Ask for the old and the new password."""
        person_of(request).page_session_id = session_id(request)
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            template_name="registration/password_change_form.html",
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return cast("TemplateResponse", view(request))

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """End the session and go back to this console's own sign-in."""
        view = LogoutView.as_view(next_page=reverse("admin:login", current_app=self.name))
        return cast("TemplateResponse", view(request))


class PlatformConsole(PeopleConsole):
    """For those who run the platform. It opens outside every office only.

    An access token can take a request on the shared host into an office: its admins stay out.
    """

    site_title = site_header = "AI Office Manager: platform"
    index_title = "Platform console"
    sections = ("Organisations", "When things run", "Operators")

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in operators: people of `public` with the right role."""
        return tenant_or_none() is None and super().has_permission(request)


class TenantConsole(PeopleConsole):
    """For the admins of one office; nothing of another office can be reached from here."""

    index_title = "Office console"
    sections = (
        *("The office", "People", "Work", "Calendar", "Knowledge", "Messages", "Connections"),
        *("Security", "More"),
    )

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in the admins of the office in force."""
        if tenant_or_none() is None or not super().has_permission(request):
            return False
        return not person_of(request).must_enrol

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Put the office's name in the title and at the head of each page."""
        name = current_tenant().name
        context: dict[str, Any] = {**super().each_context(request)}
        return {**context, "site_header": name, "site_title": f"{name}: office console"}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the tables, and how much of the plan is used."""
        tenant = current_tenant()
        plan = {"tenant": tenant, "uses": uses_of(tenant), "off": features_off(tenant)}
        return super().index(request, {**plan, **(extra_context or {})})


tenant_console = TenantConsole(name="tenant_console")


def person_of(request: HttpRequest) -> User:
    """Return who works in the console; it lets nobody else in."""
    return cast("User", request.user)


def keep_signed_in(request: HttpRequest, user: User) -> None:
    """Let the session of those who changed their own password go on."""
    if user == request.user:
        update_session_auth_hash(request, user)


class StepUpAdmin(OfficeAdmin[M]):
    """A table whose forms open to those alone who have shown a moment ago who they are."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask first."""
        way = way_to_show(request)
        return way or super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Ask first."""
        return way_to_show(request) or super().delete_view(request, object_id, extra_context)


class PeopleFilter(admin.RelatedFieldListFilter):
    """Narrows a list down to one person."""

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        """Offer the first people by name."""
        people = User.objects.order_by("full_name", "email")
        return [(str(user.pk), str(user)) for user in people[:MAX_PEOPLE_IN_FILTER]]
