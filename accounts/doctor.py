"""What the doctor looks at here: the keys that tokens are signed with."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.keys import key_ring
from common.doctor import Finding, register_look

OTHERS = 0o077
MAKE = "Run manage.py rotate_jwt_key, and give all web processes the same JWT_KEYS_DIR."


def look_at_keys() -> Iterator[Finding]:
    """There is one that signs, it can be read, and nobody else on the machine reads it."""
    if settings.JWT_ALGORITHM == "HS256":
        yield Finding("keys", "Tokens are signed with JWT_SECRET_KEY.")
        return
    folder = Path(settings.JWT_KEYS_DIR)
    files = sorted(folder.glob("*.pem"))
    if not files:
        yield Finding("keys", f"There is none in {folder}.", MAKE)
        return
    open_ones = [file.name for file in files if file.stat().st_mode & OTHERS]
    if open_ones:
        yield Finding("keys", f"Others may read {open_ones[0]}.", f"chmod 600 {folder}/*.pem")
        return
    try:
        yield Finding("keys", f"{len(key_ring())} of them verify, and the newest signs.")
    except (ValueError, ImproperlyConfigured):
        yield Finding("keys", f"One in {folder} cannot be read.", f"Take it out. {MAKE}")


def register_looks() -> None:
    """Tell the doctor of them."""
    register_look("keys", look_at_keys, remedy=MAKE)
