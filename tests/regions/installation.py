"""One installation, as `make run` starts it in a folder of its own, and its commands."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests

from config.env import ROOT

SECRET = "for-the-regions-only-for-the-regions"
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", "var", "__pycache__", ".*_cache", "node_modules", "tests")
)
NOT_INHERITED = ("DATABASE", "REDIS", "DJANGO", "VAR_DIR", "APP_ENV", "EMAIL", "SECRET_KEY")
START_SECONDS, STOP_SECONDS, PATIENCE = 300, 60, 60


@dataclass
class Answer:
    """A status, a body, and where a page leads."""

    status: int
    body: Any
    headers: Any


class Installation:
    """A region: its own PostgreSQL, Valkey, web, live part, worker, beat and mailbox."""

    def __init__(self, region: str, folder: Path, port: int, others: dict[str, int]) -> None:
        self.region, self.folder, self.port = region, folder, port
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        folder.chmod(0o755)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
        self.env = kept | {
            "PORT": str(port),
            "REGION": region,
            "REGIONS": " ".join(f"{name}={address(there)}" for name, there in others.items()),
            "REGIONS_SECRET": SECRET,
            "RATE_LIMITS": "false",
        }
        with (folder / "said").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.embedded", "run"],
                cwd=folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def await_start(self) -> None:
        """Wait until it is open."""
        end = time.monotonic() + START_SECONDS
        while not (self.folder / "var/run.json").exists():
            said = (self.folder / "said").read_text()
            assert self.process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.2)

    @property
    def facts(self) -> dict[str, Any]:
        """What `make run` writes down."""
        return json.loads((self.folder / "var/run.json").read_text())

    def manage(self, *words: str, fails: bool = False) -> str:
        """Run a command as its operator does; give what it said."""
        ports, secret = self.facts["ports"], self.folder / "var/secret_key"
        password = (self.folder / "var/office_app_password").read_text().strip()
        database = f"postgresql://office_app:{password}@127.0.0.1:{ports['postgres']}/office"
        env = self.env | {
            "DATABASE_URL": database,
            "REDIS_URL": f"redis://127.0.0.1:{ports['valkey']}/0",
            "SECRET_KEY": secret.read_text().strip(),
            "VAR_DIR": str(self.folder / "var"),
            "PUBLIC_URL": address(self.port),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        }
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )
        assert (done.returncode != 0) is fails, (words, done.stdout, done.stderr[-2000:])
        return done.stdout + done.stderr

    def ask(self, method: str, path: str, body: Any = None, *, token: str = "") -> Answer:
        """Ask its shared host."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._ask(method, f"/api/v1{path}", headers, json=body)

    def page(self, slug: str, path: str) -> Answer:
        """Ask for a page of an office as a browser, and follow no redirect."""
        headers = {"Host": f"{slug}.localhost:{self.port}", "Accept": "text/html"}
        return self._ask("GET", path, headers)

    def _ask(self, method: str, path: str, headers: dict[str, str], **more: Any) -> Answer:
        answer = requests.request(
            method,
            f"http://127.0.0.1:{self.port}{path}",
            headers=headers,
            timeout=PATIENCE,
            allow_redirects=False,
            **more,
        )
        is_json = "json" in answer.headers.get("Content-Type", "")
        body = answer.json() if is_json else answer.text
        return Answer(answer.status_code, body, answer.headers)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask its database."""
        password = (self.folder / "var/office_owner_password").read_text().strip()
        place = f"host=127.0.0.1 port={self.facts['ports']['postgres']} dbname=office"
        with psycopg.connect(f"{place} user=office_owner password={password}") as connection:
            return connection.execute(sql).fetchall()

    def letters(self, word: str) -> int:
        """How many letters with this word have arrived."""
        files = (self.folder / "var/mail").glob("*.eml")
        return sum(word in path.read_text(errors="replace") for path in files)

    def stop(self) -> None:
        """End it, and delete what root has outside the folder."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree((self.folder / "var/postgres").resolve().parent, ignore_errors=True)


def address(port: int) -> str:
    """Where the shared host of an installation on this machine is."""
    return f"http://localhost:{port}"
