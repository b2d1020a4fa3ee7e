"""The live part as it runs in production, on the test's own database; and a line to it."""

import http.client
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import Client

from accounts.models import User
from config.embedded.ports import any_port
from config.embedded.services import LIVE, answers
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tests.tenants.processes import database_url

PATIENCE = 20


@contextmanager
def live_part(**env: str) -> Iterator[int]:
    """Run it; give its port."""
    port = any_port()
    command = [*LIVE, "--host", "127.0.0.1", "--port", str(port), "config.asgi:application"]
    env = {**os.environ, "DATABASE_URL": database_url(), "VAR_DIR": str(settings.VAR_DIR), **env}
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        wait_until(answers(port, "/health/live"))
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until(is_so, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def session_of(user: User, office: Tenant) -> str:
    """Sign somebody in to the pages; give what the browser keeps."""
    client = Client(headers={"host": f"{office.slug}.localhost"})
    with tenant_transaction(office):
        client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Line:
    """A page's line to the live part; `status` says whether it was let in."""

    def __init__(self, port: int, host: str, session: str, *, path: str = "/live", **more: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Host": f"{host}:{port}", **more}
        if session:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={session}"
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        if self.status == 200:
            self.until(": here you are")
        else:
            self.close()

    def until(self, start: str) -> str:
        """Read to the line that begins so; empty when the stream ends first."""
        for line in iter(self.answer.readline, b""):
            if line.decode().startswith(start):
                return line.decode().strip()
        return ""

    def words(self) -> str:
        """What is said next."""
        return self.until("data: ").removeprefix("data: ")

    def close(self) -> None:
        self.answer.close()
        self.connection.close()
