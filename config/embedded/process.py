"""A program on its leash, as the supervisor sees it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
LOG_LIMIT = 10 * 1024 * 1024
CHUNK = 64 * 1024


def always() -> bool:
    """Call a program ready as soon as it was started."""
    return True


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One program: how to start it, how to stop it, and how to tell that it is ready."""

    name: str
    command: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    stop: str = "TERM:8"
    user: str = ""
    ready: Callable[[], bool] = always
    prepare: Callable[[], None] = nothing


class Process:
    """A started service. `pid` is the program itself, not its leash."""

    def __init__(self, service: Service, *, logs: Path, locks: Path) -> None:
        self.service = service
        self.log = logs / f"{service.name}.log"
        self._pid: int | None = None
        user = ("--user", service.user) if service.user else ()
        lock = str(locks / f"{service.name}.lock")
        options = ("--lock", lock, "--stop", service.stop, *user)
        service.prepare()
        self.log_start = open_log(self.log, service.name)
        with self.log.open("ab") as log:
            self.leash = subprocess.Popen(  # noqa: S603 - our own commands
                (sys.executable, "-I", "-S", str(LEASH), *options, "--", *service.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=service.cwd,
                env=dict(service.env),
                start_new_session=True,
            )
        if self.leash.stdout:
            os.set_blocking(self.leash.stdout.fileno(), False)

    @property
    def pid(self) -> int | None:
        """The program's pid, None until the leash has reported it."""
        if self._pid is None and self.leash.stdout:
            line = self.leash.stdout.readline()
            self._pid = int(line) if line else None
        return self._pid

    @property
    def ended(self) -> str:
        """How the program ended, empty while it lives."""
        code = self.leash.poll()
        if code is None:
            return ""
        number = -code if code < 0 else code - 128
        with contextlib.suppress(ValueError):
            if number > 0:
                return f"was ended by {signal.Signals(number).name}"
        return f"ended with status {code}"

    def ask_to_stop(self) -> None:
        """Begin the patient end."""
        with contextlib.suppress(ProcessLookupError):
            self.leash.send_signal(signal.SIGTERM)

    def let_go(self) -> None:
        """Begin the quick end, the same one that our own death would begin."""
        if self.leash.stdin and not self.leash.stdin.closed:
            self.leash.stdin.close()

    def close(self) -> None:
        """Give back the pipes of an ended program."""
        for pipe in (self.leash.stdin, self.leash.stdout):
            if pipe:
                pipe.close()

    def output(self) -> str:
        """Return what was logged since this start, at most the last 64 KiB."""
        with self.log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self.log_start, end - CHUNK))
            return file.read().decode("utf-8", "replace")


def open_log(path: Path, name: str) -> int:
    """Write a header line, put a long log aside first, and return where this start begins."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    with path.open("a", encoding="utf-8") as file:
        file.write(
            f"==== {name} started {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC ====\n"
        )
        return file.tell()
