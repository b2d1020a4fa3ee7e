"""A whole running product in a copy of the checkout, to be broken on purpose."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# What is compiled goes along, but for what somebody is just writing: else each copy compiles anew.
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "*.pyc.*", ".*_cache", "node_modules")
START_SECONDS = 90
# What the test run itself set for its own servers.
NOT_INHERITED = {
    *("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "VAR_DIR", "APP_ENV", "PORT"),
    *("EMAIL_HOST", "EMAIL_PORT", "SECRET_KEY"),
}


@dataclass
class Product:
    """What `make run` started, seen from outside."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads((self.folder / "var/run.json").read_text())

    def mails(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.folder / "var/mail").glob("*.eml")]

    def kill(self, name: str) -> int:
        """`kill -9`, as an operator's worst day would."""
        pid = self.facts["pids"][name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        url = f"{self.facts['api']}/api/v1{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the product's database."""
        password = (self.folder / "var/office_owner_password").read_text().strip()
        with psycopg.connect(
            host="127.0.0.1",
            port=self.facts["ports"]["postgres"],
            user="office_owner",
            dbname="office",
            password=password,
        ) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    folder = tmp_path / "office"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    folder.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
    environment["RATE_LIMITS"] = "false"
    said = tmp_path / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.embedded", "run"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Product(folder, process)
    try:
        wait_until(lambda: (folder / "var/run.json").exists() or process.poll() is not None)
        assert process.poll() is None, said.read_text()
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
        # As root the data may lie outside the folder, which nobody else can enter.
        shutil.rmtree((folder / "var/postgres").resolve().parent, ignore_errors=True)


def wait_until(happens: Any, seconds: float = START_SECONDS) -> None:
    """Wait for something that another process does. Raises AssertionError when it does not."""
    end = monotonic() + seconds
    while not happens():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.2)
