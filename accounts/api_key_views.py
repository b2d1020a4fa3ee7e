"""The page of one's API keys."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.account_forms import NewKeyForm
from accounts.api_keys import create_api_key, delete_api_key
from accounts.http import UserRequest, requires
from accounts.identity_models import ApiKey
from accounts.page_step_up import way_to_show
from common.errors import AppError


@require_http_methods(["GET", "HEAD", "POST"])
@requires(None)
def api_keys(request: UserRequest) -> HttpResponse:
    """Show one's keys, and make one; its text is on this page and nowhere else.

    It asks first who one is, as the API does: a key outlives the session in which it was made.
    """
    if way := way_to_show(request):
        return way
    form, text = NewKeyForm(request.POST or None, user=request.user), ""
    if form.is_valid():
        ends = timezone.now() + timedelta(days=form.cleaned_data["days"])
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        try:
            _key, text = create_api_key(name=name, scopes=scopes, expires_at=ends, by=request.user)
        except AppError as error:
            form.refuse(error)
        else:
            form = NewKeyForm(None, user=request.user)
    keys = ApiKey.objects.filter(user=request.user)
    words = {"form": form, "text": text, "keys": keys, "now": timezone.now()}
    status = 400 if form.is_bound else 200
    return render(request, "accounts/api_keys.html", words, status=status)


@require_POST
@requires(None)
def delete_key(request: UserRequest, pk: UUID) -> HttpResponse:
    """Delete a key; it opens nothing from now on."""
    key = get_object_or_404(ApiKey.objects.visible_to(request.user), pk=pk)
    delete_api_key(key=key)
    messages.success(request, _("“{name}” opens nothing any more.").format(name=key.name))
    return redirect("own-api-keys")
