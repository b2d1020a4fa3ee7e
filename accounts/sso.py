"""Signing in by an office's own provider: who comes in, as whom, and by which right."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from secrets import token_urlsafe
from time import time
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.guards import LastAdminError, ensure_an_admin_remains
from accounts.identity_models import Identity, IdentityProvider
from accounts.models import Role, User
from accounts.oidc import (
    ProviderError,
    RefusedIdentityError,
    authorization_url,
    claims_of,
    endpoints_of,
    exchange,
    with_userinfo,
)
from accounts.services import create_user
from common.origin import set_actor
from tenants.context import atomic, current_tenant
from tenants.directory import address_of

logger = logging.getLogger(__name__)

GOOD_FOR = 600
# How many sign-ins one browser may have begun: somebody opens several windows.
MOST_BEGUN = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that is under way, in the session of the browser that began it."""

    provider: str
    nonce: str
    verifier: str
    next: str
    at: float


def provider_for(email: str) -> IdentityProvider | None:
    """Return the provider that speaks for the address."""
    domain = email.rpartition("@")[2].lower()
    found: IdentityProvider | None = (
        IdentityProvider.objects.active().filter(domains__contains=[domain]).first()
    )
    return found if domain else None


def begin(provider: IdentityProvider, begun: dict[str, Any], *, back: str) -> str:
    """Return where the browser is sent, and note in `begun` what has to come back. Asks outside."""
    state = token_urlsafe(32)
    step = Begun(str(provider.pk), token_urlsafe(32), token_urlsafe(48), back, time())
    for old in sorted(begun, key=lambda name: begun[name]["at"])[: len(begun) - MOST_BEGUN + 1]:
        del begun[old]
    begun[state] = asdict(step)
    return authorization_url(
        provider,
        redirect_uri=redirect_uri(provider.pk),
        state=state,
        nonce=step.nonce,
        verifier=step.verifier,
    )


def take_begun(begun: dict[str, Any], state: str, provider_id: UUID) -> Begun:
    """Return the sign-in that a state belongs to, once. Raises RefusedIdentityError."""
    found = begun.pop(state, None)
    if found is None:
        raise RefusedIdentityError("state")
    step = Begun(**found)
    if step.provider != str(provider_id):
        raise RefusedIdentityError("another provider")
    if time() - step.at > GOOD_FOR:
        raise RefusedIdentityError("too late")
    return step


def finish(provider: IdentityProvider, step: Begun, query: Mapping[str, str]) -> tuple[User, str]:
    """Return the person that the provider sends back, and the ID token. Asks outside.

    Raises RefusedIdentityError and ProviderError.
    """
    if query.get("error") or not query.get("code"):
        raise RefusedIdentityError("error")
    if query.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise RefusedIdentityError("iss")
    tokens = exchange(
        provider,
        code=query["code"],
        redirect_uri=redirect_uri(provider.pk),
        verifier=step.verifier,
    )
    id_token = tokens.get("id_token")
    claims = claims_of(provider, id_token, nonce=step.nonce)
    claims = with_userinfo(provider, claims, tokens.get("access_token"))
    return _person(provider, claims), str(id_token)


@atomic()
def _person(provider: IdentityProvider, claims: Mapping[str, Any]) -> User:
    known = Identity.objects.select_related("user__role").filter(
        issuer=provider.issuer, subject=claims["sub"]
    )
    identity = known.first()
    if identity is not None:
        user: User = identity.user
        if not user.is_active:
            raise RefusedIdentityError("inactive")
    else:
        user = _met_by_address(provider, claims)
        Identity.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"])
    set_actor(user)
    _give_role(provider, user, claims)
    return user


def _met_by_address(provider: IdentityProvider, claims: Mapping[str, Any]) -> User:
    """Return the person of a verified address that the provider may speak for, or make them."""
    email = str(claims.get("email", "")).lower()
    if claims.get("email_verified") is not True:
        raise RefusedIdentityError("unverified address")
    if email.rpartition("@")[2] not in provider.domains:
        raise RefusedIdentityError("foreign address")
    user: User | None = User.objects.with_rights().filter(email=email).first()
    if user is None:
        return _new_person(provider, email, claims)
    if (
        not user.is_active
        or user.is_service
        or user.identities.filter(issuer=provider.issuer).exists()
    ):
        # Somebody else at the provider has this person's address now.
        raise RefusedIdentityError("inactive")
    return user


def _new_person(provider: IdentityProvider, email: str, claims: Mapping[str, Any]) -> User:
    if not provider.creates_people:
        raise RefusedIdentityError("nobody here")
    name = str(claims.get("name") or email.partition("@")[0])[:120].strip() or email
    user = create_user(
        email=email,
        full_name=name,
        role=_role_for(provider, claims) or provider.default_role.name,
        password=None,
    )
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at", "updated_at"])
    return user


def _role_for(provider: IdentityProvider, claims: Mapping[str, Any]) -> str | None:
    groups = claims.get(provider.group_claim or "groups")
    several = groups if isinstance(groups, list) else [groups]
    held = {group for group in several if isinstance(group, str)}
    fitting = {role for group, role in provider.role_map.items() if group in held}
    roles = list(Role.objects.filter(name__in=fitting))
    roles.sort(key=lambda role: (len(role.permissions), role.name))
    return roles[-1].name if roles else None


def _give_role(provider: IdentityProvider, user: User, claims: Mapping[str, Any]) -> None:
    """Have the role follow the groups, where they are mapped; the last admin keeps theirs."""
    wanted = _role_for(provider, claims)
    if not provider.role_map or str(user.pk) == current_tenant().settings.sso_break_glass:
        return
    role = Role.objects.filter(name=wanted or provider.default_role.name).first()
    if role is None or role.pk == user.role_id:
        return
    try:
        if "admin:settings" not in role.permissions:
            ensure_an_admin_remains(without=user)
    except LastAdminError:
        logger.warning("last admin keeps the role", extra={"user_id": str(user.pk)})
        return
    user.role = role
    user.save(update_fields=["role", "updated_at"])


def redirect_uri(provider_id: UUID) -> str:
    """Return where the provider sends browsers back to: an address of its own."""
    path = reverse("sso-callback", args=[provider_id], urlconf="accounts.urls")
    return f"{address_of(current_tenant())}{path}"


def logout_url(provider: IdentityProvider) -> str:
    """Return where one signs out at the provider as well; empty where there is no such place."""
    try:
        address = endpoints_of(provider).logout
    except ProviderError:
        return ""
    return address
