"""Keeps services running: starts, waits, restarts with back-off, stops in reverse order."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from config.embedded.console import complain
from config.embedded.errors import EmbeddedError, StartFailedError, StopAskedError
from config.embedded.paths import try_lock
from config.embedded.process import Process, Service
from config.embedded.signals import Signals

FIRST_DELAY = 0.2
LONGEST_DELAY = 5.0
STEADY_AFTER = 10.0
TICK = 0.03


class Kept:
    """A service that is to stay up, and its present process."""

    def __init__(self, service: Service, start: Callable[[Service], Process]) -> None:
        self.service = service
        self.start = start
        self.process = start(service)
        self.started = time.monotonic()
        self.delay = FIRST_DELAY
        self.due: float | None = None
        self.last_pid: int | None = None

    @property
    def pid(self) -> int | None:
        """The program's pid; while it is being started again, still the old one."""
        self.last_pid = self.process.pid or self.last_pid
        return self.last_pid

    def look(self, now: float) -> None:
        """Plan a restart of a dead process; carry it out when the time has come."""
        if self.due is None and (how := self.process.ended):
            self.process.close()
            if now - self.started > STEADY_AFTER:
                self.delay = FIRST_DELAY
            complain(f"{self.service.name} {how}; starting it again.")
            self.due, self.delay = now + self.delay, min(self.delay * 2, LONGEST_DELAY)
        if self.due is not None and now >= self.due:
            self.restart(now)

    def restart(self, now: float) -> None:
        """Start again; when even that fails, try later."""
        try:
            self.process = self.start(self.service)
        except (EmbeddedError, OSError) as error:
            complain(f"{self.service.name} cannot be started: {error}")
            self.due, self.delay = now + self.delay, min(self.delay * 2, LONGEST_DELAY)
        else:
            self.started, self.due = now, None


class Supervisor:
    """All services of one run."""

    def __init__(self, *, logs: Path, locks: Path, signals: Signals) -> None:
        self.logs = logs
        self.locks = locks
        self.signals = signals
        self.kept: list[Kept] = []

    def await_predecessors(self, *, patience: float = 40) -> None:
        """Wait until the programs of a killed supervisor have gone, and their ports with them."""
        deadline = time.monotonic() + patience
        for path in self.locks.glob("*.lock"):
            while (lock := try_lock(path)) is None:
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"a program of an earlier run still holds {path}")
                self.pause()
            lock.close()

    def begin(self, service: Service) -> Process:
        """Start the program of a service once."""
        return Process(service, logs=self.logs, locks=self.locks)

    @property
    def pids(self) -> dict[str, int]:
        """The pids of the programs themselves."""
        return {kept.service.name: pid for kept in self.kept if (pid := kept.pid)}

    def start(self, services: Sequence[Service], *, patience: float = 90) -> None:
        """Start all at once and wait until each is ready.

        Raises StartFailedError with the end of the log, or StopAskedError.
        """
        fresh = [self.keep(service) for service in services]
        deadline = time.monotonic() + patience
        while waiting := [kept for kept in fresh if not self.is_ready(kept)]:
            if time.monotonic() > deadline:
                raise StartFailedError(waiting[0].service.name, "did not become ready")
            self.pause()
        self.check(fresh)

    def keep(self, service: Service) -> Kept:
        """Start a service and take it under care."""
        kept = Kept(service, self.begin)
        self.kept.append(kept)
        return kept

    def is_ready(self, kept: Kept) -> bool:
        """Tell whether a starting service does its work. Raises when it ended instead."""
        self.check([kept])
        return kept.process.pid is not None and kept.service.ready()

    def check(self, kept: Sequence[Kept]) -> None:
        """Raise StartFailedError when one of them has ended."""
        for one in kept:
            if how := one.process.ended:
                raise StartFailedError(one.service.name, how)

    def pause(self) -> None:
        """Wait a moment. Raises StopAskedError when the end was asked for."""
        if not self.signals.asked:
            self.signals.wait(TICK)
        if self.signals.asked:
            raise StopAskedError

    def run_once(self, service: Service) -> str:
        """Run a command to its end and return what it wrote. Raises StartFailedError."""
        process = self.begin(service)
        try:
            while not (how := process.ended):
                self.pause()
        except StopAskedError:
            process.let_go()
            process.leash.wait()
            raise
        finally:
            process.close()
        if process.leash.returncode:
            raise StartFailedError(service.name, how)
        return process.output()

    def watch(self, on_change: Callable[[], None]) -> None:
        """Restart what dies until the end is asked for; tell when the pids have changed."""
        known = self.pids
        while not self.signals.asked:
            now = time.monotonic()
            for kept in self.kept:
                kept.look(now)
            if self.pids != known:
                known = self.pids
                on_change()
            self.signals.wait(self.next_look(now))

    def next_look(self, now: float) -> float:
        """Return how long nothing needs a look, if nobody dies."""
        if any(kept.process.pid is None for kept in self.kept):
            return TICK
        return min([kept.due - now for kept in self.kept if kept.due is not None], default=60)

    def stop(self, *, but: int = 0) -> None:
        """Stop all but the first so many, the last one first; asked a second time, hurry."""
        hurry = self.signals.asked + 1
        for kept in reversed(self.kept[but:]):
            kept.process.ask_to_stop()
            while not kept.process.ended:
                self.signals.wait(0.5)
                if self.signals.asked >= hurry:
                    self.hurry()
            kept.process.close()
        del self.kept[but:]

    def hurry(self) -> None:
        """Begin the quick end of everything."""
        for kept in self.kept:
            kept.process.let_go()
