"""A server that answers as Telegram's bot API does, well or badly, as it is told; on loopback.

What our client sends is held against the vendor's description where that lies beside the checkout.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema

from tests.peers.specs import spec as described_in

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@dataclass
class Bot:
    """Keeps what it is asked; `refusals` are given first, one for each call."""

    port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    hangs_up: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The messages that were sent."""
        return [values for method, values in self.calls if method == "sendMessage"]

    @property
    def edited(self) -> list[dict[str, Any]]:
        """What was put in the place of earlier messages."""
        return [values for method, values in self.calls if method == "editMessageText"]

    def refuses(self, code: int, description: str = "no", **parameters: Any) -> None:
        told = {"ok": False, "error_code": code, "description": description}
        self.refusals.append((code, {**told, **({"parameters": parameters} if parameters else {})}))

    def answer(self, method: str, values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.wrong += problems(method, values)
        if self.refusals:
            return self.refusals.pop(0)
        self.calls.append((method, values))
        return 200, {"ok": True, "result": self._result(method, values)}

    def _result(self, method: str, values: dict[str, Any]) -> Any:
        if method != "sendMessage":
            return True
        chat = {"id": values["chat_id"], "type": "private"}
        return {"message_id": len(self.calls), "date": 0, "chat": chat, "text": values["text"]}


def problems(method: str, values: dict[str, Any]) -> list[str]:
    """Return what the vendor's description says against a call."""
    spec = described_in("telegram-bot.openapi")
    if spec is None:
        return []
    content = spec["paths"][f"/{method}"]["post"]["requestBody"]["content"]
    schema = {**content["application/json"]["schema"], "components": spec["components"]}
    found = jsonschema.Draft202012Validator(schema).iter_errors(values)
    unknown = set(values) - set(schema["properties"])
    return [error.message for error in found] + [f"{name} is not known" for name in unknown]


class Handler(BaseHTTPRequestHandler):
    """Hands each call to the bot of its server."""

    server: "Server"

    def do_POST(self) -> None:
        bot = self.server.bot
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if bot.hangs_up:
            self.close_connection = True
            return
        token, _slash, method = self.path.removeprefix("/bot").partition("/")
        if token == TOKEN:
            status, told = bot.answer(method, json.loads(body))
        else:
            status, told = 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Listens on a free port for one bot."""

    daemon_threads = True

    def __init__(self, bot: Bot) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bot = bot
        bot.port = self.server_address[1]


@contextmanager
def telegram() -> Iterator[Bot]:
    bot = Bot()
    with Server(bot) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield bot
        finally:
            server.shutdown()
            thread.join()
