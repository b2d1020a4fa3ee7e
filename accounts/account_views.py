"""The pages of one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import activate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.account_forms import (
    AcceptForm,
    ForgotForm,
    NewPasswordForm,
    OwnAddressForm,
    OwnPasswordForm,
    ProfileForm,
)
from accounts.http import UserRequest, open_to_all, requires, waits
from accounts.invitations import accept_invitation, invitation_of
from accounts.links import BadLinkError
from accounts.models import User
from accounts.page_sessions import session_id
from accounts.recovery import ask_for_reset, ask_to_move, confirm_move, confirm_reset
from accounts.services import change_password, update_profile
from common.errors import AppError
from common.languages import language_like
from tenants.context import current_tenant

FORM = require_http_methods(["GET", "HEAD", "POST"])


def show_form(request: HttpRequest, form: Form | None, **words: Any) -> HttpResponse:
    """Show a page with one form: title, lead, button, links."""
    status = 400 if form is not None and form.is_bound else 200
    return render(request, "accounts/form.html", {"form": form, **words}, status=status)


def begin_page_session(request: HttpRequest, user: User) -> None:
    """Sign the person in to the pages."""
    login(request, user, backend="accounts.backends.RoleBackend")


def dead_link(request: HttpRequest) -> HttpResponse:
    """Tell that a link is good no longer, without telling why."""
    links = [(reverse("sign-in"), _("Back to sign-in"))]
    words = {"title": _("Too late"), "lead": BadLinkError().sentence, "links": links}
    return render(request, "accounts/form.html", words, status=400)


@open_to_all
@FORM
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody in who was invited, with a password of their own."""
    try:
        _tenant, invitation = invitation_of(token)
    except BadLinkError:
        return dead_link(request)
    form = AcceptForm(request.POST or None, initial={"full_name": invitation.full_name})
    if form.is_valid():
        try:
            _tenant, user = accept_invitation(token=token, **form.cleaned_data)
        except AppError as error:
            form.refuse(error)
        else:
            begin_page_session(request, user)
            return redirect("today")
    lead = _("You come in as {email}.").format(email=invitation.email)
    title = _("Welcome to {name}").format(name=current_tenant().name)
    return show_form(request, form, title=title, lead=lead, button=_("Come in"))


@waits
@open_to_all
@FORM
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Write to who forgot their password; the page says the same whoever it is."""
    form = ForgotForm(request.POST or None)
    words = {
        "title": _("Forgot your password?"),
        "links": [(reverse("sign-in"), _("Back to sign-in"))],
    }
    if form.is_valid():
        ask_for_reset(email=form.cleaned_data["email"])
        lead = _("If this address belongs to somebody here, a letter is on its way.")
        return show_form(request, None, lead=lead, **words)
    lead = _("Say your e-mail; we write to it how to choose a new password.")
    return show_form(request, form, lead=lead, button=_("Write to me"), **words)


@open_to_all
@FORM
def reset_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by the link of a letter."""
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            confirm_reset(token=token, password=form.cleaned_data["password"])
        except BadLinkError:
            return dead_link(request)
        except AppError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Your password was changed; sign in with it."))
            return redirect("sign-in")
    return show_form(request, form, title=_("A new password"), button=_("Change it"))


@open_to_all
@FORM
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Make an address that of a person, by a press: mail programs open links by themselves."""
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            confirm_move(token=token)
        except AppError as error:
            lead = error.sentence
            return render(
                request, "accounts/form.html", {"title": _("Too late"), "lead": lead}, status=400
            )
        messages.success(request, _("Your address is confirmed."))
        return redirect("profile")
    return show_form(request, form, title=_("Your address"), button=_("Confirm it"))


@FORM
@requires(None)
def profile(request: UserRequest) -> HttpResponse:
    """Show who one is here, and change it."""
    names = ("full_name", "phone", "timezone", "locale")
    initial = {name: getattr(request.user, name) for name in names}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        update_profile(user=request.user, changes=form.cleaned_data)
        activate(language_like(form.cleaned_data["locale"]) or settings.LANGUAGE_CODE)
        messages.success(request, _("Saved."))
        return redirect("profile")
    links = [
        (reverse("own-email"), _("Change or confirm your e-mail")),
        (reverse("own-password"), _("Change your password")),
        (reverse("security"), _("Sessions and devices")),
        (reverse("second-factor"), _("Second factor and passkeys")),
        (reverse("own-api-keys"), _("API keys")),
        (reverse("wishes"), _("How to reach you")),
    ]
    lead = f"{request.user.email} · {request.user.role.name}"
    return show_form(
        request, form, title=_("Your profile"), lead=lead, button=_("Save"), links=links
    )


@FORM
@requires(None)
def own_email(request: UserRequest) -> HttpResponse:
    """Write to a new address, or to the present one once more."""
    form = OwnAddressForm(request.POST or None, initial={"email": request.user.email})
    if form.is_valid():
        try:
            ask_to_move(user=request.user, **form.cleaned_data)
        except AppError as error:
            form.refuse(error)
        else:
            messages.success(request, _("A letter is on its way; the link in it confirms."))
            return redirect("profile")
    return show_form(request, form, title=_("Your e-mail"), button=_("Write to it"))


@FORM
@requires(None)
def own_password(request: UserRequest) -> HttpResponse:
    """Change one's password; this session goes on, all others end."""
    form = OwnPasswordForm(request.POST or None)
    if form.is_valid():
        old, new = form.cleaned_data["current_password"], form.cleaned_data["new_password"]
        try:
            change_password(user=request.user, old=old, new=new, keep=session_id(request))
        except AppError as error:
            form.refuse(error)
        else:
            request.user.refresh_from_db()
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password was changed; all other sessions ended."))
            return redirect("profile")
    return show_form(request, form, title=_("Your password"), button=_("Change it"))
