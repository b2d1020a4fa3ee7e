"""OpenID Connect as a client: what a provider says of itself, and what it says of a person.

All of it comes from outside: it is fetched through `common.http`, which looks where addresses lead,
and believed only as far as signatures go (OpenID Connect Core 1.0, section 3.1.3.7).
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.identity_models import IdentityProvider
from common.errors import UnauthenticatedError, UnprocessableError
from common.http import Answer, Deadline, Limits, NoAnswerError, get, post
from tenants.cache import tenant_cache
from tenants.rates import Bucket, Rate, take

# Signatures that take the provider's private key, as `none` and HMAC do not.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
KEPT_FOR, LEEWAY, PATIENCE = 3600, 60, 15.0
SCOPES = "openid email profile"
NEEDED = ("exp", "iat", "iss", "aud", "sub")


class ProviderError(UnprocessableError):
    """The provider does not answer as it should; the reason is for the office's admin."""

    code = "provider_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(_("Your company's sign-in did not answer as it should; try again later."))
        self.reason = reason


class RefusedIdentityError(UnauthenticatedError):
    """What came back is not to be believed; the reason is for the log, and for tests."""

    code = "sso_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(_("This sign-in was not accepted; begin again."))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider does what; the last two may be empty."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    logout: str


def endpoints_of(provider: IdentityProvider) -> Endpoints:
    """Return what the provider says of itself (OpenID Connect Discovery). Raises ProviderError."""
    key = f"oidc:{provider.pk}:{sha256(provider.issuer.encode()).hexdigest()[:16]}"
    said = tenant_cache.get(key)
    if said is None:
        said = _json(get_from(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"))
        if said.get("issuer") != provider.issuer:
            raise ProviderError("another issuer")
        tenant_cache.set(key, said, KEPT_FOR)
    try:
        return Endpoints(
            authorization=_address(said["authorization_endpoint"]),
            token=_address(said["token_endpoint"]),
            keys=_address(said["jwks_uri"]),
            userinfo=_address(said.get("userinfo_endpoint", "")),
            logout=_address(said.get("end_session_endpoint", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderError("no endpoints") from error


def authorization_url(
    provider: IdentityProvider, *, redirect_uri: str, state: str, nonce: str, verifier: str
) -> str:
    """Return where the browser is sent: code flow with PKCE (RFC 7636)."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = endpoints_of(provider).authorization
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def exchange(
    provider: IdentityProvider, *, code: str, redirect_uri: str, verifier: str
) -> dict[str, Any]:
    """Return the tokens for a code. Raises ProviderError and RefusedIdentityError."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if provider.client_secret:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        body["client_id"] = provider.client_id
    address = endpoints_of(provider).token
    try:
        answer = post(address, content=urlencode(body).encode(), headers=headers, limits=_limits())
    except NoAnswerError as error:
        raise ProviderError(error.reason) from error
    if 400 <= answer.status < 500:  # noqa: PLR2004  the provider does not know the code
        raise RefusedIdentityError("code")
    return _json(answer)


def claims_of(provider: IdentityProvider, id_token: Any, *, nonce: str) -> dict[str, Any]:
    """Return what a verified ID token says. Raises RefusedIdentityError and ProviderError."""
    try:
        header = jwt.get_unverified_header(id_token)
    except (jwt.InvalidTokenError, TypeError, AttributeError) as error:
        raise RefusedIdentityError("form") from error
    if header.get("alg") not in ALGORITHMS:
        raise RefusedIdentityError("alg")
    key = _key(provider, header)
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": list(NEEDED)},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise RefusedIdentityError(type(error).__name__) from error
    _check_rest(provider, claims, nonce)
    return claims


def _check_rest(provider: IdentityProvider, claims: Mapping[str, Any], nonce: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise RefusedIdentityError("azp")
    if not nonce or claims.get("nonce") != nonce:
        raise RefusedIdentityError("nonce")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:  # noqa: PLR2004
        raise RefusedIdentityError("sub")


def with_userinfo(
    provider: IdentityProvider, claims: dict[str, Any], access_token: Any
) -> dict[str, Any]:
    """Return the claims with what the provider tells on demand, where the token left it out."""
    address = endpoints_of(provider).userinfo
    if "email" in claims or not address or not isinstance(access_token, str):
        return claims
    said = _json(get_from(address, {"Authorization": f"Bearer {access_token}"}))
    if said.get("sub") != claims["sub"]:
        raise RefusedIdentityError("userinfo")
    return {**said, **claims}


def _key(provider: IdentityProvider, header: Mapping[str, Any]) -> Any:
    """Return the key that the token names; unknown ones are asked for anew, once a minute."""
    kid = header.get("kid")
    for fresh in (False, True):
        found = [
            key
            for key in _keys(provider, fresh=fresh)
            if (kid is None or key.get("kid") == kid) and key.get("use", "sig") == "sig"
        ]
        if len(found) == 1:
            try:
                return jwt.PyJWK(found[0], algorithm=header["alg"]).key
            except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
                raise RefusedIdentityError("key") from error
    raise RefusedIdentityError("kid")


def _keys(provider: IdentityProvider, *, fresh: bool) -> list[dict[str, Any]]:
    address = endpoints_of(provider).keys
    name = f"oidc-keys:{sha256(address.encode()).hexdigest()[:16]}"
    known: list[dict[str, Any]] | None = tenant_cache.get(name)
    if known is not None and (not fresh or take([Bucket(name, Rate(2, 60))])):
        return known
    said = _json(get_from(address)).get("keys")
    keys = [key for key in said if isinstance(key, dict)] if isinstance(said, list) else []
    tenant_cache.set(name, keys, KEPT_FOR)
    return keys


def get_from(address: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask a provider. Raises ProviderError."""
    try:
        return get(
            address, headers={"Accept": "application/json", **(headers or {})}, limits=_limits()
        )
    except NoAnswerError as error:
        raise ProviderError(error.reason) from error


def _limits() -> Limits:
    return Limits(deadline=Deadline.after(PATIENCE), inside=tuple(settings.OUTGOING_NETWORKS))


def _json(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:  # noqa: PLR2004  nothing else is an answer here
        raise ProviderError(f"status {answer.status}")
    try:
        said = json.loads(answer.body)
    except ValueError as error:
        raise ProviderError("no JSON") from error
    if not isinstance(said, dict):
        raise ProviderError("no object")
    return said


def _address(text: Any) -> str:
    """Return the address if it is one; a browser is sent to some of them."""
    if text and urlsplit(text).scheme not in {"http", "https"}:
        raise ValueError(text)
    return str(text)
