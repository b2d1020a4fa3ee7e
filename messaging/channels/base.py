"""What every channel promises."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from accounts.models import User


class DeliveryError(Exception):
    """A letter did not go out, as far as we know. The text is for the ledger."""


class ChannelRefusedError(DeliveryError):
    """It will never work like this; the message has failed."""


class ChannelUnavailableError(DeliveryError):
    """It did not work now and may work later; the message waits, as long as we were told to."""

    def __init__(self, words: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class ChannelDownError(ChannelUnavailableError):
    """The other side is not there at all: no letter would go through now."""


class ChannelThrottledError(ChannelUnavailableError):
    """We are too quick for the other side. The try does not count, and the others wait as well."""


class OutcomeUnknownError(DeliveryError):
    """The letter may have gone out, and nobody can tell."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: plain words, the same in one line, and as HTML where that can be shown."""

    message_id: str
    address: str
    subject: str
    text: str
    html: str = ""
    brief: str = ""
    # A calendar object, with its METHOD, for channels that can carry one.
    calendar: str = ""
    # What can be answered with one touch: label and answer.
    buttons: tuple[tuple[str, str], ...] = ()
    # What stands in the chat and this takes the place of, where the channel can do that.
    replaces: str = ""
    # Where answers go, when a person wrote it.
    reply_to: str = ""
    # Where whoever does not want more of the kind can say so; empty for what nobody subscribed to.
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose account at the other side letters are sent from; limits and breakers are kept for it.

    `shared` are the accounts of the platform, which all offices send from.
    """

    name: str
    shared: bool
    # Whose line of MESSAGE_RATES holds, where it is not that of the channel.
    rates: str = ""


class Gateway(Protocol):
    """A way to hand letters over; may keep a connection between them."""

    # Whether the other side drops a second letter with the same `message_id`.
    idempotent: bool

    @property
    def sender(self) -> Sender:
        """Whose account the letters go out from."""
        ...

    def send(self, letter: Letter) -> str:
        """Hand over one letter and return the other side's name for it.

        Raises ChannelUnavailableError (try again), ChannelRefusedError (never) or
        OutcomeUnknownError (the line was cut after the other side may have accepted it).
        """
        ...

    def find(self, letter: Letter, since: datetime) -> str | None:
        """Look for a letter of which nobody knows whether it went out, first tried at `since`.

        Returns the other side's name for it, or None when it is to be sent again. Raises
        OutcomeUnknownError where nobody can tell: then a person decides. Not asked of a gateway
        that is idempotent.
        """
        ...

    def close(self) -> None:
        """Give back the connection; another letter would open a new one."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """One channel: how its letters are handed over, and where each person is reached by it."""

    # Return a fresh gateway for the tenant in force, to be closed after use. Raises
    # ChannelRefusedError where the office has not set the channel up.
    open: Callable[[], Gateway]
    # Return the addresses of those of the people who can be reached by it, at constant cost.
    addresses: Callable[[Collection[User]], Mapping[UUID, str]]
    # How much one letter holds, in UTF-16 units; 0 where there is no limit to speak of.
    longest: int = 0


def split_at_lines(text: str, longest: int) -> list[str]:
    """Return the text in parts of at most so many UTF-16 units, cut at line ends where possible."""
    parts, rest = [], text
    while longest and len(rest.encode("utf-16-le")) > 2 * longest:
        head = rest.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", errors="ignore")
        end = max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or len(head)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [part for part in (*parts, rest) if part] or [text]
