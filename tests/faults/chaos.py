"""What goes wrong, by fixed seeds: programs killed, stopped and emptied."""

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import redis

from config.embedded.supervisor import Supervisor

# How often each program is the one that is killed.
WEIGHTS = {
    "worker": 28,
    "worker-2": 27,
    "beat": 8,
    "beat-2": 7,
    "web": 12,
    "valkey": 9,
    "postgres": 9,
}
STOPPED = "SIGSTOP of a worker"
FLUSHED = "Valkey FLUSHALL"
BY_THE_DICE, BY_HALVES = 0.03, 0.5
STOP_SECONDS = 4.0
# Longer than a worker holds a message (`messaging.ledger.LEASE`): another takes it meanwhile.
LONG_STOP_SECONDS = 75.0


@dataclass
class Chaos:
    """Kills, stops and empties; `keep` has what died started again."""

    supervisor: Supervisor
    valkey_url: str
    chance: Random
    done: Counter[str] = field(default_factory=Counter)
    _waking: list[tuple[float, int]] = field(default_factory=list)
    # Programs of which none was killed yet: each is once, before the dice decide.
    _spared: list[str] = field(default_factory=list)

    # What else happens in any run, spread over it; more of it comes by the dice.
    _planned: list[Callable[[], bool]] = field(default_factory=list)
    _parts: int = 1
    _wanted: int = 0
    _is_long: bool = False

    def __post_init__(self) -> None:
        self._spared = self.chance.sample(list(WEIGHTS), len(WEIGHTS))

    def plan(self, kills: int, *, is_long: bool) -> None:
        """Let so many kills be wanted, and each other kind at least once."""
        self._wanted, self._is_long = kills, is_long
        self._planned = [self.flush, self.stop_a_worker]
        if is_long:
            self._planned.append(partial(self.stop_a_worker, LONG_STOP_SECONDS))
        self._parts = len(self._planned) + 1

    @property
    def is_over(self) -> bool:
        """Whether all that was planned has happened."""
        return self.kills >= self._wanted and not self._planned

    def go_on(self) -> None:
        """Kill, and do what is planned for this time, or what the dice say."""
        if self.kills < self._wanted:
            self.strike()
        is_time = self.kills * self._parts >= self._wanted * (self._parts - len(self._planned))
        if self._planned and is_time and self._planned[0]():
            self._planned.pop(0)
        if self.chance.random() < BY_THE_DICE:
            self.flush()
        if self.chance.random() < BY_THE_DICE:
            is_long = self._is_long and self.chance.random() < BY_HALVES
            self.stop_a_worker(LONG_STOP_SECONDS if is_long else STOP_SECONDS)

    def keep(self) -> None:
        """Start again what died, and wake what was stopped long enough."""
        now = time.monotonic()
        for kept in self.supervisor.kept:
            kept.look(now)
        for due, pid in self._waking[:]:
            if now >= due:
                self._waking.remove((due, pid))
                _signal(pid, signal.SIGCONT)

    def strike(self) -> None:
        """Kill one process, at times a child of the program in its place."""
        if self._spared:
            self._spared.append(program := self._spared.pop(0))
        else:
            [program] = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        name, pid = program, self.supervisor.pids.get(program)
        if pid is None or pid in {stopped for _due, stopped in self._waking}:
            # What stands still has to wake, or it would never be late.
            return
        children = _children(pid)
        if children and name != "postgres" and self.chance.random() < 0.5:
            pid, name = self.chance.choice(children), f"{name}, a child"
        if _signal(pid, signal.SIGKILL):
            self.done[f"kill -9 {name}"] += 1
            if program in self._spared:
                self._spared.remove(program)

    def stop_a_worker(self, seconds: float = STOP_SECONDS) -> bool:
        """Let a worker stand still for so long; tell whether there was one."""
        pid = self.supervisor.pids.get("worker")
        if not pid or not _signal(pid, signal.SIGSTOP):
            return False
        for child in _children(pid):
            _signal(child, signal.SIGSTOP)
            self._waking.append((time.monotonic() + seconds, child))
        self._waking.append((time.monotonic() + seconds, pid))
        self.done[f"{STOPPED} for {seconds:.0f} s"] += 1
        return True

    def flush(self) -> bool:
        """Have the queue and all that is cached forgotten; tell whether it was there."""
        with contextlib.suppress(redis.RedisError):
            redis.Redis.from_url(self.valkey_url, socket_timeout=2).flushall()
            self.done[FLUSHED] += 1
            return True
        return False

    @property
    def kills(self) -> int:
        """How many processes were killed so far."""
        return sum(times for what, times in self.done.items() if what.startswith("kill"))

    def never_met(self) -> set[str]:
        """Return the kinds that have not happened: none, in a run of as many kills as programs."""
        stops = [STOP_SECONDS, *([LONG_STOP_SECONDS] if self._is_long else [])]
        wanted = {FLUSHED, *(f"{STOPPED} for {seconds:.0f} s" for seconds in stops)}
        return {*wanted - self.done.keys(), *(f"kill -9 {name}" for name in self._spared)}

    @property
    def stops(self) -> int:
        """How often a worker was stopped so far."""
        return sum(times for what, times in self.done.items() if what.startswith(STOPPED))


def _signal(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if path.exists():
        return [int(word) for word in path.read_text().split()]
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]
