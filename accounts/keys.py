"""The keys that sign access tokens: made, rotated by adding a file, published as a JWK set."""

import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One RSA key pair with its public name."""

    kid: str
    private: rsa.RSAPrivateKey

    @property
    def public_jwk(self) -> dict[str, Any]:
        """The public half as RFC 7517 writes it."""
        jwk = public_numbers(self.private)
        return {**jwk, "kid": self.kid, "use": "sig", "alg": "RS256"}


def key_ring() -> Mapping[str, SigningKey]:
    """Return the keys of JWT_KEYS_DIR by `kid`, the signing one first.

    The file whose name sorts last signs; all others still verify. The folder is read again as soon
    as it has changed: every process signs with a new key, and knows it, from its next request on.
    """
    folder = os.fspath(settings.JWT_KEYS_DIR)
    try:
        changed_at = os.stat(folder).st_mtime_ns  # noqa: PTH116 - once for each request
    except FileNotFoundError:
        changed_at = 0
    return _ring(folder, changed_at)


@lru_cache(maxsize=2)
def _ring(name: str, _changed_at: int) -> Mapping[str, SigningKey]:
    folder = Path(name)
    if not list(folder.glob("*.pem")):
        _make_first_key(folder)
    keys = [_load(path) for path in sorted(folder.glob("*.pem"), reverse=True)]
    return {key.kid: key for key in keys}


def rotate_key(*, tokens_last: timedelta) -> tuple[str, list[str]]:
    """Add a key, which signs from now on; return its `kid` and the files that were taken out.

    A key goes when no token that it signed can still be good: the next one is older than that.
    """
    folder = Path(settings.JWT_KEYS_DIR)
    key_ring()  # which makes the first
    files = sorted(folder.glob("*.pem"))
    name = f"jwt-{timezone.now():%Y%m%d%H%M%S}.pem"
    if name <= files[-1].name:
        # An underscore sorts after the full stop.
        name = f"{files[-1].stem}_{name.removeprefix('jwt-')}"
    _write_key(folder, name)
    oldest_good = (timezone.now() - tokens_last).timestamp()
    over = [old for old, following in pairwise(files) if following.stat().st_mtime < oldest_good]
    for file in over:
        file.unlink()
    return next(iter(key_ring())), [file.name for file in over]


def public_numbers(private: rsa.RSAPrivateKey) -> dict[str, Any]:
    """Return the members of the public JWK that its thumbprint covers."""
    jwk = json.loads(RSAAlgorithm.to_jwk(private.public_key()))
    return {name: jwk[name] for name in ("e", "kty", "n")}


def thumbprint(private: rsa.RSAPrivateKey) -> str:
    """Return the RFC 7638 thumbprint of the public key."""
    text = json.dumps(public_numbers(private), separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()


def _load(path: Path) -> SigningKey:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise ImproperlyConfigured(f"{path.name} is not a private key in PEM form") from error
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < KEY_BITS:
        raise ImproperlyConfigured(f"{path.name} is not an RSA key of {KEY_BITS} bits or more")
    return SigningKey(kid=thumbprint(private), private=private)


def _make_first_key(folder: Path) -> None:
    """Write `jwt-1.pem`; when two processes race, the first one's stays."""
    _write_key(folder, "jwt-1.pem")


def _write_key(folder: Path, name: str) -> None:
    """Write a new key, readable by us alone, all at once; one that is there stays."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = folder / f".{name}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    try:
        os.link(draft, folder / name)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
