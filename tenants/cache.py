"""Caches: each key carries its tenant, and a store that is away is a store that knows nothing.

`tenant_cache` is what everybody uses. `shared_cache` holds what belongs to no tenant, and is for
this app alone.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache, cached_property, wraps
from hashlib import sha1
from time import monotonic
from typing import Any, cast

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.connection import ConnectionProxy
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from tenants.context import current_tenant
from tenants.counting import Lines, RefusedByStoreError

logger = logging.getLogger(__name__)

tenant_cache = cast("OfficeCache", ConnectionProxy(caches, "default"))
shared_cache = cast("OfficeCache", ConnectionProxy(caches, "shared"))

# Nobody waits long for a cache; one more try finds a server that has been started again.
IMPATIENT = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)}
# They are of one vendor's server, and tie each line into a knot: a thread that has ended would keep
# its line open until the garbage is collected.
IMPATIENT["maint_notifications_config"] = MaintNotificationsConfig(enabled=False)
# What is wrong with the store; an error in what we ask of it is raised.
AWAY = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError)
ASK_AGAIN_AFTER = 5.0
BATCH = 1000


def tenant_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key for the tenant in force. Raises NoTenantError where there is none."""
    return f"{key_prefix}:{current_tenant().pk}:{version}:{key}"


def shared_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key of something that belongs to no tenant."""
    return f"{key_prefix}:public:{version}:{key}"


@cache
def _name_of(script: str) -> str:
    """Return what the store calls a script that it has run once."""
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


class Outage:
    """The times when the store does not answer: told once, and then not asked for a while."""

    def __init__(self) -> None:
        self.ask_again_at: float | None = None

    @property
    def goes_on(self) -> bool:
        """Tell whether asking is a waste of time now."""
        return self.ask_again_at is not None and monotonic() < self.ask_again_at

    def begin(self, error: Exception) -> None:
        """Note that the store did not answer."""
        if self.ask_again_at is None:
            logger.error("cache does not answer", extra={"reason": type(error).__name__})
        self.ask_again_at = monotonic() + ASK_AGAIN_AFTER

    def end(self) -> None:
        """Note that it did."""
        if self.ask_again_at is not None:
            self.ask_again_at = None
            logger.warning("cache answers again")


outage = Outage()
lines = Lines()


def soft(method: Callable[..., Any], otherwise: Any) -> Callable[..., Any]:
    """Return the method that answers `otherwise` when the store does not answer."""

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        if outage.goes_on:
            return otherwise
        try:
            answer = method(*args, **kwargs)
        except AWAY as error:
            outage.begin(error)
            return otherwise
        outage.end()
        return answer

    return call


class Client(RedisCacheClient):
    """Django's, for which a store that is away has nothing and keeps nothing."""

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__(servers, **{**IMPATIENT, **options})

    add = soft(RedisCacheClient.add, otherwise=False)
    set = soft(RedisCacheClient.set, otherwise=None)
    touch = soft(RedisCacheClient.touch, otherwise=False)
    delete = soft(RedisCacheClient.delete, otherwise=False)
    get_many = soft(RedisCacheClient.get_many, otherwise={})
    has_key = soft(RedisCacheClient.has_key, otherwise=False)
    set_many = soft(RedisCacheClient.set_many, otherwise=None)
    delete_many = soft(RedisCacheClient.delete_many, otherwise=None)

    def get(self, key: Any, default: Any) -> Any:
        """Return what is stored, or the default."""
        return soft(super().get, otherwise=default)(key, default)

    def incr(self, key: Any, delta: int) -> int:
        """Count on. Raises ValueError where there is nothing to count from, as Django does."""
        counted = soft(super().incr, otherwise=None)(key, delta)
        if counted is None:
            raise ValueError(f"Key {key!r} not found.")
        return int(counted)

    def run(self, script: str, keys: Sequence[str], numbers: Sequence[int]) -> Any:
        """Run a script of the store's own; None where the store does not answer."""
        return soft(self._run, otherwise=None)(script, keys, numbers)

    def count(self, script: str, keys: Sequence[str], numbers: Sequence[int]) -> list[int] | None:
        """Run a script that answers in whole numbers; None where the store does not answer."""
        found: list[int] | None = soft(self._count, otherwise=None)(script, keys, numbers)
        return found

    def _count(self, script: str, keys: Sequence[str], numbers: Sequence[int]) -> Any:
        parts = ("EVALSHA", _name_of(script), len(keys), *keys, *numbers)
        try:
            return lines.ask(self.pool, parts)
        except RefusedByStoreError:
            # It does not know the script yet, or it will say what is wrong.
            return self._run(script, keys, numbers)

    def _run(self, script: str, keys: Sequence[str], numbers: Sequence[int]) -> Any:
        name = _name_of(script)
        try:
            return self.store.evalsha(name, len(keys), *keys, *numbers)
        except NoScriptError:
            return self.store.eval(script, len(keys), *keys, *numbers)

    def publish(self, channel: str, word: str) -> None:
        """Say a word to whoever listens; it is lost where the store does not answer."""
        soft(self._publish, otherwise=None)(channel, word)

    def _publish(self, channel: str, word: str) -> None:
        try:
            lines.ask(self.pool, ("PUBLISH", channel, word))
        except RefusedByStoreError:
            self.store.publish(channel, word)

    @cached_property
    def store(self) -> Any:
        """The client of the store's own library: to make one costs more than to ask it."""
        return self.get_client(write=True)

    @cached_property
    def pool(self) -> Any:
        """Where lines to the store are made."""
        return self.store.connection_pool

    def forget(self, pattern: str) -> None:
        """Remove every key that looks like this."""
        soft(self._forget, otherwise=None)(pattern)

    def _forget(self, pattern: str) -> None:
        store = self.get_client(write=True)
        keys: list[bytes] = []
        for key in store.scan_iter(match=pattern, count=BATCH):
            keys.append(key)
            if len(keys) == BATCH:
                store.unlink(*keys)
                keys.clear()
        if keys:
            store.unlink(*keys)


class OfficeCache(RedisCache):
    """Django's Redis cache; it clears its own keys alone, and never fails for want of a store."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client

    def run(self, script: str, keys: Sequence[str], numbers: Sequence[int]) -> Any:
        """Run a script on keys made by `make_key`; None when the store is away."""
        return cast("Client", self._cache).run(script, keys, numbers)

    def count(self, script: str, keys: Sequence[str], numbers: Sequence[int]) -> list[int] | None:
        """Run a script that answers in whole numbers, quickly; None when the store is away."""
        return cast("Client", self._cache).count(script, keys, numbers)

    def publish(self, channel: str, word: str) -> None:
        """Say a word on a channel whose name is made like a key, and so carries the tenant."""
        cast("Client", self._cache).publish(self.make_key(channel), word)

    def clear(self) -> None:
        """Forget the values of the tenant in force; Django would empty the whole store."""
        client = cast("Client", self._cache)
        client.forget(self.make_key("*").replace(f":{self.version}:*", ":*"))
