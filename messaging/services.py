"""Owing messages: the row is written with the change; sending comes later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Channel, User
from messaging.delivery import wake_messages
from messaging.jobs import deliver_messages
from messaging.models import OutgoingMessage

# When the sweep takes over if the job that is queued at once got lost.
WAKE_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be owed to one person."""

    recipient: User
    subject: str
    text: str
    html: str
    kind: str
    about_id: UUID
    due_at: datetime
    # Names the occasion: the same occasion is owed to the same person over the same channel once.
    occasion: str


def owe_messages(owed: Sequence[Owed]) -> list[UUID]:
    """Write the messages to the ledger and have them sent after the commit; return their ids.

    A message that is owed already is left as it is.
    """
    rows = [_row(item) for item in owed]
    known = OutgoingMessage.objects.filter(dedupe_key__in=[row.dedupe_key for row in rows])
    there = set(known.values_list("dedupe_key", flat=True))
    fresh = [row for row in rows if row.dedupe_key not in there]
    OutgoingMessage.objects.bulk_create(fresh)
    ids = [row.pk for row in fresh]
    if ids:
        deliver_messages.delay_on_commit([str(pk) for pk in ids])
    return ids


def _row(owed: Owed) -> OutgoingMessage:
    channel = channel_of(owed.recipient)
    return OutgoingMessage(
        recipient=owed.recipient,
        channel=channel,
        address=owed.recipient.email,
        subject=owed.subject[:250],
        text=owed.text,
        html=owed.html,
        kind=owed.kind,
        about_id=owed.about_id,
        due_at=owed.due_at,
        wake_at=timezone.now() + WAKE_AFTER,
        dedupe_key=f"{owed.occasion}:{owed.recipient.pk}:{channel}",
    )


def channel_of(person: User) -> str:
    """Return the way to reach the person. E-mail is the one way that everybody has."""
    return Channel.EMAIL


def retry_messages(ids: Sequence[UUID], now: datetime) -> None:
    """Queue another try for the messages that are due; what the sweep calls."""
    if keys := wake_messages(ids, now):
        deliver_messages.delay_on_commit([str(pk) for pk in keys])
