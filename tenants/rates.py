"""How often something may happen: buckets that all processes share, each filled at a steady rate.

The rule is GCRA: a bucket remembers one instant, when it will be full again. One script looks at
all buckets of a request and takes from each of them or from none. When the store is away, each
process keeps buckets of its own: the rate then holds for each process, and nothing stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from tenants.cache import shared_cache, tenant_cache

MICRO = 1_000_000
# The store's clock is everybody's. A number is written with `%.0f`: Lua would round it.
TAKE = """
local clock = redis.call('TIME')
local now, wait, full = clock[1] * 1000000 + clock[2], 0, {}
for i, key in ipairs(KEYS) do
  full[i] = math.max(tonumber(redis.call('GET', key) or now), now)
  wait = math.max(wait, full[i] - ARGV[2 * i] - now)
end
if wait > 0 then return string.format('%.0f', wait) end
for i, key in ipairs(KEYS) do
  local next = full[i] + ARGV[2 * i - 1]
  redis.call('SET', key, string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
end
return '0'
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times in so many seconds; all of them at once, after a rest."""

    times: int
    seconds: float

    @property
    def interval(self) -> int:
        """Microseconds from one to the next."""
        return max(round(self.seconds * MICRO / self.times), 1)

    @property
    def slack(self) -> int:
        """By how many microseconds one may come too early."""
        return self.interval * (self.times - 1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted under one name: in the office in force, or in all together."""

    name: str
    rate: Rate
    shared: bool = False

    @property
    def key(self) -> str:
        """Where the store keeps it."""
        cache = shared_cache if self.shared else tenant_cache
        return cache.make_key(f"rate:{self.name}")


class OwnBuckets:
    """The buckets of this process."""

    MANY = 10_000

    def __init__(self) -> None:
        self._full: dict[str, int] = {}
        self._lock = Lock()

    def take(self, buckets: Sequence[Bucket]) -> int:
        """Do what the script does."""
        now = int(monotonic() * MICRO)
        with self._lock:
            full = {bucket: max(self._full.get(bucket.key, now), now) for bucket in buckets}
            wait = max(instant - bucket.rate.slack - now for bucket, instant in full.items())
            if wait > 0:
                return wait
            if len(self._full) > self.MANY:
                self._full = {key: instant for key, instant in self._full.items() if instant > now}
            self._full |= {b.key: instant + b.rate.interval for b, instant in full.items()}
        return 0


own_buckets = OwnBuckets()


def take(buckets: Sequence[Bucket]) -> float:
    """Take one from each bucket, or from none; return the seconds to wait, 0 when taken."""
    if not buckets:
        return 0
    numbers = [number for b in buckets for number in (b.rate.interval, b.rate.slack)]
    waits = tenant_cache.run(TAKE, [bucket.key for bucket in buckets], numbers)
    return (own_buckets.take(buckets) if waits is None else int(waits)) / MICRO
