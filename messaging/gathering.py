"""Messages of several offices that one job sends, one office after another.

To queue a job and to begin it costs more than to send the one message that most offices owe when a
sweep comes by. Whoever goes from office to office gathers; a single change still queues a job of
its own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

# The id of an office, and of messages of it, as a job takes them.
Share = tuple[str, list[str]]
# So many messages are handed on at once: few enough that all workers get some.
MANY = 25


class Gathering:
    """What is owed so far, and who takes it on."""

    def __init__(self, hand_on: Callable[[list[Share]], object]) -> None:
        self._hand_on = hand_on
        self._shares: list[Share] = []

    def add(self, tenant_id: UUID, ids: Sequence[UUID]) -> None:
        """Add messages of an office; many together are handed on."""
        self._shares.append((str(tenant_id), [str(pk) for pk in ids]))
        if sum(len(some) for _office, some in self._shares) >= MANY:
            self.finish()

    def finish(self) -> None:
        """Hand on what is there."""
        shares, self._shares = self._shares, []
        if shares:
            self._hand_on(shares)


_gathering: ContextVar[Gathering | None] = ContextVar("gathering", default=None)


@contextmanager
def gathering(hand_on: Callable[[list[Share]], object]) -> Iterator[None]:
    """Inside, messages that are owed are gathered over all offices, and handed on by the dozen."""
    found = Gathering(hand_on)
    token = _gathering.set(found)
    try:
        yield
    finally:
        _gathering.reset(token)
        found.finish()


def gathering_now() -> Gathering | None:
    """Return who gathers here, if anybody does."""
    return _gathering.get()
