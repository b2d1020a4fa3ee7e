"""What the tests of people and tokens share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from accounts import keys
from tenants.context import tenant_context
from tests.conftest import PASSWORD
from tests.fast_hasher import FastArgon2PasswordHasher


@pytest.fixture
def sign_in(stranger) -> Callable[..., dict[str, Any]]:
    """`sign_in(email)` returns the tokens of a new session."""

    def tokens(email: str, password: str = PASSWORD, **more: str) -> dict[str, Any]:
        body = {"email": email, "password": password, **more}
        answer = stranger.post("/api/v1/auth/login", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return tokens


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """Every computation of a password hash adds an item: work is counted, not timed."""
    done: list[str] = []
    for name in ("encode", "verify"):
        plain = getattr(FastArgon2PasswordHasher, name)

        def counted(self, *args, _plain=plain, _name=name, **kwargs):
            done.append(_name)
            return _plain(self, *args, **kwargs)

        monkeypatch.setattr(FastArgon2PasswordHasher, name, counted)
    return done


@pytest.fixture
def keys_dir(tmp_path, settings) -> Iterator[Any]:
    """A key directory of the test's own; the ring is read anew before and after."""
    settings.JWT_KEYS_DIR = tmp_path / "keys"
    keys._ring.cache_clear()
    yield settings.JWT_KEYS_DIR
    keys._ring.cache_clear()


@pytest.fixture
def in_globex(globex) -> Iterator[Any]:
    """The test body works inside globex."""
    with tenant_context(globex):
        yield globex


@pytest.fixture
def base_domain() -> str:
    return settings.BASE_DOMAIN
