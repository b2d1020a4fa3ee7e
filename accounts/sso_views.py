"""The pages that lead to an office's own provider and back."""

import logging
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.account_views import begin_page_session
from accounts.http import open_to_all, safe_next, waits
from accounts.identity_models import IdentityProvider
from accounts.oidc import ProviderError, RefusedIdentityError
from accounts.page_sessions import keep
from accounts.sso import begin, finish, logout_url, provider_for, take_begun
from tenants.context import atomic, current_tenant
from tenants.directory import address_of, slug_of_host

logger = logging.getLogger(__name__)

BEGUN, TOKEN, PROVIDER = "sso_begun", "sso_token", "sso_provider"


@open_to_all
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show the way to the provider of an address; the way is a link, as our policy wants it."""
    provider = provider_for(request.GET.get("email", ""))
    words = {"provider": provider, "next": request.GET.get("next", "")}
    return render(request, "accounts/sso.html", words, status=200 if provider else 404)


@waits
@open_to_all
@require_safe
def begin_sso(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the browser to the provider, which knows the office by one address alone."""
    if elsewhere := own_place(request):
        return HttpResponseRedirect(elsewhere)
    with atomic():
        provider = get_object_or_404(IdentityProvider.objects.active(), pk=pk)
    begun = request.session.get(BEGUN, {})
    back = safe_next(request, request.GET.get("next", ""))
    try:
        address = begin(provider, begun, back=back)
    except ProviderError as error:
        logger.warning("provider failed", extra={"provider": str(pk), "reason": error.reason})
        raise
    request.session[BEGUN] = begun
    keep(request)
    return HttpResponseRedirect(address)


@waits
@open_to_all
@require_safe
def callback(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign in whom the provider sends back, once."""
    with atomic():
        provider = get_object_or_404(IdentityProvider.objects.active(), pk=pk)
    begun = request.session.get(BEGUN, {})
    try:
        step = take_begun(begun, request.GET.get("state", ""), pk)
        request.session.modified = True
        user, id_token = finish(provider, step, request.GET.dict())
    except (ProviderError, RefusedIdentityError) as error:
        logger.warning("sign-in refused", extra={"provider": str(pk), "reason": error.reason})
        if begun:  # it is spent all the same
            keep(request)
        raise
    request.office_method = "sso"  # type: ignore[attr-defined]
    with atomic():
        begin_page_session(request, user)
    request.session[TOKEN], request.session[PROVIDER] = id_token, str(pk)
    return HttpResponseRedirect(step.next)


@waits
@open_to_all
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Offer to sign out at the provider as well, where the session had come from there."""
    token, pk = request.session.pop(TOKEN, ""), request.session.pop(PROVIDER, None)
    with atomic():
        provider = get_object_or_404(IdentityProvider.objects.active(), pk=pk)
    address = logout_url(provider)
    back = request.build_absolute_uri(reverse("sign-in"))
    query = urlencode({"id_token_hint": token, "post_logout_redirect_uri": back})
    words = {"provider": provider, "way": f"{address}?{query}" if address else ""}
    return render(request, "accounts/signed_out.html", words)


def own_place(request: HttpRequest) -> str:
    """Return the same place at the office's address below the base domain; empty when it is here.

    The provider sends browsers back there and nowhere else, where the session must have begun.
    """
    office = current_tenant()
    if slug_of_host(split_domain_port(request.get_host())[0]) == office.slug:
        return ""
    return f"{address_of(office)}{request.get_full_path()}"
