"""One file for each way to reach a person, behind one Protocol."""

from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    DeliveryError,
    Gateway,
    Letter,
    OutcomeUnknownError,
    Sender,
    Way,
    split_at_lines,
)
from messaging.channels.office_mail import EMAIL
from messaging.channels.slack import SLACK
from messaging.channels.sms import SMS
from messaging.channels.telegram import TELEGRAM

__all__ = [
    "WAYS",
    "ChannelDownError",
    "ChannelRefusedError",
    "ChannelThrottledError",
    "ChannelUnavailableError",
    "DeliveryError",
    "Gateway",
    "Letter",
    "OutcomeUnknownError",
    "Sender",
    "Way",
    "gateway_for",
    "parts_of",
]

WAYS: dict[str, Way] = {"email": EMAIL, "sms": SMS, "telegram": TELEGRAM, "slack": SLACK}


def gateway_for(channel: str) -> Gateway:
    """Return a fresh gateway, to be closed after use. Raises ChannelRefusedError."""
    if channel not in WAYS:
        raise ChannelRefusedError(f"there is no way to send by {channel} yet")
    return WAYS[channel].open()


def parts_of(text: str, channel: str) -> list[str]:
    """Return the text as so many letters of the channel as it needs."""
    way = WAYS.get(channel)
    return split_at_lines(text, way.longest if way else 0)
