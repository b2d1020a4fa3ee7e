"""How the web server begins: the office is loaded once, and its workers share it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config.embedded.paths import ROOT

WORKERS = 2
PATIENCE = 60


@pytest.fixture
def server() -> Iterator[tuple[int, int]]:
    """A web server that has answered once: its process and its port."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "config.web", "--interface", "wsgi", "--port", str(port)]
    command += ["--workers", str(WORKERS), "config.wsgi:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"MALLOC_ARENA_MAX": "2"})
    try:
        until_it_answers(port)
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def until_it_answers(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while status_of(port, "/health/live") != 200:
        assert time.monotonic() < end, "the web server does not answer"
        time.sleep(0.1)


def status_of(port: int, path: str) -> int | None:
    with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        line.request("GET", path, headers={"Host": "localhost"})
        return line.getresponse().status
    return None


def children_of(pid: int) -> list[int]:
    return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_of(pid: int) -> dict[str, int]:
    """What the kernel says of a process's memory, in kB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name.rstrip(":"): int(size) for name, size, _ in map(str.split, lines)}


def sockets_of(pid: int) -> set[str]:
    files = Path(f"/proc/{pid}/fd").iterdir()
    return {link for x in files if (link := str(x.readlink())).startswith("socket:")}


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what a process holds")
def test_the_office_is_loaded_once_and_no_line_is_shared(server):
    pid, port = server
    workers = children_of(pid)
    assert len(workers) == WORKERS
    for worker in workers:
        held = memory_of(worker)
        own = held["Private_Dirty"] + held["Private_Clean"]
        assert own < held["Rss"] / 3, f"a worker holds {own} of {held['Rss']} kB for itself"
    # What listens, and nothing that two processes would write into at once.
    assert len(sockets_of(pid)) == 1
    assert status_of(port, "/health/live") == 200
