"""The doors of pages: each names its grant."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts.models import User
from accounts.permissions import Permission
from common.errors import RefusedError, TooLongError
from tenants.context import atomic

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)
M = TypeVar("M", bound=Model)


class UserRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


Page = Callable[Concatenate[UserRequest, P], HttpResponse]
Door = Callable[Concatenate[HttpRequest, P], HttpResponse]


def requires(grant: Permission | None) -> Callable[[Page[P]], Door[P]]:
    """Let in whose role holds the grant; send strangers to the sign-in page, refuse the others.

    Without a grant it lets in everybody who is signed in.
    """

    def decorate(page: Page[P]) -> Door[P]:
        @wraps(page)
        def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if request.user.must_enrol and not getattr(door, "before_enrolment", False):
                return redirect("second-factor")
            if grant is not None and not request.user.may(grant):
                raise RefusedError(_("Your role does not include this."))
            return page(request, *args, **kwargs)  # type: ignore[arg-type]

        door.grant = grant  # type: ignore[attr-defined]
        return door

    return decorate


def grows_old_by(*apps: str) -> Callable[[Door[P]], Door[P]]:
    """Keep the page fresh while it stands open: what these apps write may change it.

    Only for pages that may be fetched again at any time. What can be exchanged in them carries
    `data-key` (a thing of a list) or `data-part`.
    """

    def decorate(door: Door[P]) -> Door[P]:
        door.grows_old_by = apps  # type: ignore[attr-defined]
        return door

    return decorate


def before_enrolment(door: Door[P]) -> Door[P]:
    """Let in who has still to set up the second factor that the office wants."""
    door.before_enrolment = True  # type: ignore[attr-defined]
    return door


def waits(door: Door[P]) -> Door[P]:
    """Let a page wait for somebody outside: it opens short transactions of its own.

    Stands above `requires`; who asks is found out in a transaction of its own.
    """

    @wraps(door)
    def wait(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with atomic():
            request.user.is_authenticated  # noqa: B018  looks the lazy person up, with the role
        return door(request, *args, **kwargs)

    return transaction.non_atomic_requests(wait)


def of_at_most(size: int) -> Callable[[Door[P]], Door[P]]:
    """Refuse a longer body before anybody reads it; the check of its form's token reads it all."""

    def decorate(door: Door[P]) -> Door[P]:
        inner = csrf_protect(door)

        @csrf_exempt
        @wraps(door)
        def measure(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if int(request.headers.get("content-length") or 0) > size:
                raise TooLongError(_("This file is too long."))
            return inner(request, *args, **kwargs)

        return measure

    return decorate


def open_to_all(page: Callable[Concatenate[HttpRequest, P], R]) -> Door[P]:
    """Mark a page that strangers may open: only the sign-in and the front door are."""
    page.grant = None  # type: ignore[attr-defined]
    return page


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("sign-in")})
    back = request.get_full_path() if request.method == "GET" else reverse("today")
    answer: HttpResponseRedirect = redirect_to_login(back, reverse("sign-in"))
    return answer


def page_in(
    request: HttpRequest, rows: QuerySet[M], size: int
) -> tuple[list[M], dict[str, int | None]]:
    """Return the page of rows that is asked for, the first one for nonsense.

    With it come the numbers of the pages beside it, as `components/pages.html` shows them.
    """
    text = request.GET.get("page", "1")
    number = min(max(int(text), 1), 10_000) if text.isascii() and text.isdigit() else 1
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    after = number + 1 if len(found) > size else None
    return found[:size], {"before": number - 1 or None, "after": after}


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Return where to go on: a path of this host, or the page of today."""
    known = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    # A word without a slash is a place beside the address that was asked, and none of ours.
    return wanted if known and "/" in wanted else reverse("today")
