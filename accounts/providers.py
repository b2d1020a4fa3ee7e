"""How an office sets its own sign-in up."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from accounts.guards import require_rights_of, save_unique
from accounts.identity_models import IdentityProvider
from accounts.models import User
from accounts.staff import role_of_name
from common.errors import InvalidError
from tenants.context import atomic

ISSUER_TAKEN = "There is a provider of this issuer already."
DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")


@atomic()
def save_provider(
    *, provider: IdentityProvider, changes: Mapping[str, Any], by: User
) -> IdentityProvider:
    """Store a provider, new or changed; a secret that is not given stays as it is.

    Raises InvalidError naming the field, ConflictError `issuer_taken`, and RefusedError for a role
    with more rights than `by` has.
    """
    values = dict(changes)
    if "default_role" in values:
        provider.default_role = role_of_name(values.pop("default_role"))
    for name, value in values.items():
        setattr(provider, name, value)
    provider.domains = sorted({domain.lower() for domain in provider.domains})
    _check(provider)
    require_rights_of(provider.default_role, by)
    for name in set(provider.role_map.values()):
        require_rights_of(role_of_name(name), by)
    save_unique(provider, ISSUER_TAKEN, "issuer")
    return provider


@atomic()
def delete_provider(*, provider: IdentityProvider) -> None:
    """Delete a provider; nobody signs in by it any more."""
    provider.delete()


def _check(provider: IdentityProvider) -> None:
    parts = urlsplit(provider.issuer)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        sentence = "An issuer is an address that starts with https:// and has no query."
        raise InvalidError(sentence, attr="issuer")
    if not provider.domains or not all(map(DOMAIN.match, provider.domains)):
        raise InvalidError("Name the domains as in example.com.", attr="domains")
    named = provider.role_map.items() if isinstance(provider.role_map, dict) else [(0, 0)]
    if not all(isinstance(one, str) and isinstance(role, str) for one, role in named):
        sentence = "From the name of a group to that of a role."
        raise InvalidError(sentence, attr="role_map")
