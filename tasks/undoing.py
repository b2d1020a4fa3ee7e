"""How a change that was made on a page is taken back: whoever keeps states registers here."""

from collections.abc import Callable
from uuid import UUID

from accounts.models import User
from tasks.models import Task

Work = Callable[[], object]
# Do the work, and return the token that undoes it.
Keeper = Callable[[Task, str, User, Work], UUID]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """Announce who keeps what a task was before; called once, when the apps load."""
    _keepers[:] = [keeper]


def undoably(task: Task, what: str, *, by: User, work: Work) -> str:
    """Do the work on a task, and return what an undo names; nothing where nobody keeps it."""
    if not _keepers:
        work()
        return ""
    return str(_keepers[0](task, what, by, work))
