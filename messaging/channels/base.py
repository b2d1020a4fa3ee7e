"""What every channel promises."""

from dataclasses import dataclass
from typing import Protocol


class ChannelUnavailableError(Exception):
    """It did not work now and may work later; the message waits. The text is for the ledger."""


class ChannelDownError(ChannelUnavailableError):
    """The other side is not there at all: no letter would go through now."""


class ChannelRefusedError(Exception):
    """It will never work like this; the message has failed. The text is for the ledger."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: plain words, and the same as HTML where the channel can show it."""

    message_id: str
    address: str
    subject: str
    text: str
    html: str = ""


class Gateway(Protocol):
    """A way to hand letters over; may keep a connection between them."""

    def send(self, letter: Letter) -> str:
        """Hand over one letter and return the other side's name for it.

        Raises ChannelUnavailableError (try again) or ChannelRefusedError (never).
        """
        ...

    def close(self) -> None:
        """Give back the connection."""
        ...
