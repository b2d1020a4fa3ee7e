"""The live part's way in: one stream of events for each page that stands open."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from config.live.door import admit, tidily  # noqa: E402  the apps must be loaded
from config.live.hub import Hub, Listener  # noqa: E402

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
# A comment so often tells both ends that the other one is there.
HEARTBEAT = 20.0
# What comes in bursts is said once.
BREATH = 0.5

hub: Hub | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request; everything but listening and the state of health is not there."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    elif scope["path"] == "/health/live":
        await answer(send, 200)
    elif scope["path"].rstrip("/").endswith("/live") and scope["method"] == "GET":
        await listen(scope, receive, send)
    else:
        await answer(send, 404)


async def live(receive: Receive, send: Send) -> None:
    """Begin and end with the server."""
    global hub  # noqa: PLW0603  it needs the server's loop
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub = Hub()
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if hub is not None:
                await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def listen(scope: Scope, receive: Receive, send: Send) -> None:
    """Look at who asks, then tell what changes for as long as they stay."""
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get("host", ""), headers.get("origin", "")
    place = hub
    if place is None or not place.is_up:
        await answer(send, 503, origin=None)
        return
    ask = partial(admit, host, headers.get("cookie", ""), origin)
    try:
        guest = await asyncio.get_running_loop().run_in_executor(place.pool, tidily, ask)
    except Exception:  # the outer edge: nobody is let in whom we cannot look at
        logger.exception("nobody could be looked at")
        await answer(send, 503)
        return
    if guest is None:
        await answer(send, 403)
        return
    listener = place.join(guest)
    if listener is None:
        await answer(send, 503, origin=origin)
        return
    try:
        await stream(listener, receive, send, origin)
    finally:
        place.leave(listener)


async def stream(listener: Listener, receive: Receive, send: Send, origin: str) -> None:
    """Say what there is to say until either side goes."""
    await send({"type": "http.response.start", "status": 200, "headers": stream_headers(origin)})
    gone = asyncio.create_task(wait_until_gone(receive, listener))
    try:
        await say(send, "retry: 5000\n: here you are\n\n")
        while not listener.is_over:
            words = await listener.news(HEARTBEAT)
            if listener.is_over:
                break
            said = f"event: changed\ndata: {' '.join(words)}\n\n" if words else ":\n\n"
            await say(send, said)
            await asyncio.sleep(BREATH if words else 0)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def wait_until_gone(receive: Receive, listener: Listener) -> None:
    """Notice that the page was closed."""
    while (await receive())["type"] != "http.disconnect":
        continue
    listener.end()


async def say(send: Send, text: str) -> None:
    """Send a piece of the stream."""
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def answer(send: Send, status: int, origin: str | None = None) -> None:
    """Send an answer without a body."""
    headers = [(b"cache-control", b"no-store"), *cors(origin or "")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def stream_headers(origin: str) -> list[tuple[bytes, bytes]]:
    """Return what no cache and no proxy may hold back."""
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        *cors(origin),
    ]


def cors(origin: str) -> list[tuple[bytes, bytes]]:
    """Let the office's own page read it, whose port is another one."""
    if not origin:
        return []
    allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
    return [allowed, (b"access-control-allow-credentials", b"true"), (b"vary", b"Origin")]
