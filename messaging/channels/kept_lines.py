"""The line to the platform's mail server, kept for some seconds by whoever sent last.

A job sends the letters of one office and ends; the next one, of another office, goes on with the
line of this process in place of greeting the server anew.
"""

import os
from select import POLLIN, poll
from smtplib import SMTPException
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import get_connection

# Servers hang up on who is silent for minutes (RFC 5321, 4.5.3.2); nobody keeps a line that long.
KEEP_SECONDS = 5.0
# How long a kept line may take to show that somebody is still there.
PATIENCE_SECONDS = 2.0
OK = 250


class Kept(NamedTuple):
    """A line that is not in use; whose it is and since when."""

    connection: Any
    owner: tuple[Any, ...]
    since: float


_kept: list[Kept] = []
_lock = Lock()


def take_line() -> Any:
    """Return a line on which the server has just answered, or a new one, not opened yet."""
    while kept := _pop():
        is_fresh = monotonic() - kept.since < KEEP_SECONDS
        if kept.owner == _owner() and is_fresh and _answers(kept.connection):
            return kept.connection
        _leave(kept)
    return get_connection()


def keep_line(connection: Any) -> None:
    """Keep a line on which the last letter ended well; one is enough."""
    with _lock:
        surplus = [*_kept]
        _kept[:] = [Kept(connection, _owner(), monotonic())]
    for kept in surplus:
        _leave(kept)


def has_been_left(connection: Any) -> bool:
    """Tell, without asking, whether the server has hung up on a line between two letters.

    It says nothing of its own accord while it waits for one: whatever can be read is the end.
    """
    server = getattr(connection, "connection", None)
    if server is None:
        return False
    if server.sock is None:
        return True
    asked = poll()
    asked.register(server.sock, POLLIN)
    return bool(asked.poll(0))


def _leave(kept: Kept) -> None:
    """Say goodbye, and do not wait long for an answer; on the parent's line say nothing."""
    server = getattr(kept.connection, "connection", None)
    if server is not None and kept.owner[0] != os.getpid():
        server.close()
        return
    if server is not None and server.sock is not None:
        server.sock.settimeout(PATIENCE_SECONDS)
    kept.connection.close()


def _pop() -> Kept | None:
    with _lock:
        return _kept.pop() if _kept else None


def _owner() -> tuple[Any, ...]:
    # A process that was forked must not speak on the line of its parent.
    return (
        os.getpid(),
        *(settings.EMAIL_HOST, settings.EMAIL_PORT),
        *(settings.EMAIL_HOST_USER, settings.EMAIL_BACKEND),
    )


def _answers(connection: Any) -> bool:
    """Ask the server for nothing: a line that is only half open would swallow a letter."""
    server = getattr(connection, "connection", None)
    if server is None or server.sock is None:
        return False
    usual = server.sock.gettimeout()
    try:
        server.sock.settimeout(PATIENCE_SECONDS)
        code, _words = server.noop()
        server.sock.settimeout(usual)
    except (SMTPException, OSError):
        return False
    return bool(code == OK)
