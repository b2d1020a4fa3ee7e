"""One file for each way to reach a person, behind one Protocol."""

from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelUnavailableError,
    Gateway,
    Letter,
)
from messaging.channels.email import EmailGateway

__all__ = [
    "ChannelDownError",
    "ChannelRefusedError",
    "ChannelUnavailableError",
    "Gateway",
    "Letter",
    "gateway_for",
]

GATEWAYS: dict[str, type[Gateway]] = {"email": EmailGateway}


def gateway_for(channel: str) -> Gateway:
    """Return a fresh gateway, to be closed after use. Raises ChannelRefusedError."""
    try:
        return GATEWAYS[channel]()
    except KeyError:
        raise ChannelRefusedError(f"there is no way to send by {channel} yet") from None
