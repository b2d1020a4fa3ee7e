"""How a change of a task on a page is taken back."""

from accounts import undoing
from accounts.models import User
from accounts.undoing import Work
from tasks.models import Task

TASK, FILTER, FILE = "task", "filter", "file"


def undoably(task: Task, what: str, *, by: User, work: Work) -> str:
    """Do the work on a task, and return what an undo names; nothing where nobody keeps it."""
    return undoing.undoably(TASK, task, what, by=by, work=work)
