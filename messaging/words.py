"""How channels and states read in plain words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from common.languages import said
from messaging.models import MessageStatus, OutgoingMessage

CHANNELS: dict[str, StrOrPromise] = {
    "email": _lazy("E-mail"),
    "sms": "SMS",
    "telegram": "Telegram",
    "slack": "Slack",
}
STATES = {
    MessageStatus.QUEUED: _lazy("It waits to be sent."),
    MessageStatus.SENDING: _lazy("It is being sent now."),
    MessageStatus.SENT: _lazy("It was handed over."),
    MessageStatus.FAILED: _lazy("It could not be sent, and will not be tried again."),
    MessageStatus.UNKNOWN: _lazy("Whether it arrived is not known; it is not sent twice."),
    MessageStatus.CANCELLED: _lazy("It was no longer wanted."),
}


def in_words(message: OutgoingMessage) -> str:
    """Return the state of a message, and the reason if there is one."""
    state = str(STATES[MessageStatus(message.status)])
    if not message.reason:
        return state
    return _("{state} Reason: {reason}").format(state=state, reason=said(message.reason))
