"""What goes wrong, by fixed seeds: programs killed, stopped and emptied."""

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
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
        [name] = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        pid = self.supervisor.pids.get(name)
        if pid is None or pid in {stopped for _due, stopped in self._waking}:
            # What stands still has to wake, or it would never be late.
            return
        children = _children(pid)
        if children and name != "postgres" and self.chance.random() < 0.5:
            pid, name = self.chance.choice(children), f"{name}, a child"
        if _signal(pid, signal.SIGKILL):
            self.done[f"kill -9 {name}"] += 1

    def stop_a_worker(self, seconds: float = STOP_SECONDS) -> None:
        """Let a worker stand still for so long."""
        pid = self.supervisor.pids.get("worker")
        if pid and _signal(pid, signal.SIGSTOP):
            for child in _children(pid):
                _signal(child, signal.SIGSTOP)
                self._waking.append((time.monotonic() + seconds, child))
            self._waking.append((time.monotonic() + seconds, pid))
            self.done[f"{STOPPED} for {seconds:.0f} s"] += 1

    def flush(self) -> None:
        """Have the queue and all that is cached forgotten."""
        with contextlib.suppress(redis.RedisError):
            redis.Redis.from_url(self.valkey_url, socket_timeout=2).flushall()
            self.done["Valkey FLUSHALL"] += 1

    @property
    def kills(self) -> int:
        """How many processes were killed so far."""
        return sum(times for what, times in self.done.items() if what.startswith("kill"))

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
