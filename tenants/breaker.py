"""Circuit breakers: after several failures in a row nobody knocks at a closed door for a while.

What is known stands in the cache, so that all workers know it. When the cache is away nothing is
known, and everybody tries.
"""

from time import time

from tenants.cache import shared_cache, tenant_cache

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 60
# Failures further apart than this are not in a row.
REMEMBER_SECONDS = 600
# How long the others wait for the one who tries whether it works again.
PROBE_SECONDS = 30


class Breaker:
    """What is known about one connection: of the office in force, or of all together."""

    def __init__(self, name: str, *, shared: bool) -> None:
        self._store = shared_cache if shared else tenant_cache
        self._pause, self._failures, self._probe = (
            f"breaker:{name}:{part}" for part in ("pause", "failures", "probe")
        )
        self._had_failed = False

    def wait(self) -> float:
        """Return for how many seconds not to try; 0 to go ahead.

        When a pause after failures ends, the first who asks may try and the others still wait.
        """
        known = self._store.get_many([self._pause, self._failures])
        self._had_failed = bool(known)
        if (left := known.get(self._pause, 0) - time()) > 0:
            return float(left)
        failures = known.get(self._failures, 0)
        if failures < FAILURES_TO_OPEN or self._store.add(self._probe, 1, PROBE_SECONDS):
            return 0
        return PROBE_SECONDS / 6

    def succeed(self) -> None:
        """Note that it works."""
        if self._had_failed:
            self._store.delete_many([self._pause, self._failures, self._probe])
            self._had_failed = False

    def fail(self) -> None:
        """Note that it did not answer."""
        self._had_failed = True
        try:
            failures = self._store.incr(self._failures)
        except ValueError:
            self._store.set(self._failures, failures := 1, REMEMBER_SECONDS)
        if failures >= FAILURES_TO_OPEN:
            self.pause(OPEN_SECONDS)
            self._store.delete(self._probe)

    def pause(self, seconds: float) -> None:
        """Let nobody try for so long, as the other side asked."""
        self._had_failed = True
        self._store.set(self._pause, time() + seconds, max(seconds, 1))
