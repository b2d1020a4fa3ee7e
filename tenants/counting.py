"""Commands that the store answers in whole numbers, asked on a line that each thread keeps.

The store's library asks anything of anybody; for the one question that each request to the API
puts, and for the word that follows each write, it costs more than the rest of a small answer. It
still makes the connection.
"""

import os
from collections.abc import Sequence
from threading import local
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

END = b"\r\n"
CHUNK = 4096


class RefusedByStoreError(Exception):
    """The store answers with something else than numbers: whoever asks shall ask by the library."""


class Lines(local):
    """The line of each thread; it is made again after a failure, and in another process."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.process = 0

    def ask(self, pool: Any, parts: Sequence[object]) -> list[int]:
        """Return the numbers that the command is answered with; a line that broke is made anew.

        Raises RefusedByStoreError, and what the library raises when the store does not answer.
        """
        command = _packed(parts)
        if self.connection is not None and self.process == os.getpid():
            try:
                return self._answer(command)
            except (OSError, RedisConnectionError):
                # The store was started again, or closed what nobody used.
                self.connection = None
        self.connection, self.process = pool.make_connection(), os.getpid()
        try:
            self.connection.connect()
            return self._answer(command)
        except TimeoutError as error:
            raise RedisTimeoutError("no answer") from error
        except OSError as error:
            raise RedisConnectionError("no line") from error

    def _answer(self, command: bytes) -> list[int]:
        is_done = False
        try:
            line = self.connection._sock  # noqa: SLF001  the library shows it nowhere else
            line.sendall(command)
            found = _numbers(line)
            is_done = True
        except RefusedByStoreError:
            is_done = True
            raise
        finally:
            if not is_done:
                # What is still to come would be taken for the next answer.
                broken, self.connection = self.connection, None
                broken.disconnect()
        return found


def _packed(parts: Sequence[object]) -> bytes:
    texts = [str(part).encode() for part in parts]
    body = b"".join(b"$%d\r\n%b\r\n" % (len(text), text) for text in texts)
    return b"*%d\r\n%b" % (len(texts), body)


def _numbers(line: Any) -> list[int]:
    answer = b""
    while not _is_whole(answer):
        more = line.recv(CHUNK)
        if not more:
            raise RedisConnectionError("the store has hung up")
        answer += more
    head, *rows = answer.split(END)[:-1]
    if head.startswith(b":"):
        return [int(head[1:])]
    if not head.startswith(b"*"):
        raise RefusedByStoreError
    return [int(row[1:]) for row in rows]


def _is_whole(answer: bytes) -> bool:
    """Tell whether a line with an error, or the head and each of its numbers, is there."""
    ends = answer.count(END)
    return bool(ends) and (not answer.startswith(b"*") or ends > int(answer[1 : answer.index(END)]))
