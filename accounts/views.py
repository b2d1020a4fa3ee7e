"""The front door on the shared host, and the sign-in of an office."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import GoForm, RegisterForm, SignInForm
from accounts.http import open_to_all
from accounts.mfa import make_mfa_token, needs_code
from accounts.mfa_views import MFA, NEXT
from accounts.page_sessions import keep
from accounts.services import register_organisation
from accounts.sso_views import PROVIDER, TOKEN
from common.errors import ElsewhereError, InvalidError
from tenants.directory import address_of


class SignIn(LoginView):
    """Opens a session; whoever has one already goes on to where they wanted."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        """Fill in the e-mail that the front door hands over."""
        return {"username": self.request.GET.get("email", "")}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, or ask for the second factor first."""
        user = form.get_user()
        if not needs_code(user):
            return super().form_valid(form)
        # Nothing of a session before may stay.
        self.request.session.cycle_key()
        self.request.session[MFA] = make_mfa_token(user)
        self.request.session[NEXT] = self.get_redirect_url()
        return redirect("sign-in-code")


# The stubs say HttpResponseBase for every class-based view.
sign_in = open_to_all(SignIn.as_view())  # type: ignore[type-var]  # see LogoutView


class SignOut(LogoutView):
    """Ends the session; one that came from a provider is offered to be ended there too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End it, and keep of it only what the provider's own sign-out needs."""
        kept = {name: request.session.get(name) for name in (TOKEN, PROVIDER)}
        answer = super().post(request, *args, **kwargs)
        if not all(kept.values()):
            return answer
        request.session.update(kept)
        keep(request)
        return redirect("signed-out")


sign_out = open_to_all(SignOut.as_view())


@open_to_all
@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """Say what this is, and offer to open an office or to go to one."""
    return _front_door(request, RegisterForm(), GoForm())


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def open_office(request: HttpRequest) -> HttpResponse:
    """Make the office and its first person, and show where it stands."""
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            tenant, user = register_organisation(**form.cleaned_data)
        except InvalidError as error:
            form.refuse(error)
        else:
            query = urlencode({"office": tenant.slug, "email": user.email})
            return redirect(f"{reverse('office-opened')}?{query}")
    return _front_door(request, form, GoForm(), status=400 if form.is_bound else 200)


@open_to_all
@require_safe
def office_opened(request: HttpRequest) -> HttpResponse:
    """Tell the address of a new office; the way there is a link, as a policy-safe form needs it."""
    return _show_way(request, "accounts/office_opened.html")


@open_to_all
@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page of the named office."""
    return _show_way(request, "accounts/go.html")


def _show_way(request: HttpRequest, template: str) -> HttpResponse:
    # No redirect: `form-action 'self'` forbids that a form ends on another host.
    form = GoForm(request.GET)
    tenant = None
    try:
        if not form.is_valid():
            return _front_door(request, RegisterForm(), form, status=404)
        tenant = form.cleaned_data["office"]
        address = address_of(tenant)
    except ElsewhereError as error:
        address = error.extra["home"]
    way = f"{address}/sign-in"
    if email := form.cleaned_data.get("email"):
        way += "?" + urlencode({"email": email})
    return render(request, template, {"tenant": tenant, "address": address, "way": way})


def _front_door(
    request: HttpRequest, register: RegisterForm, go_form: GoForm, *, status: int = 200
) -> HttpResponse:
    forms = {"register_form": register, "go_form": go_form}
    return render(request, "accounts/front_door.html", forms, status=status)
