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
)
from messaging.channels.email import EMAIL
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
]

WAYS: dict[str, Way] = {"email": EMAIL, "sms": SMS, "telegram": TELEGRAM}


def gateway_for(channel: str) -> Gateway:
    """Return a fresh gateway, to be closed after use. Raises ChannelRefusedError."""
    if channel not in WAYS:
        raise ChannelRefusedError(f"there is no way to send by {channel} yet")
    return WAYS[channel].open()
