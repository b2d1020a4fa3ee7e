"""How what was done on a page is taken back: whoever keeps states registers here.

A kind is a word for what is changed, "task" or "event"; what is returned is what an undo names.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Model

from accounts.models import User

Work = Callable[[], object]


class Keeper(NamedTuple):
    """Do some work on a thing and keep its states; or keep that it was made."""

    change: Callable[[str, Model, str, User, Work], UUID]
    creation: Callable[[str, Model, User], UUID]


_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """Announce who keeps what things were before; called once, when the apps load."""
    _keepers[:] = [keeper]


def undoably(kind: str, thing: Model, what: str, *, by: User, work: Work) -> str:
    """Do the work on a thing and return the token of its undo; none where nobody keeps it."""
    if not _keepers:
        work()
        return ""
    return str(_keepers[0].change(kind, thing, what, by, work))


def undoable(kind: str, thing: Model, *, by: User) -> str:
    """Return the token with which what was just made is taken back; none where nobody keeps it."""
    return str(_keepers[0].creation(kind, thing, by)) if _keepers else ""
