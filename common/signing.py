"""Signatures as the Standard Webhooks specification wants them."""

import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a secret of 256 bits, as receivers write it down."""
    return PREFIX + b64encode(token_bytes(32)).decode()


def signed(content: bytes, *, pk: UUID, now: datetime, secrets: tuple[str, ...]) -> dict[str, str]:
    """Return the headers: one signature for each secret that is good now."""
    stamp = str(int(now.timestamp()))
    text = b".".join((str(pk).encode(), stamp.encode(), content))
    return {
        "webhook-id": str(pk),
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(text, secret)}" for secret in secrets),
    }


def _signature(text: bytes, secret: str) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.new(key, text, sha256).digest()).decode()
