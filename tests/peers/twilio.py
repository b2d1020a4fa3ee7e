"""A server that answers as Twilio's messages do, well or badly, as it is told; on loopback.

What our client sends is held against the vendor's description where that lies beside the checkout.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jsonschema

from tests.peers.loopback import Asked, Told, serving
from tests.peers.specs import spec as described_in

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef", "+15005550006"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
DESCRIBED = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@dataclass
class Twilio:
    """Keeps what it was sent; `refusals` are given first, one for each request."""

    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, int, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    # Whether the line is cut before a message is taken, or after.
    cuts_before: bool = False
    cuts_after: bool = False
    now: datetime = datetime(2024, 5, 14, 10, tzinfo=UTC)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refuses(self, status: int, code: int, message: str = "no") -> None:
        self.refusals.append((status, code, message))

    def answer(self, asked: Asked) -> Told | None:
        kind, _space, login = asked.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or b64decode(login).decode() != f"{ACCOUNT}:{TOKEN}":
            return self._refusal(401, 20003, "Authenticate")
        if asked.path != PATH:
            return self._refusal(404, 20404, "not found")
        if self.refusals:
            return self._refusal(*self.refusals.pop(0))
        if asked.method == "GET":
            return self._list(asked)
        return self._make(asked)

    def _make(self, asked: Asked) -> Told | None:
        form = {name: values[0] for name, values in asked.form.items()}
        self.wrong += problems(form)
        if self.cuts_before:
            return None
        made = {
            "sid": f"SM{len(self.messages):032x}",
            "status": "queued",
            "num_segments": "1",
            "to": form["To"],
            "from": form["From"],
            "body": form["Body"],
            "date_created": self.now.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "callback": form.get("StatusCallback", ""),
        }
        self.messages.append(made)
        return None if self.cuts_after else Told(201, json.dumps(made).encode())

    def _list(self, asked: Asked) -> Told:
        to, sender = asked.query["To"][0], asked.query["From"][0]
        rows = [row for row in self.messages if (row["to"], row["from"]) == (to, sender)]
        return Told(200, json.dumps({"messages": rows[::-1]}).encode())

    @staticmethod
    def _refusal(status: int, code: int, message: str) -> Told:
        told = {"code": code, "message": message, "more_info": "", "status": status}
        headers = (("Retry-After", "17"),) if status == 429 else ()
        return Told(status, json.dumps(told).encode(), headers=headers)


def problems(form: dict[str, str]) -> list[str]:
    """Return what the vendor's description says against a new message."""
    spec = described_in("twilio-messages.openapi")
    if spec is None:
        return []
    content = spec["paths"][DESCRIBED]["post"]["requestBody"]["content"]
    schema = {
        **content["application/x-www-form-urlencoded"]["schema"],
        "components": spec["components"],
    }
    found = jsonschema.Draft202012Validator(schema).iter_errors(form)
    unknown = set(form) - set(schema["properties"])
    return [error.message for error in found] + [f"{name} is not known" for name in unknown]


@contextmanager
def twilio() -> Iterator[Twilio]:
    with serving(Twilio()) as peer:
        yield peer
