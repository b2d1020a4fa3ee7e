"""What keeps a set-up from working, in words: each app says what it looks at."""

from collections.abc import Callable, Iterator
from smtplib import SMTPException
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError
from kombu.exceptions import OperationalError

from common.errors import AppError


class Finding(NamedTuple):
    """What was looked at and how it is; where it is not well, what to do."""

    about: str
    sentence: str
    remedy: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done."""
        return not self.remedy


Look = Callable[[], Iterator[Finding]]
# What somebody or something outside does when it is away; everything else is a fault of ours.
AWAY = (DatabaseError, InterfaceError, OperationalError, OSError, SMTPException, AppError)
_looks: dict[str, tuple[Look, str]] = {}


def register_look(about: str, look: Look, *, remedy: str) -> None:
    """Have the doctor call the function; the remedy is for what does not even answer."""
    _looks[about] = (look, remedy)


def examine() -> Iterator[Finding]:
    """Look at everything, one thing after the other, whatever is wrong with those before."""
    for about, (look, remedy) in _looks.items():
        try:
            yield from look()
        except AWAY as error:
            # Their texts may hold addresses and names of roles, and never a password.
            words = str(error).strip().splitlines()
            yield Finding(about, words[0] if words else type(error).__name__, remedy)
