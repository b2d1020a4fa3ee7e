"""How many may be at something at once: seats that all processes share, each given back in time.

A seat that nobody gave back is free when its time is over. When the store is away, each process
keeps seats of its own.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import randbits
from threading import Lock
from time import monotonic, sleep

from tenants.cache import tenant_cache

SIT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return '0' end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return '1'
"""
RISE = "redis.call('ZREM', KEYS[1], ARGV[1]) return '1'"
LOOK_EVERY = 0.05


class NoSeatError(Exception):
    """None became free in time."""


_own: dict[str, int] = defaultdict(int)
_lock = Lock()


@contextmanager
def seat(name: str, *, most: int, hold: float, patience: float) -> Iterator[None]:
    """Take one of the seats of the office in force for as long as the block runs.

    `hold` is after how many seconds it is free all the same. Raises NoSeatError.
    """
    key, who = tenant_cache.make_key(f"seats:{name}"), randbits(48)
    end = monotonic() + patience
    while (shared := _sit(key, who, most, hold)) is None:
        if monotonic() > end:
            raise NoSeatError(name)
        sleep(LOOK_EVERY)
    try:
        yield
    finally:
        if shared:
            tenant_cache.run(RISE, [key], [who])
        else:
            with _lock:
                _own[key] -= 1


def _sit(key: str, who: int, most: int, hold: float) -> bool | None:
    """Return whether the seat is everybody's or this process's; None for no seat."""
    told = tenant_cache.run(SIT, [key], [most, round(hold * 1000), who])
    if told is not None:
        return True if int(told) else None
    with _lock:
        if _own[key] >= most:
            return None
        _own[key] += 1
    return False
