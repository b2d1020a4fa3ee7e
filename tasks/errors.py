"""What the office refuses about tasks."""

from common.errors import ConflictError, InvalidError, RefusedError


class AlreadyDoneError(ConflictError):
    """A second click."""

    code = "already_done"


class MayNotAssignError(RefusedError):
    """Giving work to others needs `task:assign`."""

    code = "may_not_assign"


class UnknownPersonError(InvalidError):
    """Nobody active here has this id."""

    code = "does_not_exist"
