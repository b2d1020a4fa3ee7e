"""Google's sign-in on loopback: agreeing, codes with PKCE, tokens that end and are revoked."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from time import time
from typing import Any

import jwt

from tests.peers.loopback import Asked, Told, serving

CLIENT = ("office-of-the-tests", "secret-of-the-tests")
SCOPES = (
    "openid email https://www.googleapis.com/auth/calendar.events"
    " https://www.googleapis.com/auth/calendar.calendarlist.readonly"
)


def says(status: int, **body: Any) -> Told:
    return Told(status, json.dumps(body).encode())


@dataclass
class GoogleLogin:
    """Keeps who agreed; `refreshes` counts how often a new token was asked for."""

    port: int = 0
    sub: str = "1098"
    email: str = "eve@acme.example"
    scopes: str = SCOPES
    # How long a refresh takes, until a test sets the event.
    waits: threading.Event | None = None
    is_revoked: bool = False
    # What is told first, one for each request to the APIs.
    script: list[Told] = field(default_factory=list)
    refreshes: int = 0
    revoked: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def agree(self, query: dict[str, str]) -> str:
        """Do what a person's browser does on Google's page; return the code that comes back."""
        assert query["code_challenge_method"] == "S256"
        assert (query["access_type"], query["prompt"]) == ("offline", "consent")
        code = f"code-{next(self._numbers)}"
        self._codes[code] = query
        return code

    def answer(self, asked: Asked) -> Told | None:
        self.asked.append(asked)
        if asked.path == "/token":
            return self._token({name: values[0] for name, values in asked.form.items()})
        if asked.path == "/revoke":
            self.revoked.append(asked.form["token"][0])
            self.good.clear()
            return says(200)
        return self._api(asked)

    def _token(self, form: dict[str, str]) -> Told:
        if (form["client_id"], form["client_secret"]) != CLIENT:
            return says(401, error="invalid_client")
        if form["grant_type"] == "refresh_token":
            self.refreshes += 1
            if self.waits:
                self.waits.wait(10)
            if self.is_revoked or form["refresh_token"] != "refresh-1":
                return says(400, error="invalid_grant", error_description="Token has been revoked.")
            return says(200, **self._fresh())
        query = self._codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        if query is None or challenge.rstrip(b"=").decode() != query["code_challenge"]:
            return says(400, error="invalid_grant")
        if form["redirect_uri"] != query["redirect_uri"]:
            return says(400, error="redirect_uri_mismatch")
        claims = {
            "iss": "https://accounts.google.com",
            "aud": CLIENT[0],
            "sub": self.sub,
            "email": self.email,
            "nonce": query["nonce"],
            "iat": int(time()),
            "exp": int(time()) + 3600,
        }
        id_token = jwt.encode(claims, "nobody looks at the signature of this", algorithm="HS256")
        return says(200, refresh_token="refresh-1", id_token=id_token, **self._fresh())

    def _fresh(self) -> dict[str, Any]:
        token = f"access-{next(self._numbers)}"
        self.good = {token}
        return {
            "access_token": token,
            "expires_in": 3599,
            "scope": self.scopes,
            "token_type": "Bearer",
        }

    def _api(self, asked: Asked) -> Told | None:
        if self.script:
            return self.script.pop(0)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return says(401, error={"code": 401, "message": "Invalid Credentials"})
        return says(200, kind="calendar#calendarList", items=[])


@contextmanager
def google_login() -> Iterator[GoogleLogin]:
    with serving(GoogleLogin()) as peer:
        yield peer
