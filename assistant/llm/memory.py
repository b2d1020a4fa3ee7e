"""What all processes remember of an endpoint: what it understands, and that it is out of order.

It lies in the tenant's part of the cache. With the store away nothing is remembered: each call asks
as if it were the first.
"""

from contextlib import suppress
from hashlib import sha256

from assistant.llm.endpoints import Endpoint
from assistant.llm.errors import EndpointDownError
from assistant.llm.styles import Dialect
from tenants.cache import tenant_cache

DIALECT_LIVES = 24 * 3600
FAILURES_LIVE = 600
MOST_FAILURES = 5
REST = 60
LONGEST_REST = 3600
# Longer than any call lasts: whoever tries whether it works again is alone.
PROBE = 90


def key_of(endpoint: Endpoint, what: str) -> str:
    """Return the key under which something is remembered of it."""
    named = f"{endpoint.base_url} {endpoint.model} {endpoint.api}"
    return f"llm:{sha256(named.encode()).hexdigest()[:32]}:{what}"


def recall_dialect(endpoint: Endpoint) -> Dialect:
    """Return what the endpoint understood last, or the most that it may understand."""
    known = tenant_cache.get(key_of(endpoint, "dialect"))
    return Dialect(*known) if known else Dialect.first(endpoint)


def remember_dialect(endpoint: Endpoint, dialect: Dialect) -> None:
    """Keep what it understood for a day: servers learn."""
    known = (dialect.api, dialect.schema)
    tenant_cache.set(key_of(endpoint, "dialect"), known, timeout=DIALECT_LIVES)


def recall_sends_size(endpoint: Endpoint) -> bool:
    """Tell whether the endpoint makes vectors of the right size only when it is told which."""
    return bool(tenant_cache.get(key_of(endpoint, "sends_size")))


def remember_sends_size(endpoint: Endpoint) -> None:
    """Keep for a day that it has to be told."""
    tenant_cache.set(key_of(endpoint, "sends_size"), 1, timeout=DIALECT_LIVES)


class Breaker:
    """Spares an endpoint that fails, and people the wait for it.

    After five failures in a row it opens for a minute; then one call tries, and decides.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._open = key_of(endpoint, "open")
        self._failures = key_of(endpoint, "failures")
        self._probe = key_of(endpoint, "probe")

    def lets_through(self) -> bool:
        """Whether to ask now."""
        if tenant_cache.get(self._open):
            return False
        if (tenant_cache.get(self._failures) or 0) < MOST_FAILURES:
            return True
        return bool(tenant_cache.add(self._probe, 1, timeout=PROBE))

    def note_success(self) -> None:
        """It works: forget what was."""
        tenant_cache.delete_many([self._failures, self._probe])

    def note_failure(self, error: EndpointDownError) -> None:
        """It does not work, or wants to be left alone for a while."""
        tenant_cache.delete(self._probe)
        if error.wait is not None:
            rest = max(1, min(int(error.wait) + 1, LONGEST_REST))
            tenant_cache.set(self._open, 1, timeout=rest)
            return
        tenant_cache.add(self._failures, 0, timeout=FAILURES_LIVE)
        # Nothing to count from: the store has gone away in between.
        with suppress(ValueError):
            if tenant_cache.incr(self._failures) >= MOST_FAILURES:
                tenant_cache.set(self._open, 1, timeout=REST)
