"""Secrets at rest: a column of ciphertext, with keys that the environment names.

The first key of ENCRYPTION_KEYS encrypts, each of them decrypts; `rotate_keys` brings what is
stored to the first.
"""

from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class LostKeyError(Exception):
    """A stored secret was encrypted with a key that ENCRYPTION_KEYS does not name."""


class EncryptedField(models.TextField):  # type: ignore[type-arg]  # generic for the checker alone
    """A text that the database holds encrypted; nobody can look for a value in it."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt; an empty text stays empty."""
        return encrypt(value) if value else super().get_prep_value(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt. Raises LostKeyError."""
        return decrypt(value) if value else value


def encrypt(text: str) -> str:
    """Return the ciphertext under the first key."""
    return ring(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(ciphertext: str) -> str:
    """Return the text. Raises LostKeyError."""
    try:
        return ring(tuple(settings.ENCRYPTION_KEYS)).decrypt(ciphertext.encode()).decode()
    except InvalidToken:
        raise LostKeyError("no key of ENCRYPTION_KEYS fits") from None


@cache
def ring(secrets: tuple[str, ...]) -> MultiFernet:
    """Return the keys that these secrets stand for: any long random text will do."""
    return MultiFernet([_key_of(secret) for secret in secrets])


def _key_of(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"office secrets at rest")
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
