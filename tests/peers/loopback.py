"""A server on loopback that plays a vendor: one object answers each request."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came in; names of headers in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Told:
    """What the vendor says to it."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Peer(Protocol):
    """Plays the vendor; None hangs up without an answer."""

    port: int

    def answer(self, asked: Asked) -> Told | None: ...


P = TypeVar("P", bound=Peer)


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the peer of its server."""

    server: "Server"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(url.query, keep_blank_values=True)
        asked = Asked(self.command, url.path, query, headers, self.rfile.read(length))
        told = self.server.peer.answer(asked)
        if told is None:
            self.close_connection = True
            return
        self.send_response(told.status)
        for name, value in (("Content-Type", told.kind), *told.headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(told.body)))
        self.end_headers()
        self.wfile.write(told.body)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815  names of the base class

    def log_message(self, *_args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Listens on a free port for one peer."""

    daemon_threads = True

    def __init__(self, peer: Peer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.peer = peer
        peer.port = self.server_address[1]


@contextmanager
def serving(peer: P) -> Iterator[P]:
    with Server(peer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
