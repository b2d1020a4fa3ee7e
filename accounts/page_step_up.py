"""Showing once more who one is, on the pages and in the console."""

from datetime import UTC, datetime

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.page_sessions import SHOWN
from accounts.permissions import require_recent
from common.errors import RefusedError
from tenants.context import tenant_or_none


def require_shown(request: HttpRequest) -> None:
    """Raise RefusedError unless the person has shown a moment ago who they are."""
    shown = request.session.get(SHOWN)
    require_recent(datetime.fromtimestamp(shown, UTC) if shown else None)


def way_to_show(request: HttpRequest) -> HttpResponse | None:
    """Return the way to the page that asks who one is, for who has not shown it just now.

    Operators of the platform have no such page: their console asks when they sign in.
    """
    if tenant_or_none() is None:
        return None
    try:
        require_shown(request)
    except RefusedError:
        back = request.get_full_path() if request.method == "GET" else request.path
        return redirect_to_login(back, reverse("show-again"))
    return None
