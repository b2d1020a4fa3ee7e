"""An office that commits, at a real server on loopback, for the clients of others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

from accounts.services import create_user
from accounts.sessions import begin_session
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tests.conftest import PASSWORD


class Quiet(WSGIRequestHandler):
    """Says nothing, and gives its thread's connections back."""

    def log_message(self, *_args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()


class Server(ThreadedWSGIServer):
    """Lets a hundred wait at the door; Django's turns the eleventh away."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def serving_office(office: Tenant) -> Iterator[tuple[str, str]]:
    """Serve the office; give the address of the shared host and a token of its admin, Una."""
    with tenant_transaction(office):
        una = create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
        token = begin_session(user=una)["access_token"]
    with serving() as port:
        yield f"http://localhost:{port}", token


@contextmanager
def serving() -> Iterator[int]:
    """Serve the product; give the port."""
    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
