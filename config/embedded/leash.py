"""Holds one program and everything it starts: when the supervisor is gone, so are they.

    python -I -S leash.py --lock FILE --stop INT:20,QUIT:5 [--user UID:GID] -- command …

Standard input is the leash: its end, by whatever death of the supervisor, ends the program.
SIGTERM asks for a patient end. The pid of the program is written to standard output; the exit
status is the program's own. On Linux we are the *subreaper*: what the program leaves behind, even
in sessions of its own as PostgreSQL does, becomes our child and is ended before we go. If we are
killed ourselves, the kernel tells the program (PR_SET_PDEATHSIG). The lock is inherited by the
program, so two of them never work on the same data. Standard library only: this starts often.
"""

import argparse
import contextlib
import ctypes
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOCK_PATIENCE = 30.0
ORPHAN_PATIENCE = 5.0
SWEEP_PATIENCE = 3.0
ON_LINUX = sys.platform == "linux"
NOT_STARTED = 127


def prctl(option: int, value: int) -> None:
    """Ask the Linux kernel for a favour; elsewhere do nothing."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def dying_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return what a new process calls to be sent the signal when its parent dies."""
    parent = os.getpid()

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(NOT_STARTED)

    return bind


def descendants(root: int) -> list[int]:
    """Return all living processes below the one given (Linux)."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(folder.name))
    found: list[int] = []
    queue = [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


class Leash:
    """One program, from its start to the end of its last descendant."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.stops = [parse_stop(part) for part in options.stop.split(",")]
        self.pid = 0
        self.status: int | None = None
        self.stop_asked = False
        self.let_go = False
        self.wake, waker = os.pipe()
        for end in (self.wake, waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def hold(self) -> int:
        """Run the program until it ends or we are to end it; return its exit status."""
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self.on_stop)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: None)  # SIG_IGN would be inherited by the program
        lock = self.take_lock()
        if lock is None:
            return NOT_STARTED
        self.start(lock)
        while self.status is None and not self.ending:
            self.listen(60)
        if self.status is None:
            self.end()
        self.sweep()
        return self.status if self.status is not None else NOT_STARTED

    @property
    def ending(self) -> bool:
        """Tell whether the program is to go."""
        return self.stop_asked or self.let_go

    def on_stop(self, *_: object) -> None:
        """Remember that a patient end was asked for."""
        self.stop_asked = True

    def take_lock(self) -> int | None:
        """Wait until no earlier program works on the same data."""
        descriptor = os.open(self.options.lock, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + LOCK_PATIENCE
        while not self.ending:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            if time.monotonic() > deadline:
                sys.stderr.write(f"another process still holds {self.options.lock}\n")
                break
            self.listen(0.05)
        return None

    def start(self, lock: int) -> None:
        """Start the program in its own group and report its pid."""
        user, group = self.options.user or (None, None)
        process = subprocess.Popen(  # noqa: S603 - the command is the supervisor's
            self.options.command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            process_group=0,
            pass_fds=(lock,),
            user=user,
            group=group,
            extra_groups=None if group is None else [group],
            preexec_fn=dying_with_parent(self.stops[0][0]),  # noqa: PLW1509 - no threads here
        )
        process.returncode = 0  # the status is collected in reap(), not by Popen
        self.pid = process.pid
        os.write(1, f"{self.pid}\n".encode())

    def listen(self, seconds: float) -> None:
        """Wait for a signal or the end of the leash, and collect who died."""
        watched = [self.wake] if self.let_go else [self.wake, 0]
        ready = select.select(watched, [], [], seconds)[0]
        if 0 in ready and not os.read(0, 4096):
            self.let_go = True
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake, 4096)
        self.reap()

    def reap(self) -> None:
        """Collect the dead; note the status when the program itself is among them."""
        with contextlib.suppress(ChildProcessError):
            while (dead := os.waitpid(-1, os.WNOHANG))[0]:
                if dead[0] == self.pid:
                    code = os.waitstatus_to_exitcode(dead[1])
                    self.status = 128 - code if code < 0 else code

    def end(self) -> None:
        """Send the agreed signals one after the other until the program has gone."""
        for number, patience in [*self.stops, (signal.SIGKILL, 10.0)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            asked = time.monotonic()
            while self.status is None:
                limit = min(patience, ORPHAN_PATIENCE) if self.let_go else patience
                if (left := asked + limit - time.monotonic()) <= 0:
                    break
                self.listen(min(left, 1))
            if self.status is not None:
                return

    def sweep(self) -> None:
        """End what the program left behind."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + SWEEP_PATIENCE
            told: set[int] = set()
            while (left := self.leftovers()) and time.monotonic() < deadline:
                for pid in set(left) - told:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, number)
                told.update(left)
                self.listen(0.02)

    def leftovers(self) -> list[int]:
        """Return who is still there: our descendants, or elsewhere than on Linux the group."""
        if ON_LINUX:
            return descendants(os.getpid())
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, 0)
            return [-self.pid]
        return []


def parse_stop(text: str) -> tuple[signal.Signals, float]:
    """Read `INT:20`: the signal, and the seconds to wait after it."""
    name, _, seconds = text.partition(":")
    return signal.Signals[f"SIG{name}"], float(seconds)


def parse_user(text: str) -> tuple[int, int]:
    """Read `65534:65534`: the user and the group."""
    user, _, group = text.partition(":")
    return int(user), int(group)


def main() -> int:
    """Read the command line and hold the program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lock", required=True)
    parser.add_argument("--stop", default="TERM:8")
    parser.add_argument("--user", type=parse_user)
    parser.add_argument("command", nargs="+")
    leash = Leash(parser.parse_args())
    try:
        return leash.hold()
    except OSError as error:
        sys.stderr.write(f"cannot start: {error}\n")
        return NOT_STARTED


if __name__ == "__main__":
    sys.exit(main())
