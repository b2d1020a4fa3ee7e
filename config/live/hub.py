"""All who listen, and one line to the store over which words to every tenant come."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.conf import settings
from redis.asyncio import from_url
from redis.exceptions import RedisError

from config.live.door import Guest, still_in, tidily
from tenants import live

logger = logging.getLogger(__name__)

# After so many seconds without a word the store is asked whether it is still there.
QUIET = 10.0
TRY_AGAIN_AFTER = 2.0
# How often everybody is looked at again, even if nothing was said of people.
LOOK_AGAIN_AFTER = 60.0
MOST_LISTENERS, MOST_OF_A_SESSION = 4000, 12


class Listener:
    """One page that stands open: what it has not been told yet, and whether it must go."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.is_over = False
        self._news: set[str] = set()
        self._stir = asyncio.Event()

    def tell(self, word: str) -> None:
        """Keep a word until the page takes it."""
        self._news.add(word)
        self._stir.set()

    def end(self) -> None:
        """Let the page go."""
        self.is_over = True
        self._stir.set()

    async def news(self, patience: float) -> list[str]:
        """Return what there is to say, after a while nothing."""
        try:
            async with asyncio.timeout(patience):
                await self._stir.wait()
        except TimeoutError:
            return []
        self._stir.clear()
        words = sorted(self._news)
        self._news.clear()
        return words


class Hub:
    """Hands on what is said, and sends away whose session has ended."""

    def __init__(self) -> None:
        self.is_up = False
        self.pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="door")
        self._by_channel: dict[str, set[Listener]] = {}
        self._doubted: set[str] = set()
        self._doubt = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen to the store."""
        self._tasks = [asyncio.create_task(work) for work in (self._relay(), self._look_again())]

    async def stop(self) -> None:
        """Let everybody go."""
        self._end_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.pool.shutdown(wait=False)

    def join(self, guest: Guest) -> Listener | None:
        """Take somebody in, if there is a place and something to hear."""
        here = self._by_channel.get(guest.channel, set())
        same = sum(one.guest.session_key == guest.session_key for one in here)
        everybody = sum(map(len, self._by_channel.values()))
        if not self.is_up or same >= MOST_OF_A_SESSION or everybody >= MOST_LISTENERS:
            return None
        listener = Listener(guest)
        self._by_channel.setdefault(guest.channel, set()).add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget somebody who has gone."""
        here = self._by_channel.get(listener.guest.channel, set())
        here.discard(listener)
        if not here:
            self._by_channel.pop(listener.guest.channel, None)

    def hear(self, channel: str, word: str) -> None:
        """Hand a word on; one about people is a reason to look at who listens."""
        if channel not in self._by_channel or word not in live.SHOWN:
            return
        if word == live.PEOPLE:
            self._doubted.add(channel)
            self._doubt.set()
        for listener in self._by_channel[channel]:
            listener.tell(word)

    def _end_all(self) -> None:
        for listeners in self._by_channel.values():
            for listener in listeners:
                listener.end()

    async def _relay(self) -> None:
        while True:
            store = from_url(settings.CACHES["default"]["LOCATION"], socket_connect_timeout=2)
            try:
                async with store.pubsub() as line:
                    await line.psubscribe(live.pattern())
                    await self._listen(line)
            except (RedisError, OSError) as error:
                logger.warning("no line to the store", extra={"reason": type(error).__name__})
            finally:
                self.is_up = False
                self._end_all()
                await store.aclose()
            await asyncio.sleep(TRY_AGAIN_AFTER)

    async def _listen(self, line: Any) -> None:
        is_asked = False
        while True:
            message = await line.get_message(timeout=QUIET)
            if message is None:
                if is_asked:
                    raise OSError("the store is silent")
                await line.ping()
            is_asked = message is None
            if message and message["type"] == "psubscribe":
                self.is_up = True
            elif message and message["type"] == "pmessage":
                self.hear(message["channel"].decode(), message["data"].decode())

    async def _look_again(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_AFTER):
                    await self._doubt.wait()
                channels = set(self._doubted)
            except TimeoutError:
                channels = set(self._by_channel)
            self._doubt.clear()
            self._doubted.clear()
            for channel in channels:
                await self._look_at(channel)

    async def _look_at(self, channel: str) -> None:
        """Send away from a tenant's words whoever may not hear them any more."""
        listeners = set(self._by_channel.get(channel, set()))
        if not listeners:
            return
        tenant = next(iter(listeners)).guest.tenant
        keys = {listener.guest.session_key for listener in listeners}
        loop = asyncio.get_running_loop()
        try:
            good = await loop.run_in_executor(self.pool, tidily, partial(still_in, tenant, keys))
        except Exception:  # whoever cannot be looked at goes
            logger.exception("listeners cannot be looked at")
            good = set()
        for listener in listeners:
            if listener.guest.session_key not in good:
                listener.end()
