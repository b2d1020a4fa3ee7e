"""What happens on a day: each app registers what it has for somebody's page of today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the day; without a time it takes the whole of it."""

    key: str
    when: str
    title: str
    address: str
    about: str = ""


Agenda = Callable[[User, datetime, datetime], list[Entry]]
_agendas: list[Agenda] = []


def register_agenda(agenda: Agenda) -> None:
    """Announce what happens between two instants; called once, when the apps load."""
    if agenda not in _agendas:
        _agendas.append(agenda)


def agenda_of(user: User, start: datetime, end: datetime) -> list[Entry]:
    """Return what happens to somebody in that stretch of time."""
    return [entry for agenda in _agendas for entry in agenda(user, start, end)]
