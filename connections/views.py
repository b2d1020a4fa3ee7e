"""The page on which accounts are connected, and the end of the way back from a vendor."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import UserRequest, requires, waits
from accounts.models import User
from accounts.permissions import Permission
from common.errors import AppError, MissingError
from connections.models import Connection, ProviderName
from connections.providers import PROVIDERS
from connections.services import begin_connecting, check_own, disconnect, finish_connecting
from connections.words import name_of
from tenants.context import atomic
from tenants.directory import uuid_or_none

Context = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@waits
@requires(None)
def accounts(request: UserRequest) -> HttpResponse:
    """Show which accounts are connected and how they fare; connect one, or disconnect it."""
    said: Context = {}
    if request.method == "POST":
        do = DEEDS.get(request.POST.get("do", ""), _connect)
        try:
            said = do(request)
        except AppError as error:
            messages.error(request, error.sentence)
        if not said:
            with atomic():
                return redirect("accounts")
    with atomic():
        return render(request, "connections/accounts.html", _shown(request.user) | said)


def _shown(person: User) -> Context:
    is_admin = person.may(Permission.ADMIN_SETTINGS)
    seen = list(Connection.objects.visible_to(person).select_related("person"))
    mine = [row for row in seen if row.person_id == person.pk]
    office = [row for row in seen if row.person_id is None]
    own = [name for name, each in PROVIDERS.items() if not each.for_office_alone]
    return {
        "parts": [
            {"is_office": False, "rows": mine, "ways": _ways(own)},
            *([{"is_office": True, "rows": office, "ways": _ways(PROVIDERS)}] if is_admin else []),
        ]
    }


def _ways(names: Any) -> list[Context]:
    return [{"name": name, "label": name_of(name)} for name in names if PROVIDERS[name].is_set_up()]


def _connect(request: UserRequest) -> Context:
    provider = request.POST.get("provider", "")
    if provider not in ProviderName.values:
        raise MissingError(_("There is no such vendor."))
    for_office = request.POST.get("whose") == "office"
    url = begin_connecting(provider=provider, by=request.user, for_office=for_office)
    return {"way": {"url": url, "label": name_of(provider)}}


def _disconnect(request: UserRequest) -> Context:
    pk: UUID | None = uuid_or_none(request.POST.get("connection", ""))
    if pk is None:
        raise MissingError(_("There is no such account."))
    disconnect(connection_id=pk, by=request.user)
    messages.success(request, _("Disconnected. What the office knew to get in is wiped."))
    return {}


def _check(request: UserRequest) -> Context:
    pk: UUID | None = uuid_or_none(request.POST.get("connection", ""))
    if pk is None:
        raise MissingError(_("There is no such account."))
    if trouble := check_own(connection_id=pk, by=request.user):
        messages.error(request, _("It does not work: {trouble}").format(trouble=trouble))
    else:
        messages.success(request, _("It works."))
    return {}


DEEDS: Mapping[str, Callable[[UserRequest], Context]] = {
    "connect": _connect,
    "disconnect": _disconnect,
    "check": _check,
}


@require_safe
@waits
@requires(None)
def finish(request: UserRequest) -> HttpResponse:
    """Take what the vendor brought, if the person who is signed in is the one who began."""
    try:
        made = finish_connecting(state=request.GET.get("state", ""), by=request.user)
    except AppError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request,
            _("{provider} is connected: {address}.").format(
                provider=made.get_provider_display(), address=made.address
            ),
        )
    with atomic():
        return redirect("accounts")
