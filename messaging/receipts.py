"""What the other side tells of a message after it has taken it."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from messaging.models import MessageStatus, OutgoingMessage
from messaging.owing import write_alerts, write_substitute

# Reports come late, twice and in any order: what is known never goes down again
# (twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
RANKS = {
    **dict.fromkeys(("accepted", "scheduled"), 0),
    "queued": 1,
    "sending": 2,
    "sent": 3,
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled"), 4),
    "read": 5,
}
LOST = frozenset({"undelivered", "failed", "canceled"})


def note_receipt(message_id: UUID, status: str, why: str = "") -> list[OutgoingMessage]:
    """Note what became of a message, inside a transaction; return what is owed in its place.

    One that did not arrive has failed, and goes on over the person's next channel. A report that
    comes before the answer to our own request waits for that.
    """
    rows = OutgoingMessage.objects.select_for_update(of=("self",))
    message: OutgoingMessage | None = rows.filter(pk=message_id).first()
    if message is None or status not in RANKS:
        return []
    if RANKS[status] > RANKS.get(message.provider_status, -1):
        message.change(provider_status=status, **({"reason": why[:500]} if why else {}))
    return _act_on(message, timezone.now())


def _act_on(message: OutgoingMessage, now: datetime) -> list[OutgoingMessage]:
    lost = message.provider_status in LOST
    if not lost or message.status not in {MessageStatus.SENT, MessageStatus.UNKNOWN}:
        return []
    reason = message.reason or "It was handed over and did not arrive."
    message.change(status=MessageStatus.FAILED, reason=reason)
    return write_substitute(message, now) or write_alerts(message, now)
