"""Owing messages: the row is written with the change; sending comes later."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from common.errors import ConflictError, MissingError
from messaging.due import Owed
from messaging.gathering import gathering_now
from messaging.jobs import deliver_messages
from messaging.ledger import wake_messages
from messaging.models import MessageStatus, OutgoingMessage
from messaging.owing import messages_for, write_alerts, write_messages
from messaging.receipts import note_receipt
from tenants.context import atomic, current_tenant, home_alias


def owe_messages(owed: Sequence[Owed]) -> list[UUID]:
    """Write the messages to the ledger and have them sent after the commit; return their ids.

    A message that is owed already is left as it is; one for quiet hours waits for their end.
    """
    now = timezone.now()
    fresh = write_messages(messages_for(owed, now=now))
    for lost in (row for row in fresh if row.status == MessageStatus.FAILED):
        fresh += write_alerts(lost, now)
    send_after_commit([row.pk for row in fresh if row.wake_at and row.hold_until is None])
    return [row.pk for row in fresh]


def retry_messages(ids: Sequence[UUID], now: datetime) -> None:
    """Queue another try for the messages that are due; what the sweep calls."""
    send_after_commit(wake_messages(ids, now))


@atomic()
def take_receipt(*, message_id: UUID, status: str, why: str = "") -> None:
    """Note what the other side tells of a message; one that was lost goes another way."""
    fresh = note_receipt(message_id, status, why)
    send_after_commit([row.pk for row in fresh if row.wake_at and row.hold_until is None])


class StillUnknownError(ConflictError):
    """It may have arrived: a person has to say that a second copy is better than none."""

    code = "confirmation_needed"


@atomic()
def resend_message(*, message_id: UUID, by: User, confirmed: bool) -> OutgoingMessage:
    """Queue a message again that has failed, or whose outcome is unknown if that is `confirmed`.

    Raises MissingError, StillUnknownError, or ConflictError for one that was sent, is on its way,
    or was no longer wanted.
    """
    rows = OutgoingMessage.objects.visible_to(by).select_for_update(of=("self",))
    message: OutgoingMessage | None = rows.filter(pk=message_id).first()
    if message is None:
        raise MissingError(_("There is no such message."))
    if message.status not in RESENDABLE:
        raise ConflictError(REFUSALS[MessageStatus(message.status)], code="not_resendable")
    if message.status == MessageStatus.UNKNOWN and not confirmed:
        raise StillUnknownError(_("It may have arrived already; confirm that it is sent again."))
    message.change(
        status=MessageStatus.QUEUED,
        wake_at=timezone.now(),
        not_before=None,
        in_doubt_since=None,
        reason="",
        provider_status="",
        uncounted=message.attempts,
        resends=F("resends") + 1,
    )
    send_after_commit([message.pk])
    return message


RESENDABLE = (MessageStatus.FAILED, MessageStatus.UNKNOWN)
REFUSALS = {
    MessageStatus.SENT: _lazy("It was sent; it is not sent twice."),
    MessageStatus.QUEUED: _lazy("It is on its way already."),
    MessageStatus.SENDING: _lazy("It is on its way already."),
    MessageStatus.CANCELLED: _lazy("It was no longer wanted."),
}


def send_after_commit(ids: Sequence[UUID]) -> None:
    """Queue what is owed now, once it is really owed."""
    if not ids:
        return
    found = gathering_now()
    if found is None:
        deliver_messages.delay_on_commit([str(pk) for pk in ids])
        return
    add = partial(found.add, current_tenant().pk, ids)
    transaction.on_commit(add, using=home_alias(), robust=True)


__all__ = [
    "Owed",
    "owe_messages",
    "resend_message",
    "retry_messages",
    "send_after_commit",
    "take_receipt",
]
