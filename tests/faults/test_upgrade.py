"""A release follows another while people work: nobody sees an error, nothing is lost.

The code before (`releases.py`) serves and sends while the tenants are migrated; then both do, side
by side; then the old web server and worker are asked to end, in the middle of requests and a job.
"""

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from psycopg import sql

from benchmarks.database import own_database
from benchmarks.servers import Stage, servers
from config.embedded import services
from tests.faults.conftest import wait_until
from tests.faults.releases import release_after, release_before

OFFICES, THREADS, PAUSE_SECONDS = 4, 2, 0.5
# An office is opened in each phase, and after so long again.
OFFICE_SECONDS = 5
# Shorter than a worker waits for a mail server.
HOLD_SECONDS = 8
# The web server works on four at once; the others wait inside it.
IN_FLIGHT, BLOCKING_THREADS = 6, 4
FOUNDER = {"password": "a long pass phrase", "full_name": "Jo Founder"}


class Letters:
    """A mail server that notes what it has taken, and may hold the letters that come."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.in_hand, self.held = 0, False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.in_hand += 1
        while self.held:
            await asyncio.sleep(0.05)
        self.in_hand -= 1
        self.taken.update(re.findall(r"Pay invoice F\d+", subject_of(envelope.content)))
        return "250 OK"


def subject_of(letter: bytes) -> str:
    found = re.search(rb"^Subject: (.+?)\r?$", letter, re.MULTILINE)
    return found[1].decode() if found else ""


def server_of(root: Path) -> str:
    """Return the module that serves pages in this release."""
    told = 'from config.embedded.services import WEB; print(WEB[WEB.index("-m") + 1])'
    return subprocess.check_output([sys.executable, "-c", told], cwd=root, text=True).strip()


@dataclass
class World:
    """Two releases on one database, and what became of each request."""

    stage: Stage
    letters: Letters
    env: dict[str, str]
    # Where requests go: the web servers that are in rotation.
    ports: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    phase: str = "before"
    # In which phase an office was opened last: in each one is.
    opened: str = ""
    next_office: float = 0
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    reminders: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def start_web(self, root: Path, name: str) -> int:
        port = self.stage.ports.choose_any()
        web = services.web(root, self.env, host="127.0.0.1", port=port, name=name)
        python, by_name, _server, *options, application = web.command
        one = (python, by_name, server_of(root), *options, "--workers", "1", application)
        self.stage.start(replace(web, command=one))
        return port

    def start_worker(self, root: Path, name: str) -> None:
        worker = services.worker(root, self.env)
        command = (*worker.command, "--concurrency", "1", "--hostname", f"{name}@%h")
        self.stage.start(replace(worker, name=name, command=command))

    def start_beat(self, root: Path, name: str) -> None:
        self.stage.start(replace(services.beat(root, self.env), name=name))

    def end(self, name: str) -> None:
        os.kill(self.stage.supervisor.pids[name], signal.SIGTERM)

    def how_ended(self, name: str) -> str:
        """Return how a program ended, which has to be soon."""
        [kept] = [one for one in self.stage.supervisor.kept if one.service.name == name]
        wait_until(lambda: kept.process.ended, seconds=25)
        return kept.process.ended

    def said(self, name: str) -> str:
        return (self.stage.folder / "log" / f"{name}.log").read_text()

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", port: int = 0
    ) -> Any:
        """Ask one of the web servers, on a connection of its own; note what did not go well."""
        port = port or self.ports[next(self.numbers) % len(self.ports)]
        headers = {"Host": "localhost", "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, f"/api/v1{path}", body and json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.bad.append(f"{self.phase}: {method} {path} at {port}: {error!r}")
            return None
        finally:
            connection.close()
        self.answered[self.phase, f"{method} {answer.status}"] += 1
        if answer.status >= 300:
            self.bad.append(f"{self.phase}: {method} {path} at {port}: {answer.status} {text}")
            return None
        return json.loads(text)

    def register(self) -> None:
        """Open an office."""
        number = next(self.numbers)
        words = {"email": f"jo@{number}.example", "tenant_name": f"Office {number}", **FOUNDER}
        if told := self.ask("POST", "/auth/register", words):
            self.tokens.append(told["access_token"])

    def work(self, ended: threading.Event) -> None:
        """Do what people do, until the end: a task that is due at once, lists, a change."""
        while not ended.wait(PAUSE_SECONDS):
            self.remind()
            if self.opened != self.phase or monotonic() > self.next_office:
                self.opened, self.next_office = self.phase, monotonic() + OFFICE_SECONDS
                self.register()

    def remind(self) -> None:
        token, number = self.tokens[next(self.numbers) % len(self.tokens)], next(self.numbers)
        due = (timezone.now() + timedelta(seconds=1)).isoformat()
        new = {"title": f"Pay invoice F{number}", "due_date": due}
        task = self.ask("POST", "/tasks", new, token=token)
        path = f"/tasks/{task['id']}" if task else "/tasks"
        if task and self.ask("POST", f"{path}/reminders", {"minutes_before": 0}, token=token):
            self.reminders[new["title"]] += 1
        self.ask("GET", "/tasks", token=token)
        self.ask("PATCH", path, {"priority": "high"}, token=token)

    def manage(self, root: Path, *words: str) -> None:
        owner = {"DATABASE_URL": os.environ["DATABASE_URL"]}
        owner |= {key: os.environ[key] for key in ("DATABASE_APP_ROLE",) if key in os.environ}
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            check=False, cwd=root, env=self.env | owner, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture
def world(monkeypatch) -> Iterator[World]:
    """Servers without programs: a database and a queue of this test alone, and a mail server."""
    monkeypatch.delenv("REDIS_URL")
    letters = Letters()
    with servers(careless=True) as stage, own_database("upgrade"):
        mail = Controller(letters, hostname="127.0.0.1", port=stage.ports.choose_any())
        mail.start()
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "LOG_LEVEL": "WARNING",
        }
        env |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mail.port), "RATE_LIMITS": "false"}
        env |= {"DATABASE_URL": env.get("DATABASE_APP_URL", env["DATABASE_URL"])}
        try:
            yield World(stage, letters, env)
        finally:
            stage.stop_programs()
            mail.stop()


def in_the_middle_of_requests(world: World, port: int) -> list[Any]:
    """Ask the old web server to end while requests wait for the database; return the answers."""
    url, place = os.environ["DATABASE_URL"], sql.Identifier(schemas()[0], "tasks_task")
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::text::regclass"
    with ThreadPoolExecutor(IN_FLIGHT) as pool, psycopg.connect(url) as owner:
        owner.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(place))
        asked = [
            pool.submit(world.ask, "GET", "/tasks", token=world.tokens[0], port=port)
            for _each in range(IN_FLIGHT)
        ]
        name = [place.as_string(owner)]
        wait_until(lambda: owner.execute(waiting, name).fetchall() >= [(BLOCKING_THREADS,)])
        world.end("web")
        # Long enough for whoever does not wait to be gone.
        sleep(1)
        owner.rollback()
        return [one.result() for one in asked]


def in_the_middle_of_jobs(world: World) -> None:
    """Ask the old worker to end while both have a letter that the mail server has not taken."""
    for _each in range(10):
        world.letters.held, give_up_at = True, monotonic() + HOLD_SECONDS
        wait_until(lambda end=give_up_at: world.letters.in_hand == 2 or monotonic() > end)
        if both := world.letters.in_hand == 2:
            world.end("worker")
        sleep(1)
        world.letters.held = False
        if both:
            return
    pytest.fail("the two workers had no letter at the same time")


def schemas() -> list[str]:
    """Return the schema of each office, in the order in which they were opened."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        rows = owner.execute("SELECT schema_name FROM tenants_tenant ORDER BY created_at")
        return [name for (name,) in rows]


def ledgers() -> Counter[str]:
    """Return how many reminders are in which state."""
    found: Counter[str] = Counter()
    question = "SELECT status FROM {} WHERE kind = 'task_reminder'"
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        for schema in schemas():
            place = sql.Identifier(schema, "messaging_outgoingmessage")
            rows = owner.execute(sql.SQL(question).format(place)).fetchall()
            found.update(status for (status,) in rows)
    return found


def goes_on(world: World, phase: str, requests: int = 20) -> None:
    """Name what happens now, and let some requests be made."""
    world.phase = phase
    so_far = world.answered.total()
    wait_until(lambda: world.answered.total() >= so_far + requests or world.bad)


def upgrade(world: World, before: Path, after: Path) -> list[Any]:
    """Bring the next release out while people work; return what was answered at the end of web."""
    old = world.ports[0]
    goes_on(world, "the old one alone")
    world.phase = "migrating"
    world.manage(after, "migrate", "--no-input", "-v0")
    world.phase = "migrated"
    new = world.start_web(after, "web-next")
    world.start_worker(after, "worker-next")
    world.ports.append(new)
    goes_on(world, "side by side")
    # As a proxy that was told: requests under way stay, new ones go elsewhere.
    world.ports.remove(old)
    told = in_the_middle_of_requests(world, old)
    in_the_middle_of_jobs(world)
    world.end("beat")
    world.start_beat(after, "beat-next")
    goes_on(world, "the new one alone")
    return told


def test_a_release_follows_another_while_people_work(world, tmp_path, capsys):
    (before, commit), after = release_before(tmp_path), release_after(tmp_path)
    start = monotonic()
    world.manage(before, "migrate", "--no-input", "-v0")
    world.ports = [world.start_web(before, "web")]
    world.start_worker(before, "worker")
    world.start_beat(before, "beat")
    for _office in range(OFFICES):
        world.register()
    ended = threading.Event()
    with ThreadPoolExecutor(THREADS) as pool:
        people = [pool.submit(world.work, ended) for _each in range(THREADS)]
        try:
            told = upgrade(world, before, after)
        finally:
            world.letters.held = False
            ended.set()
        [person.result() for person in people]
    with capsys.disabled():
        print(f"\nfrom {commit}: {dict(world.answered)}, {monotonic() - start:.0f} s")  # noqa: T201
    assert world.bad == []
    # During the migration people worked, and opened offices.
    assert world.answered["migrating", "GET 200"]
    assert world.answered["migrating", "POST 201"]
    # Whoever had asked was answered, whoever had a letter in hand has noted it; both have ended.
    assert [one and set(one) >= {"results"} for one in told] == [True] * IN_FLIGHT
    for name in ("web", "worker", "beat"):
        assert world.how_ended(name) == "ended with status 0", world.said(name)
    # No reminder is lost, and none comes twice.
    wait_until(lambda: ledgers() == {"sent": world.reminders.total()})
    assert world.letters.taken == world.reminders
    # All offices have the next release's columns, also those that were opened meanwhile.
    for token in world.tokens:
        world.ask("GET", "/tasks", token=token)
    assert world.bad == []
