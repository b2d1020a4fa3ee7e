"""What the sweep does with an object whose instant has come; each app registers its kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DueKind:
    """The dealings with one kind of due object, called inside the tenant's transaction."""

    # Act on these objects; must leave none of them due at `now`, and be harmless when run twice.
    handle: Callable[[Sequence[UUID], datetime], None]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """What has to be asked before a message of one kind is sent."""

    # Tell why the message is not wanted any more, or return an empty string.
    objection: Callable[[UUID | None], str]


_due: dict[str, DueKind] = {}
_messages: dict[str, MessageKind] = {}


def register_due(name: str, kind: DueKind) -> None:
    """Announce a kind of `DueInstant`; called once, when the apps load."""
    _due[name] = kind


def register_message(name: str, kind: MessageKind) -> None:
    """Announce a kind of `OutgoingMessage`."""
    _messages[name] = kind


def due_kind(name: str) -> DueKind:
    """Return the dealings with a kind. Raises KeyError for one that nobody registered."""
    return _due[name]


def objection_to(kind: str, about_id: UUID | None) -> str:
    """Return why a message must not be sent now, in plain words, or an empty string."""
    return _messages[kind].objection(about_id) if kind in _messages else ""
