"""Tokens that should open nothing: forged, unsigned, stale, of the wrong kind."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from accounts.keys import key_ring
from accounts.tokens import AccessToken, RefreshToken

# In the form of a token, so that nothing but its content is wrong.
NONSENSE = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.bm9ib2R5"


def forged(token: str, **claims: Any) -> str:
    """Change claims and leave the signature as it is."""
    head, _body, signature = token.split(".")
    return ".".join([head, _part({**_payload(token), **claims}), signature])


def unsigned(token: str, **claims: Any) -> str:
    """The same with `alg: none`."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part({**_payload(token), **claims})}."


def signed_with_the_public_key(token: str, **claims: Any) -> str:
    """HS256 with the published key as the secret: what naive verifiers accept."""
    key = next(iter(key_ring().values()))
    secret = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = _part({"alg": "HS256", "typ": "JWT", "kid": key.kid})
    text = f"{head}.{_part({**_payload(token), **claims})}"
    return f"{text}.{_plain(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def signed_by_a_stranger(token: str, **claims: Any) -> str:
    """A good signature of a key that is not ours, under the id of ours."""
    head = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode({**_payload(token), **claims}, _stranger(), "RS256", headers=head)


def bringing_its_own_key(token: str, **claims: Any) -> str:
    """The header names where the key is to be found."""
    head = {"kid": "../../../dev/null", "jku": "http://evil.test/jwks.json", "x5u": "http://e.test"}
    return jwt.encode({**_payload(token), **claims}, _stranger(), "RS256", headers=head)


FORGERIES = (
    *(forged, unsigned, signed_with_the_public_key),
    *(signed_by_a_stranger, bringing_its_own_key),
)


def expired(token: str) -> str:
    """Our own signature, and the end an hour ago."""
    kind: Any = AccessToken if _payload(token)["token_type"] == "access" else RefreshToken
    found = kind(token)
    found.payload["exp"] = int((timezone.now() - timedelta(hours=1)).timestamp())
    return str(found)


def _payload(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def _part(value: dict[str, Any]) -> str:
    return _plain(json.dumps(value).encode())


def _plain(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@cache
def _stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
