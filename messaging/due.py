"""What the sweep does with an object whose instant has come; each app registers its kind."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be owed to one person."""

    recipient: User
    subject: str
    text: str
    html: str
    kind: str
    about_id: UUID | None
    due_at: datetime
    # Names the occasion: the same occasion is owed to the same person over the same channel once.
    occasion: str
    # In one line, for telephones and chats.
    brief: str = ""
    # Comes in quiet hours as well.
    urgent: bool = False
    # The channel to take, where the person can be reached by it: that of the question.
    channel: str = ""
    # Where to send it by that channel, in place of the person's own address.
    address: str = ""
    # A calendar object that goes along where it is sent by e-mail.
    calendar: str = ""
    # What can be answered with one touch: label and answer.
    buttons: tuple[tuple[str, str], ...] = ()
    # The message of the same chat whose place it takes, by the other side's name.
    replaces: str = ""


K = TypeVar("K")
Plan = Callable[[Collection[User], datetime, datetime], Sequence[Owed]]


@dataclass(frozen=True, slots=True)
class DueKind:
    """The dealings with one kind of due object, called inside the tenant's transaction."""

    # Act on these objects; must leave none of them due at `now`, and be harmless when run twice.
    handle: Callable[[Sequence[UUID], datetime], None]
    # Return what these people will be owed from one instant to another, as far as can be told.
    plan: Plan | None = None


def no_objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Stand for a kind that is always wanted."""
    return {}


@dataclass(frozen=True, slots=True)
class MessageKind:
    """What has to be asked before messages of one kind are sent."""

    # Tell, for those of these objects that nobody wants to hear of any more, why.
    objections: Callable[[Collection[UUID]], Mapping[UUID, str]] = no_objections
    # Return where a person can say that no more of the kind are wanted; empty where it is no use.
    unsubscribe_url: Callable[[UUID], str] = lambda _person: ""
    # Whether one that cannot be sent goes over the person's next channel.
    goes_on: bool = True
    # Whether it may go to an address of nobody in the office.
    to_anybody: bool = False
    # Make the link that its text leaves open, of what it is about and where it goes; called in a
    # transaction when it goes out, so that the ledger holds nothing that opens a door.
    link: Callable[[UUID, str], str] = lambda _about, _address: ""


_due: dict[str, DueKind] = {}
_messages: dict[str, MessageKind] = {}


def register_due(name: str, kind: DueKind) -> None:
    """Announce a kind of `DueInstant`, when the apps load. Raises ImproperlyConfigured."""
    _add(_due, name, kind)


def register_message(name: str, kind: MessageKind) -> None:
    """Announce a kind of `OutgoingMessage`, when the apps load. Raises ImproperlyConfigured."""
    _add(_messages, name, kind)


def _add(known: dict[str, K], name: str, kind: K) -> None:
    """Add a kind; two apps that use one name would send each other's messages unasked."""
    if name in known:
        raise ImproperlyConfigured(f"the kind “{name}” is registered already")
    known[name] = kind


def planners() -> list[Plan]:
    """Return what tells of messages to come."""
    return [kind.plan for kind in _due.values() if kind.plan]


def due_kind(name: str) -> DueKind:
    """Return the dealings with a kind. Raises KeyError for one that nobody registered."""
    return _due[name]


def message_kind(name: str) -> MessageKind:
    """Return the dealings with a kind; one that nobody registered is always wanted."""
    return _messages.get(name, MessageKind())
