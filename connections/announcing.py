"""What happens to an account is told to whoever wants to know; those stand above this app."""

from collections.abc import Callable

from connections.models import Connection

Listener = Callable[[Connection], None]
_lost: list[Listener] = []
_ended: list[Listener] = []


def on_lost(listener: Listener) -> None:
    """Have it called once when an account has to be connected again, in that transaction."""
    _lost.append(listener)


def on_ended(listener: Listener) -> None:
    """Have it called before an account is disconnected, outside any transaction.

    It may ask the vendor, and has to bear that the vendor does not answer.
    """
    _ended.append(listener)


def tell_lost(connection: Connection) -> None:
    """Tell that it has to be connected again."""
    for listener in _lost:
        listener(connection)


def tell_ended(connection: Connection) -> None:
    """Tell that it is about to be disconnected."""
    for listener in _ended:
        listener(connection)
