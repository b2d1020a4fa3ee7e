"""Links that an office sends out: each names its office and its purpose, signed, for a while."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import InvalidError
from tenants.context import current_tenant, tenant_or_none
from tenants.directory import address_of, open_tenant_or_none, uuid_or_none
from tenants.models import Tenant


class BadLinkError(InvalidError):
    """Forged, used, too old, taken back, or of another office: nobody is told which."""

    code = "invalid_token"

    def __init__(self) -> None:
        super().__init__(_("This link is not valid or no longer valid."), attr="token")


def make_token(purpose: str, **claims: Any) -> str:
    """Return a signed text for one purpose in the office in force."""
    office = {"t": current_tenant().pk.hex}
    return signing.dumps({**office, **claims}, salt=f"accounts.{purpose}")


def read_token(
    purpose: str, token: str, *, good_for: timedelta | None = None
) -> tuple[Tenant, dict[str, Any]]:
    """Return the open office of a token of ours and what it says. Raises BadLinkError.

    On an office's own host it must be that office's.
    """
    try:
        claims = signing.loads(token, salt=f"accounts.{purpose}", max_age=good_for)
    except signing.BadSignature:
        raise BadLinkError from None
    here = tenant_or_none()
    tenant = open_tenant_or_none(UUID(claims.pop("t")))
    if tenant is None or (here is not None and here.pk != tenant.pk):
        raise BadLinkError
    return tenant, claims


def id_in(claims: dict[str, Any]) -> UUID:
    """Return the id of the row that a token is about. Raises BadLinkError."""
    found = uuid_or_none(str(claims.get("i", "")))
    if found is None:
        raise BadLinkError
    return found


def page_link(page: str, token: str) -> str:
    """Return the address of a page of the office in force that takes the token."""
    path = reverse(page, args=[token], urlconf="accounts.urls")
    return f"{address_of(current_tenant())}{path}"
