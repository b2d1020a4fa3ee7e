"""How often something may happen: buckets that all processes share, each filled at a steady rate.

The rule is GCRA: a bucket remembers one instant, when it will be full again. One script looks at
all buckets of a request and takes from each of them or from none. When the store is away, each
process keeps buckets of its own: the rate then holds for each process, and nothing stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic

from tenants.cache import shared_cache, tenant_cache

MICRO = 1_000_000
# The store's clock is everybody's. A number is written with `%.0f`: Lua would round it.
TAKE = """
local clock = redis.call('TIME')
local now, wait, full = clock[1] * 1000000 + clock[2], 0, redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
  full[i] = math.max(tonumber(full[i] or now), now)
  wait = math.max(wait, full[i] - ARGV[2 * i] - now)
end
local found = {wait}
for i, key in ipairs(KEYS) do
  if wait == 0 then
    full[i] = full[i] + ARGV[2 * i - 1]
    local ends = math.ceil((full[i] - now) / 1000)
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', ends)
  end
  found[i + 1] = full[i] - now
end
return found
"""

GIVE = """
for i, key in ipairs(KEYS) do
  local full = redis.call('GET', key)
  if full then redis.call('SET', key, string.format('%.0f', full - ARGV[i]), 'KEEPTTL') end
end
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


@dataclass(frozen=True, slots=True)
class Level:
    """What is left in a bucket, after something was taken from it or could not be."""

    bucket: Bucket
    # Microseconds until it is full again.
    left: int

    @property
    def remaining(self) -> int:
        """How many more may be taken at once."""
        return max(self.bucket.rate.times - ceil(self.left / self.bucket.rate.interval), 0)

    @property
    def reset(self) -> int:
        """In how many seconds all of them may be taken again."""
        return ceil(self.left / MICRO)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking one from each bucket: all were taken, or none and one has to wait."""

    wait: float
    levels: list[Level]


class OwnBuckets:
    """The buckets of this process."""

    MANY = 10_000

    def __init__(self) -> None:
        self._full: dict[str, int] = {}
        self._lock = Lock()

    def take(self, buckets: Sequence[Bucket]) -> list[int]:
        """Do what the script does."""
        now = int(monotonic() * MICRO)
        with self._lock:
            full = {bucket: max(self._full.get(bucket.key, now), now) for bucket in buckets}
            wait = max(instant - bucket.rate.slack - now for bucket, instant in full.items())
            if wait <= 0:
                full = {b: instant + b.rate.interval for b, instant in full.items()}
                if len(self._full) > self.MANY:
                    kept = {key: instant for key, instant in self._full.items() if instant > now}
                    self._full = kept
                self._full |= {bucket.key: instant for bucket, instant in full.items()}
        return [max(wait, 0), *(instant - now for instant in full.values())]

    def put_back(self, buckets: Sequence[Bucket]) -> None:
        """Do what the other script does."""
        with self._lock:
            for bucket in buckets:
                if bucket.key in self._full:
                    self._full[bucket.key] -= bucket.rate.interval


own_buckets = OwnBuckets()


def take(buckets: Sequence[Bucket]) -> float:
    """Take one from each bucket, or from none; return the seconds to wait, 0 when taken."""
    return take_turn(buckets).wait if buckets else 0


def take_turn(buckets: Sequence[Bucket]) -> Taken:
    """Take one from each bucket, or from none, in one round trip; return how full each is now."""
    numbers = [number for b in buckets for number in (b.rate.interval, b.rate.slack)]
    found = tenant_cache.count(TAKE, [bucket.key for bucket in buckets], numbers)
    wait, *left = own_buckets.take(buckets) if found is None else found
    levels = [Level(bucket, one) for bucket, one in zip(buckets, left, strict=True)]
    return Taken(wait / MICRO, levels)


def put_back(buckets: Sequence[Bucket]) -> None:
    """Give one back to each bucket: what was taken did not count after all."""
    if buckets:
        numbers = [bucket.rate.interval for bucket in buckets]
        tenant_cache.run(GIVE, [bucket.key for bucket in buckets], numbers)
        own_buckets.put_back(buckets)
