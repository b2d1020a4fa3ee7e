"""What the tests of people and tokens share."""

import logging
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings

from accounts import keys
from tenants.cache import tenant_cache
from tenants.context import tenant_context
from tests.accounts.sso import set_up
from tests.conftest import PASSWORD
from tests.fast_hasher import FastArgon2PasswordHasher
from tests.peers.loopback import serving
from tests.peers.oidc import Provider


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


@pytest.fixture
def loopback(settings, in_acme):
    """Providers on this machine may be asked, and nothing is remembered of any."""
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    tenant_cache.clear()


@pytest.fixture
def elsewhere(in_acme):
    """Where people of acme sign in besides: a provider that can be told to lie."""
    with serving(Provider()) as provider:
        yield provider


@pytest.fixture
def provider(elsewhere):
    """What acme has written down of it."""
    return set_up(elsewhere)


@pytest.fixture
def refused(caplog):
    """`refused(answer, reason)`: it signs nobody in, tells nobody why, and writes down why."""

    def check(client, answer, reason):
        assert answer.status_code == 401, answer.content
        assert b"was not accepted" in answer.content
        assert client.get("/").status_code == 302
        told = [record.reason for record in caplog.records if hasattr(record, "reason")]
        assert reason in told[-1:], told

    caplog.set_level(logging.WARNING)
    return check
