"""Access and refresh tokens: simplejwt with a key id, exact claims and a rotation that locks.

The claims are those of the HTTP contract. A refresh token names its family and its own `jti`; only
the family's current `jti` may be used, once.
"""

from dataclasses import dataclass
from functools import lru_cache
from time import time
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken as BaseAccessToken
from rest_framework_simplejwt.tokens import RefreshToken as BaseRefreshToken

from accounts.keys import key_ring
from accounts.models import RefreshFamily, User
from common.errors import UnauthenticatedError
from tenants.context import current_tenant
from tenants.directory import uuid_or_none

HMAC_KEY_ID = "hmac"
BAD_TOKEN = "The token is not valid or no longer valid."  # noqa: S105  words for people
# What reading a claim of the wrong type or size raises.
UNREADABLE = (TokenError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError)


class KeyRingBackend(TokenBackend):
    """Signs with the newest key and names it in the header; verifies with the key that is named."""

    def encode(self, payload: dict[str, Any]) -> str:
        """Return the signed token."""
        claims = {**payload, "aud": self.audience, "iss": self.issuer}
        key, kid = self._signing_key()
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": kid})

    def _signing_key(self) -> tuple[str | RSAPrivateKey, str]:
        if self.algorithm == "HS256":
            return settings.JWT_SECRET_KEY, HMAC_KEY_ID
        newest = next(iter(key_ring().values()))
        return newest.private, newest.kid

    def get_verifying_key(self, token: Any) -> Any:
        """Return the public key that the header names. Raises TokenBackendError."""
        if self.algorithm == "HS256":
            return settings.JWT_SECRET_KEY
        try:
            return key_ring()[jwt.get_unverified_header(token)["kid"]].private.public_key()
        except (jwt.InvalidTokenError, KeyError, TypeError) as error:
            raise TokenBackendError("unknown key") from error


def _backend() -> KeyRingBackend:
    return KeyRingBackend(
        settings.JWT_ALGORITHM, audience=api_settings.AUDIENCE, issuer=api_settings.ISSUER
    )


class AccessToken(BaseAccessToken):
    """Opens the API for half an hour."""

    def get_token_backend(self) -> TokenBackend:
        """Use the key ring."""
        return _backend()


class RefreshToken(BaseRefreshToken):
    """Is exchanged, once, for the next pair."""

    def get_token_backend(self) -> TokenBackend:
        """Use the key ring."""
        return _backend()


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    user_id: UUID
    tenant_id: UUID
    jti: UUID
    # None in tokens of before there were sessions that can be ended.
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """What a verified refresh token says."""

    user_id: UUID
    tenant_id: UUID
    jti: UUID
    family_id: UUID


def bearer_token(request: HttpRequest | Request) -> str | None:
    """Return what the Authorization header carries under the scheme Bearer, in any case."""
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def read_access_token(raw: str) -> Claims:
    """Verify an access token. Raises UnauthenticatedError without telling why.

    A token whose signature was found good is not computed through again while it lasts.
    """
    claims, ends_at = _verified(raw, _trusted_keys())
    if ends_at <= time():
        raise UnauthenticatedError(BAD_TOKEN)
    return claims


@lru_cache(maxsize=4096)
def _verified(raw: str, _trusted: tuple[str, ...]) -> tuple[Claims, float]:
    """Return the claims and when the token ends, in Unix time; only good ones are remembered."""
    payload, ids = _read(AccessToken, raw, "sub", "tenant_id", "jti")
    session = payload.get("sid")
    session_id = uuid_or_none(str(session)) if session is not None else None
    if session is not None and session_id is None:
        raise UnauthenticatedError(BAD_TOKEN)
    user_id, tenant_id, jti = ids
    return Claims(user_id, tenant_id, jti, session_id), float(payload["exp"])


def _trusted_keys() -> tuple[str, ...]:
    """Return what a token may be signed with now."""
    if settings.JWT_ALGORITHM == "HS256":
        return (settings.JWT_SECRET_KEY,)
    return tuple(key_ring())


def read_refresh_token(raw: str) -> RefreshClaims:
    """Verify a refresh token's signature and form. Raises UnauthenticatedError."""
    _payload, ids = _read(RefreshToken, raw, "sub", "tenant_id", "jti", "family")
    return RefreshClaims(*ids)


def _read(kind: type[Any], raw: str, *names: str) -> tuple[dict[str, Any], list[UUID]]:
    """Return what a verified token says, and the named ids of it in that order."""
    try:
        payload = kind(raw).payload
        return payload, [UUID(payload[name]) for name in names]
    except UNREADABLE as error:
        raise UnauthenticatedError(BAD_TOKEN) from error


def token_pair(*, user: User, family: RefreshFamily) -> dict[str, Any]:
    """Return the answer of a sign-in or refresh, with claims as the database has them now."""
    tenant_id = str(current_tenant().pk)
    access = AccessToken()
    access.payload.update(
        sub=str(user.pk),
        tenant_id=tenant_id,
        role=user.role.name,
        permissions=sorted(user.permissions),
        jti=str(uuid4()),
        sid=str(family.pk),
    )
    refresh = RefreshToken()
    refresh.payload.update(
        sub=str(user.pk),
        tenant_id=tenant_id,
        family=str(family.pk),
        jti=str(family.current_jti),
        exp=int(family.expires_at.timestamp()),
    )
    return {
        "access_token": str(access),
        "refresh_token": str(refresh),
        "token_type": "bearer",
        "expires_in": int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
    }
