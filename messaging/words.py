"""How channels and states read in plain words."""

from messaging.models import MessageStatus, OutgoingMessage

CHANNELS = {"email": "E-mail", "sms": "SMS", "telegram": "Telegram", "slack": "Slack"}
STATES = {
    MessageStatus.QUEUED: "It waits to be sent.",
    MessageStatus.SENDING: "It is being sent now.",
    MessageStatus.SENT: "It was handed over.",
    MessageStatus.FAILED: "It could not be sent, and will not be tried again.",
    MessageStatus.UNKNOWN: "Whether it arrived is not known; it is not sent twice.",
    MessageStatus.CANCELLED: "It was no longer wanted.",
}


def in_words(message: OutgoingMessage) -> str:
    """Return the state of a message, and the reason if there is one."""
    state = STATES[MessageStatus(message.status)]
    return f"{state} Reason: {message.reason}" if message.reason else state
