"""A server that speaks as OpenAI's does, well or badly, as it is told; on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema
import pytest

from tests.peers.specs import spec as described_in

NOTHING = {
    **dict.fromkeys(("title", "assignee", "reminder", "length", "priority", "place")),
    "when": [],
    "attendees": [],
}


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def is_chat(self) -> bool:
        return self.path.endswith("/chat/completions")

    @property
    def form(self) -> str:
        """Which form of answer was asked for."""
        form = self.body["response_format"] if self.is_chat else self.body["text"]["format"]
        return form["type"]


@dataclass(frozen=True)
class Told:
    """One answer: whole, cut in the middle, or byte by byte."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False
    cut: bool = False


Act = Callable[[Asked], Told]


@dataclass
class LanguageModel:
    """Acts as its script says, one act for each request, the last one for all further ones."""

    port: int = 0
    script: list[Act] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    # A slow answer waits for it between its bytes; a test that is over sets it.
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def acts(self, *acts: Act) -> None:
        self.script = list(acts)

    def next_act(self) -> Act:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


# --- What it can do


def reading(intent: str = "create_task", **words: Any) -> dict[str, Any]:
    return {"intent": intent, **NOTHING, **words}


def says(answer: Any, **changes: Any) -> Act:
    """Answer with this text, or this object as JSON, in the API that was asked."""
    text = answer if isinstance(answer, str) else json.dumps(answer)

    def act(asked: Asked) -> Told:
        shape = chat_reply if asked.is_chat else response_reply
        return Told(body=json.dumps({**shape(text), **changes}).encode())

    return act


def fails(status: int, code: str | None = None, **headers: str) -> Act:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"error": {"message": "no", "type": "error", "param": None, "code": code}}
    return lambda _asked: Told(status, json.dumps(body).encode(), named)


def unless(refused: Callable[[Asked], bool], status: int, then: Act) -> Act:
    """Fail the requests that this server does not understand."""
    return lambda asked: (fails(status) if refused(asked) else then)(asked)


def raw(told: Told) -> Act:
    return lambda _asked: told


def drips(then: Act) -> Act:
    """Give the answer byte by byte, and never the last one."""

    def act(asked: Asked) -> Told:
        told = then(asked)
        return Told(told.status, told.body, drips=True)

    return act


def hangs_up(then: Act) -> Act:
    """Send half of the answer and close the line."""

    def act(asked: Asked) -> Told:
        told = then(asked)
        return Told(told.status, told.body, cut=True)

    return act


USAGE = {"input_tokens": 400, "output_tokens": 50, "total_tokens": 450}


def response_reply(text: str, **changes: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    message = {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant"}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_715_680_800,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": "tiny",
        "output": [{**message, "content": [part]}],
        "parallel_tool_calls": True,
        "temperature": 1,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1,
        "usage": {
            **USAGE,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
        **changes,
    }


def chat_reply(text: str | None, *, finish: str = "stop", **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": text, "refusal": None, **message}
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_715_680_800,
        "model": "tiny",
        "choices": [choice],
        "usage": {"prompt_tokens": 400, "completion_tokens": 50, "total_tokens": 450},
    }


# --- Serving


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the model of its server."""

    server: "Server"

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, json.loads(self.rfile.read(size)))
        self.server.model.asked.append(asked)
        self.send(self.server.model.next_act()(asked))

    def send(self, told: Told) -> None:
        self.send_response(told.status)
        for name, value in {"Content-Length": str(len(told.body)), **told.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if told.cut:
            self.wfile.write(told.body[: len(told.body) // 2])
        elif told.drips:
            self.drip(told.body)
        else:
            self.wfile.write(told.body)

    def drip(self, body: bytes) -> None:
        for byte in body[:-1]:
            self.wfile.write(bytes([byte]))
            if self.server.model.over.wait(0.01):
                return
        self.server.model.over.wait(30)

    def log_message(self, *_args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Listens on a free port for one model."""

    daemon_threads = True

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.model = model
        model.port = self.server_address[1]

    def handle_error(self, *_args: Any) -> None:
        """A client that hangs up in the middle is what some tests are about."""


@contextmanager
def language_model() -> Iterator[LanguageModel]:
    model = LanguageModel(script=[says(reading("unclear"))])
    with Server(model) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield model
        finally:
            model.over.set()
            server.shutdown()
            thread.join()


# --- The vendor's description


def described(name: str) -> Any:
    """Return a validator of the schema with this name in OpenAI's own description."""
    spec = described_in("openai.openapi")
    if spec is None:
        pytest.skip("OpenAI's description is not beside this checkout")
    schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
    return jsonschema.Draft202012Validator(schema)
