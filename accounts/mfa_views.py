"""The pages of the second factor: setting it up, showing it, showing it again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.account_forms import CodeForm, ShowAgainForm
from accounts.account_views import begin_page_session, dead_link, show_form
from accounts.http import UserRequest, before_enrolment, open_to_all, requires, safe_next, waits
from accounts.identity_models import Authenticator
from accounts.links import BadLinkError
from accounts.mfa import begin_totp, confirm_totp, person_of, remove_authenticator, use_code
from accounts.page_sessions import note_shown
from accounts.page_step_up import way_to_show
from accounts.passkeys import FRESH_CODES
from accounts.step_up import show_again
from common.errors import AppError
from tenants.context import atomic

FORM = require_http_methods(["GET", "HEAD", "POST"])
MFA, NEXT = "mfa_token", "mfa_next"


@waits
@open_to_all
@FORM
def sign_in_with_code(request: HttpRequest) -> HttpResponse:
    """Take the code of who has shown the password. A wrong one counts, and is no end."""
    token = request.session.get(MFA, "")
    try:
        _tenant, user = person_of(token)
    except BadLinkError:
        return dead_link(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            method = use_code(user=user, code=form.cleaned_data["code"])
        except AppError as error:
            form.refuse(error)
        else:
            back = request.session.pop(NEXT, "")
            request.session.pop(MFA, None)
            request.office_method = method  # type: ignore[attr-defined]
            with atomic():
                begin_page_session(request, user)
            return HttpResponseRedirect(safe_next(request, back))
    lead = _("Type the code that your app shows, or one of your recovery codes.")
    return show_form(request, form, title=_("Your second factor"), lead=lead, button=_("Sign in"))


@waits
@before_enrolment
@requires(None)
@FORM
def confirm_identity(request: UserRequest) -> HttpResponse:
    """Ask once more who one is, before what must not be done at an unlocked screen."""
    form = ShowAgainForm(request.POST or None, user=request.user)
    back = request.GET.get("next", "")
    if form.is_valid():
        try:
            show_again(user=request.user, **form.cleaned_data)
        except AppError as error:
            form.refuse(error)
        else:
            note_shown(request)
            return HttpResponseRedirect(safe_next(request, back))
    return show_form(request, form, title=_("Show once more who you are"), button=_("Go on"))


@FORM
@before_enrolment
@requires(None)
def second_factor(request: UserRequest) -> HttpResponse:
    """Show what one shows who one is by, and set an app up."""
    if way := way_to_show(request):
        return way
    mine = Authenticator.objects.visible_to(request.user)
    codes: list[str] = request.session.pop(FRESH_CODES, [])
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            codes = confirm_totp(user=request.user, code=form.cleaned_data["code"])
        except AppError as error:
            form.refuse(error)
    words = {"form": form, "mine": mine.confirmed(), "codes": codes}
    status = 400 if form.errors else 200
    return render(request, "accounts/second_factor.html", words, status=status)


@require_POST
@before_enrolment
@requires(None)
def begin_app(request: UserRequest) -> HttpResponse:
    """Show a new secret for the app, and ask for its first code."""
    if way := way_to_show(request):
        return way
    secret, address = begin_totp(user=request.user)
    words = {"secret": secret, "address": address, "form": CodeForm(), "codes": []}
    return render(request, "accounts/second_factor.html", words)


@require_POST
@requires(None)
def remove_one(request: UserRequest, pk: UUID) -> HttpResponse:
    """Take one out."""
    if way := way_to_show(request):
        return way
    authenticator = get_object_or_404(Authenticator.objects.visible_to(request.user), pk=pk)
    remove_authenticator(authenticator=authenticator)
    messages.success(request, _("It is taken out."))
    return redirect("second-factor")
