"""Slack's methods on loopback; requests and replies are held against Slack's own description."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.peers.description import problems_of_reply, problems_of_request
from tests.peers.loopback import Asked, Told, serving

TOKEN = "xoxb-of-the-tests"
CLIENT = ("office-of-the-tests", "secret-of-the-tests")
# Slack's description of 2021 does not have it.
UNDESCRIBED = {"/auth.revoke"}
# Slack takes GET and POST for each method; its description names one.
READ = {"/oauth.v2.access", "/auth.test"}


@dataclass
class Slack:
    """Keeps what was posted; `script` is told first, one for each call; None hangs up."""

    port: int = 0
    team: str = "T0ACME"
    posted: list[dict[str, Any]] = field(default_factory=list)
    updated: list[dict[str, Any]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    script: list[Told | None] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refuses(self, error: str, status: int = 200, **headers: str) -> None:
        body = json.dumps({"ok": False, "error": error}).encode()
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.script.append(Told(status, body, headers=named))

    def answer(self, asked: Asked) -> Told | None:
        path = asked.path.removeprefix("/api")
        is_json = asked.headers.get("content-type", "").startswith("application/json")
        body = json.loads(asked.body) if is_json else None
        method = "GET" if path in READ else asked.method
        if path not in UNDESCRIBED:
            self.wrong += problems_of_request("slack-web", method, path, body)
        if self.script:
            return self.script.pop(0)
        told = self._answer(path, body, asked)
        if path not in UNDESCRIBED:
            self.wrong += problems_of_reply("slack-web", method, path, (200, told))
        return Told(200, json.dumps(told).encode())

    def _answer(self, path: str, body: Any, asked: Asked) -> dict[str, Any]:
        if path == "/oauth.v2.access":
            return self._installed({name: values[0] for name, values in asked.form.items()})
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return {"ok": False, "error": "invalid_auth"}
        if path == "/auth.revoke":
            self.revoked.append(TOKEN)
            return {"ok": True, "revoked": True}
        if path == "/auth.test":
            return {
                "ok": True,
                "url": "https://acme.slack.com/",
                "team": "Acme's workspace",
                "user": "office",
                "team_id": "T0ACME0001",
                "user_id": "U0BOT00001",
            }
        if path == "/chat.update":
            self.updated.append(body)
            same = {name: body[name] for name in ("channel", "ts")}
            message = {"type": "message", "user": "U0BOT00001", "text": body["text"]}
            return {"ok": True, **same, "text": body["text"], "message": message}
        self.posted.append(body)
        ts = f"{1_700_000_000 + len(self.posted)}.000100"
        message = {"type": "message", "user": "U0BOT", "text": body["text"], "ts": ts}
        return {"ok": True, "channel": "D0EVE00001", "ts": ts, "message": message}

    def _installed(self, form: dict[str, str]) -> dict[str, Any]:
        if (form["client_id"], form["client_secret"]) != CLIENT:
            return {"ok": False, "error": "bad_client_secret"}
        return {
            "ok": True,
            "access_token": TOKEN,
            "token_type": "bot",
            "scope": "commands,chat:write,im:write",
            "bot_user_id": "U0BOT",
            "app_id": "A1",
            "team": {"id": self.team, "name": "Acme's workspace"},
            "enterprise": None,
            "authed_user": {"id": "U0ADA"},
        }


@contextmanager
def slack() -> Iterator[Slack]:
    with serving(Slack()) as peer:
        yield peer
