"""Microsoft's sign-in and Graph's mail on loopback; Graph's part is held against Microsoft's own
description, both ways.
"""

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from hashlib import sha256
from itertools import count
from time import time
from typing import Any

import jwt
from django.utils import timezone

from tests.peers.description import problems_of_reply, problems_of_request
from tests.peers.loopback import Asked, Told, serving

CLIENT = ("office-of-the-tests", "secret-of-the-tests")
LOGIN = "https://login.microsoftonline.com"
TID, OID = "11111111-2222-4333-8444-555555555555", "99999999-8888-4777-8666-555555555555"
SCOPE = " ".join(
    f"https://graph.microsoft.com/{name}"
    for name in ("User.Read", "Calendars.ReadWrite", "Mail.Send", "Mail.Read")
)


def says(status: int, **body: Any) -> Told:
    return Told(status, json.dumps(body).encode())


def refuses(status: int, code: str, **headers: str) -> Told:
    told = says(status, error={"code": code, "message": "no"})
    return Told(
        status, told.body, headers=tuple((k.replace("_", "-"), v) for k, v in headers.items())
    )


@dataclass
class Microsoft:
    """Keeps who agreed, what was sent, and what is in the inbox."""

    port: int = 0
    tid: str = TID
    address: str = "office@acme.example"
    # What a refresh is refused with: `error` and Microsoft's own number of it.
    refusal: tuple[str, int] | None = None
    # What Graph tells first, one for each call; None hangs up.
    script: list[Callable[[Asked], Told | None]] = field(default_factory=list)
    refreshes: int = 0
    asked: list[Asked] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    inbox: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _refresh: str = ""
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def agree(self, query: dict[str, str]) -> str:
        """Do what a person's browser does on Microsoft's page; return the code."""
        assert (query["code_challenge_method"], query["response_mode"]) == ("S256", "form_post")
        code = f"code-{next(self._numbers)}"
        self._codes[code] = query
        return code

    def answer(self, asked: Asked) -> Told | None:
        self.asked.append(asked)
        if asked.path.endswith("/oauth2/v2.0/token"):
            return self._token({name: values[0] for name, values in asked.form.items()})
        return self._graph(asked)

    # --- Signing in

    def _token(self, form: dict[str, str]) -> Told:
        if (form["client_id"], form["client_secret"]) != CLIENT:
            return self._no("invalid_client", 7000215)
        if form["grant_type"] == "client_credentials":
            return says(200, **{**self._fresh(), "scope": "", "refresh_token": None})
        if form["grant_type"] == "refresh_token":
            self.refreshes += 1
            if self.refusal:
                return self._no(*self.refusal)
            if form["refresh_token"] != self._refresh:
                return self._no("invalid_grant", 70000)
            return says(200, **self._fresh())
        return self._first(form)

    def _first(self, form: dict[str, str]) -> Told:
        query = self._codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        if query is None or challenge.rstrip(b"=").decode() != query["code_challenge"]:
            return self._no("invalid_grant", 9002313)
        return says(200, **self._fresh(), id_token=self._id_token(query["nonce"]))

    def _no(self, error: str, number: int) -> Told:
        return says(400, error=error, error_codes=[number], error_description=f"AADSTS{number}: no")

    def _id_token(self, nonce: str) -> str:
        claims = {
            "iss": f"{LOGIN}/{self.tid}/v2.0",
            "aud": CLIENT[0],
            "tid": self.tid,
            "oid": OID,
            "sub": "of-this-application",
            "preferred_username": self.address,
            "nonce": nonce,
            "iat": int(time()),
            "exp": int(time()) + 3600,
        }
        return jwt.encode(claims, "nobody looks at the signature of this", algorithm="HS256")

    def _fresh(self) -> dict[str, Any]:
        """Return new tokens; the refresh token is another one each time."""
        number = next(self._numbers)
        self.good = {f"access-{number}"}
        self._refresh = f"refresh-{number}"
        who = json.dumps({"uid": OID, "utid": self.tid}).encode()
        return {
            "token_type": "Bearer",
            "scope": SCOPE,
            "expires_in": 3599,
            "access_token": f"access-{number}",
            "refresh_token": self._refresh,
            "client_info": urlsafe_b64encode(who).decode().rstrip("="),
        }

    # --- Graph

    def _graph(self, asked: Asked) -> Told | None:
        path = asked.path.removeprefix("/v1.0")
        body: Any
        if asked.headers.get("content-type") == "text/plain":
            # learn.microsoft.com/graph/outlook-send-mime-message: a whole letter in Base64.
            body = {"message": as_message(b64decode(asked.body, validate=True))}
        else:
            body = json.loads(asked.body) if asked.body else None
        described = None if asked.headers.get("content-type") == "text/plain" else body
        self.wrong += problems_of_request("msgraph", asked.method, path, described)
        if self.script:
            return self.script.pop(0)(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return refuses(401, "InvalidAuthenticationToken")
        told = self.graph_answer(path, body, asked)
        shown = json.loads(told.body) if told.body else None
        self.wrong += problems_of_reply("msgraph", asked.method, path, (told.status, shown))
        return told

    def graph_answer(self, path: str, body: Any, asked: Asked) -> Told:
        if path.endswith("/sendMail"):
            self.accept(body)
            return Told(202)
        if path.endswith("/mailFolders/sentitems/messages"):
            return says(200, value=list(reversed(self.sent)))
        if path.endswith("/mailFolders/inbox/messages"):
            most = int(asked.query["$top"][0])
            return says(200, value=self.inbox[:most])
        return refuses(404, "ResourceNotFound")

    def accept(self, body: Any) -> None:
        """Send the letter and keep it among those sent."""
        number = len(self.sent) + 1
        now = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.sent.append(
            {
                **body["message"],
                "id": f"AAMk{number}",
                "internetMessageId": f"<{number}@outlook.example>",
                "sentDateTime": now,
            }
        )

    def accepts_and_hangs_up(self, asked: Asked) -> None:
        """Take the letter, and cut the line before the answer."""
        self.accept(json.loads(asked.body))


def as_message(content: bytes) -> dict[str, Any]:
    """Return a letter as Graph keeps it; its parts stand beside it for the tests."""
    letter = message_from_bytes(content, policy=policy.default)
    html = letter.get_body(("html",))
    headers = [(name.lower(), value) for name, value in letter.items()]
    return {
        "subject": letter["Subject"],
        "body": {"contentType": "html", "content": html.get_content() if html else ""},
        "toRecipients": [{"emailAddress": {"address": each.addr_spec}}
                         for each in letter["To"].addresses],
        "internetMessageHeaders": [
            {"name": name, "value": value} for name, value in headers if name.startswith("x-")
        ],
        "calendar": [
            part.as_string()
            for part in letter.walk()
            if part.get_content_type() == "text/calendar"
        ],
    }  # fmt: skip


@contextmanager
def microsoft() -> Iterator[Microsoft]:
    with serving(Microsoft()) as peer:
        yield peer
