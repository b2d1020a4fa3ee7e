"""How API keys are written: whose they are can be told without asking anybody.

`aok_`, then the key's id and its office's, then the secret, of which only the digest is kept.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

MARK = "aok_"
SIZE = 16
# As many letters as base64 takes for two ids, and for the secret.
IDS, SECRET = 43, 43
# How much of a key is shown, for people to tell theirs apart.
SHOWN = len(MARK) + 8


@dataclass(frozen=True, slots=True)
class KeyClaims:
    """What a key says of itself; nothing of it is proven yet."""

    key_id: UUID
    tenant_id: UUID
    digest: str = field(repr=False)


def write_key(key_id: UUID, tenant_id: UUID) -> tuple[str, str]:
    """Return a new key and the digest of its secret."""
    secret = _text(token_bytes(2 * SIZE))
    return f"{MARK}{_text(key_id.bytes + tenant_id.bytes)}{secret}", digest_of(secret)


def read_key(text: str) -> KeyClaims | None:
    """Return what the text says if it has the form of a key."""
    ids, secret = text[len(MARK) : len(MARK) + IDS], text[len(MARK) + IDS :]
    if not text.startswith(MARK) or len(secret) != SECRET or not text.isascii():
        return None
    try:
        both = urlsafe_b64decode(f"{ids}=")
    except ValueError:
        return None
    if len(both) != 2 * SIZE:
        return None
    return KeyClaims(UUID(bytes=both[:SIZE]), UUID(bytes=both[SIZE:]), digest_of(secret))


def digest_of(secret: str) -> str:
    """Return what is kept of a secret; it is long and random, so that this cannot be undone."""
    return sha256(secret.encode()).hexdigest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
