"""What a sentence becomes before anything is stored: the draft, and the Protocol that makes it.

An interpreter is a pure function: the clock, the speaker and the members come in as arguments.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

Intent = Literal[
    "create_task",
    "create_event",
    "create_note",
    "ask",
    "list",
    "complete",
    "reschedule",
    "reassign",
    "undo",
    "help",
    "unclear",
]
Priority = Literal["low", "medium", "high", "urgent"]


class AssigneeStatus(StrEnum):
    """How far the person to do it is known."""

    NONE = "none"
    SELF = "self"
    FOUND = "found"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Person:
    """An active member somebody may name."""

    id: UUID
    full_name: str
    email: str


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team somebody may name, its members in the team's own order."""

    id: UUID
    name: str
    member_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role somebody may name, and who has it."""

    name: str
    member_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody, every team and every role the speaker may name. A department is a team."""

    people: tuple[Person, ...]
    teams: tuple[TeamEntry, ...]
    roles: tuple[RoleEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """What an office is used to: its hours, its days, and the month in which its year begins."""

    opens: time = time(9)
    closes: time = time(17)
    working_days: frozenset[int] = frozenset(range(5))  # Monday is 0
    fiscal_year_starts: int = 1


@dataclass(frozen=True, slots=True)
class Context:
    """Who says it, when (aware), in which zone, language and office."""

    now: datetime
    timezone: ZoneInfo
    speaker: Person
    directory: Directory
    locale: str = "en"
    office: Office = Office()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the given text that was understood, and its machine form."""

    kind: str
    start: int
    end: int
    text: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who fits the words, directly or as the first member of a team."""

    user_id: UUID
    full_name: str
    team_id: UUID | None
    team_name: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody to be there, as it was written; the person when exactly one member fits."""

    text: str
    person: Candidate | None


@dataclass(frozen=True, slots=True)
class Move:
    """How far a thing is moved: months and days on the wall clock, the rest exactly."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a list is asked for; open where nothing was said."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class ParseWarning:
    """Something the reader should know about the reading: a stable code and one sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence, understood; `due` is aware, in UTC and never before the given now.

    `title` names the thing to do; for complete, reschedule and reassign it is the words by which
    the existing thing is to be found, for ask and create_note the question or the note itself.
    """

    intent: Intent
    title: str
    due: datetime | None
    recurrence: str | None
    priority: Priority
    reminder_offset: timedelta | None
    assignee_status: AssigneeStatus
    assignee: Candidate | None
    assignee_candidates: tuple[Candidate, ...]
    assignee_text: str | None
    labels: tuple[str, ...]
    spans: tuple[Span, ...]
    warnings: tuple[ParseWarning, ...]
    confidence: float
    engine: str = "local"
    duration: timedelta | None = None
    attendees: tuple[Attendee, ...] = ()
    place: str | None = None
    move: Move | None = None  # of "reschedule", where no new time but a distance is named
    window: Window | None = None  # of "list"


class Interpreter(Protocol):
    """Turns a sentence into a draft, and answers "unclear" rather than guess."""

    def interpret(self, text: str, context: Context) -> Draft:
        """Read the text as the speaker means it at that moment, without side effects."""
        ...
