"""Vendors on loopback, and somebody who connects an account."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from connections.flows import keep_account
from connections.models import Connection
from connections.providers import Account, Tokens
from tests.conftest import OfficeClient
from tests.peers.google import GoogleLogin, google_login
from tests.peers.microsoft import Microsoft, microsoft

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def google(settings) -> Iterator[GoogleLogin]:
    with google_login() as peer:
        settings.GOOGLE_OAUTH_BASE_URL = settings.GOOGLE_TOKEN_BASE_URL = peer.url
        settings.GOOGLE_API_BASE_URL = peer.url
        yield peer


def come_back(provider: str, *, posted: bool = False, **values: str) -> Any:
    """Do what the browser does when the vendor is done: open our address on the shared host."""
    client = OfficeClient(HTTP_HOST="localhost", raise_request_exception=False)
    url = f"/api/v1/integrations/{provider}/callback"
    if posted:
        return client.generic("POST", url, urlencode(values), content_type=FORM)
    return client.get(url, values)


@pytest.fixture
def callback(db) -> Callable[..., Any]:
    """`callback("google", code=…, state=…)` is what the browser does when the vendor is done."""
    return come_back


def begin(api: Any, provider: str, **body: Any) -> dict[str, str]:
    """Begin by the API and return what stands in the vendor's address."""
    answer = api.post(f"/api/v1/integrations/{provider}/connect", body)
    assert answer.status_code == 200, answer.content
    return dict(parse_qsl(urlsplit(answer.json()["authorization_url"]).query))


def connected(person: Any, **values: Any) -> Connection:
    """Have a Google account connected whose tokens the peer knows."""
    tokens = Tokens(access_token="old", expires_at=0, refresh_token="refresh-1")
    account = Account("1098", "eve@acme.example", ["calendar"], tokens)
    connection = keep_account(provider="google", account=account, person=person)
    if values:
        connection.change(**values)
    return connection


@pytest.fixture
def ms(settings) -> Iterator[Microsoft]:
    with microsoft() as peer:
        settings.MS_LOGIN_BASE_URL = settings.MSGRAPH_BASE_URL = peer.url
        yield peer
    assert peer.wrong == []


def finish_url(answer: Any) -> str | None:
    """Return where the page that the vendor leads to goes on, on acme's own host."""
    found = re.search(
        r'href="https?://acme\.localhost(?::\d+)?(/connections/finish\?state=[^"]+)"',
        answer.content.decode(),
    )
    return found[1].replace("&amp;", "&") if found else None
