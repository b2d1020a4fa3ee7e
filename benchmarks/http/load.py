"""One server under wrk: requests per second, latencies, and CPU out of /proc."""

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("plan.lua")
TICKS = os.sysconf("SC_CLK_TCK")
IDS = 20


@dataclass(frozen=True)
class Call:
    """One kind of request. `{id}`, `{slug}` and `{n}` are filled in."""

    method: str
    path: str
    bodies: Sequence[Mapping[str, Any]] = ()
    anonymous: bool = False


@dataclass(frozen=True)
class Session:
    """Somebody who asks, and the tasks they ask for."""

    slug: str
    token: str
    ids: Sequence[str]


@dataclass(frozen=True)
class Target:
    """A server that runs, and how the same things are asked of it."""

    name: str
    base: str
    pid: int
    database_pid: int | None
    calls: Mapping[str, Call]
    sessions: Sequence[Session]
    headers: Mapping[str, str] = field(default_factory=dict)

    def run(self, call: str, *, connections: int, seconds: float, folder: Path) -> dict[str, float]:
        """Load it for some seconds and return what was measured; times are in milliseconds."""
        plan = folder / f"{self.name}.{call}.plan"
        if not plan.exists():
            plan.write_text("".join(self._lines(self.calls[call])), encoding="utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        before = self._cpu()
        told = subprocess.run(
            [*command, "-s", str(SCRIPT), self.base, "--", str(plan)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        used = [after - was for after, was in zip(self._cpu(), before, strict=True)]
        found: dict[str, float] = json.loads(told.partition("\nMEASURED ")[2])
        answered = max(found["requests"], 1)
        found["rate"] = found["requests"] / found["seconds"]
        found["app"], found["database"] = (seconds * 1000 / answered for seconds in used)
        return found

    def _lines(self, call: Call) -> list[str]:
        """Return the requests: the same object comes again only after all others."""
        lines = []
        bodies: list[Mapping[str, Any] | None] = [*call.bodies] or [None]
        for body in bodies:
            for n in range(IDS if "{id}" in call.path or call.bodies else 1):
                for session in self.sessions:
                    words = {"{id}": session.ids[n % len(session.ids)], "{n}": str(n),
                             "{slug}": session.slug}  # fmt: skip
                    headers = dict(self.headers)
                    if not call.anonymous:
                        headers["Authorization"] = f"Bearer {session.token}"
                    if body is not None:
                        headers["Content-Type"] = "application/json"
                    text = "" if body is None else fill(json.dumps(body), words)
                    lined = "\x1f".join(f"{name}:{value}" for name, value in headers.items())
                    lines.append(f"{call.method}\t{fill(call.path, words)}\t{lined}\t{text}\n")
        return lines

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds(self.pid), cpu_seconds(self.database_pid)

    def memory(self) -> list[float]:
        """Return the proportional set size of each worker in MB, largest first."""
        return memory_below(self.pid)


def memory_below(pid: int) -> list[float]:
    """Return the proportional set size of each process below this one in MB, largest first."""
    return sorted((_pss(one) for one in _tree(pid)[1:]), reverse=True)


def memory_of(pid: int) -> float:
    """Return the proportional set size of a process and all below it in MB."""
    return sum(map(_pss, _tree(pid)))


def ask(base: str, path: str, headers: Mapping[str, str], body: Any = None) -> Any:
    """Return the JSON answer to one request."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        base + path, data, {"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def fill(text: str, words: Mapping[str, str]) -> str:
    """Replace each of the words."""
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def cpu_seconds(pid: int | None) -> float:
    """Return the CPU seconds of a process and all below it, also of those that have ended."""
    total = 0
    for one in _tree(pid) if pid else []:
        try:
            fields = (
                Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            )
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += map(int, children.read_text(encoding="ascii").split())
            except OSError:
                continue
    return found


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0
