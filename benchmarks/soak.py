"""Whether web server, worker and beat hold the same memory after ten minutes of work.

    python -m benchmarks.soak [--minutes 10] [--load 0.8]

First the web server is asked as fast as it answers, then at that share of it, evenly, by people of
several offices who list, read, change and make tasks; each new one is due at once, so that worker
and beat send its reminder. Their memory (proportional set size) is read every few seconds. After a
third of the time, for what is loaded and cached once, a line is laid through the rest: its slope is
what leaks. Ends with 1 when a slope is steeper than MOST_MB_A_MINUTE, in a run of five minutes or
more, or when a request failed.
"""

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import linear_regression, mean, quantiles
from typing import Any
from urllib.parse import urlsplit

from benchmarks.database import own_database
from benchmarks.http import product
from benchmarks.http.load import Session, Target, memory_of
from benchmarks.http.product import HOST
from benchmarks.reminders import start_sink
from benchmarks.report import Report, arguments
from benchmarks.servers import Stage, servers
from config.embedded import services
from config.embedded.paths import ROOT

QUICK = ["--minutes", "0.1", "--tenants", "2", "--tasks", "20", "--full-seconds", "1"]
MOST_MB_A_MINUTE = 1.0
# In a shorter run a slope says nothing.
LEAST_MINUTES = 5
WARM_UP = 1 / 3
CLIENTS = 8
# What one of ten requests is.
MIX = ("list", "list", "list", "detail", "detail", "detail", "me", "me", "patch", "remind")


def main() -> None:
    """Measure and print; end with 1 when memory grows."""
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--load", type=float, default=0.8, help="share of what it can bear")
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=200, help="in each tenant")
    parser.add_argument("--full-seconds", type=float, default=15, help="to find what it can bear")
    chosen = parser.parse_args()
    with servers() as stage, own_database("soak"), tempfile.TemporaryDirectory() as name:
        report = Report(chosen)
        try:
            good = soak(report, stage, Path(name), chosen)
        finally:
            stage.stop_programs()
        report.finish()
    sys.exit(0 if good else 1)


@dataclass
class People:
    """Clients that ask one web server, and what they saw."""

    target: Target
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    reminders: int = 0
    numbers: Iterator[int] = field(default_factory=count)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask_for(self, seconds: float, rate: float | None = None) -> float:
        """Ask for so long, so often a second or as fast as it goes; return how many a second."""
        self.seconds.clear()
        start = time.monotonic()
        slots = count()
        with ThreadPoolExecutor(CLIENTS) as pool:
            for each in [
                pool.submit(self._ask_until, start + seconds, slots, rate) for _n in range(CLIENTS)
            ]:
                each.result()
        return len(self.seconds) / (time.monotonic() - start)

    def _ask_until(self, end: float, slots: Iterator[int], rate: float | None) -> None:
        place = urlsplit(self.target.base)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        start = time.monotonic()
        while (now := time.monotonic()) < end:
            due = start + next(slots) / rate if rate else now
            if due > end:
                break
            time.sleep(max(due - now, 0))
            with self.lock:
                number = next(self.numbers)
            self._one(connection, number)
        connection.close()

    def _one(self, connection: http.client.HTTPConnection, number: int) -> None:
        session = self.target.sessions[number % len(self.target.sessions)]
        name = MIX[number // len(self.target.sessions) % len(MIX)]
        if name == "remind":
            self._remind(connection, session, number)
            return
        call = self.target.calls[name]
        path = call.path.replace("{id}", session.ids[number % len(session.ids)])
        body = call.bodies[number % len(call.bodies)] if call.bodies else None
        self._ask(connection, session, call.method, path, body)

    def _remind(
        self, connection: http.client.HTTPConnection, session: Session, number: int
    ) -> None:
        due = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        new = {"title": f"Send the report {number}", "due_date": due}
        made = self._ask(connection, session, "POST", "/api/v1/tasks", new)
        if made:
            path = f"/api/v1/tasks/{made['id']}/reminders"
            self.reminders += bool(
                self._ask(connection, session, "POST", path, {"minutes_before": 0})
            )

    def _ask(
        self, connection: Any, session: Session, method: str, path: str, body: Any
    ) -> dict[str, Any]:
        headers = {**HOST, "Authorization": f"Bearer {session.token}"}
        headers["Content-Type"] = "application/json"
        start = time.monotonic()
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.failed.append(f"{method} {path}: {error!r}")
            return {}
        self.seconds.append(time.monotonic() - start)
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            self.failed.append(f"{method} {path}: {answer.status}")
            return {}
        told: dict[str, Any] = json.loads(text)
        return told


def soak(report: Report, stage: Stage, folder: Path, chosen: argparse.Namespace) -> bool:
    """Start all, load them, and print how their memory went; tell whether it stayed."""
    sessions = product.seed(folder, tenants=chosen.tenants, tasks=chosen.tasks)
    where_to = start_sink(stage)
    target = product.start(stage, sessions)
    env = product.environment() | where_to
    env["DATABASE_URL"] = env.pop("DATABASE_APP_URL", env["DATABASE_URL"])
    pids = {
        "web": target.pid,
        "worker": stage.start(services.worker(ROOT, env)),
        "beat": stage.start(services.beat(ROOT, env)),
    }
    people = People(target)
    full = people.ask_for(chosen.full_seconds)
    seen = Watch(pids, every=max(chosen.minutes * 60 / 120, 0.2))
    with seen:
        rate = people.ask_for(chosen.minutes * 60, full * chosen.load)
    report.table("The load", [
        {"req/s at full load": full, "asked for": full * chosen.load, "answered": rate,
         "failed": len(people.failed), **latencies(people.seconds), "reminders": people.reminders},
    ])  # fmt: skip
    rows = seen.rows()
    report.table(
        f"Memory in MB; a slope of at most {MOST_MB_A_MINUTE} MB a minute counts as flat", rows
    )
    for each in people.failed[:5]:
        print(each)
    is_flat = all(row["flat"] == "yes" for row in rows) or chosen.minutes < LEAST_MINUTES
    return is_flat and not people.failed


def latencies(seconds: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return {"p50 ms": cuts[49] * 1000, "p95 ms": cuts[94] * 1000}


class Watch:
    """Reads the memory of programs every few seconds."""

    def __init__(self, pids: dict[str, int], *, every: float) -> None:
        self._pids, self._every = pids, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._seen: list[tuple[float, dict[str, float]]] = []

    def __enter__(self) -> "Watch":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_how: object) -> None:
        """End, with a last look."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        start = time.monotonic()
        while True:
            now = {name: memory_of(pid) for name, pid in self._pids.items()}
            self._seen.append(((time.monotonic() - start) / 60, now))
            if self._ended.wait(self._every):
                return

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each program: its memory, and how it goes on after the warm-up."""
        first = self._seen[-1][0] * WARM_UP
        return [self._row(name, first) for name in self._pids]

    def _row(self, name: str, first: float) -> dict[str, Any]:
        later = [(at, of[name]) for at, of in self._seen if at >= first]
        slope = linear_regression(*zip(*later, strict=True)).slope if len(later) > 1 else 0.0
        part = max(len(later) // 10, 1)
        return {
            "program": name,
            "at first": self._seen[0][1][name],
            "after warm-up": mean(size for _at, size in later[:part]),
            "at the end": mean(size for _at, size in later[-part:]),
            "most": max(of[name] for _at, of in self._seen),
            "MB a minute": slope,
            "flat": "yes" if slope <= MOST_MB_A_MINUTE else "no",
        }


if __name__ == "__main__":
    main()
