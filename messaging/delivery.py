"""Handing messages over: claim with a lease, send outside any transaction, write down how it went.

A worker that is killed leaves a claimed row behind; its lease ends and the message goes on. Between
the mail server's “yes” and our note of it lies the only moment in which a kill sends a message
twice; the second copy carries the same Message-ID, and the ledger shows both tries.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic, sleep
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from messaging.channels import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelUnavailableError,
    Gateway,
    Letter,
    gateway_for,
)
from messaging.due import objection_to
from messaging.models import DeliveryAttempt, MessageStatus, Outcome, OutgoingMessage
from tenants.context import atomic, home_alias, wrapper_of

logger = logging.getLogger(__name__)

# Longer than the slowest hand-over: connecting and sending each give up after EMAIL_TIMEOUT.
LEASE = timedelta(seconds=60)
# Waits between tries: at first the server may only have been restarted, then somebody has to look.
BACK_OFF = [timedelta(seconds=s) for s in (5, 15, 60, 300, 1800, 7200, 21600, 86400)]
# A message that is due is tried by a job; when that job gets lost, the sweep comes back after this.
WAKE_AGAIN_AFTER = timedelta(seconds=30)
INTERRUPTED = "The worker stopped while sending; the message is sent again."
# A job ends well before the queue would give it to another worker.
BUDGET_SECONDS = 60
# How long a worker that has sent a message waits for a database that went away.
PATIENCE_SECONDS = 50


def deliver(message_ids: Sequence[UUID]) -> None:
    """Send those of the messages that are owed now. Harmless when run twice."""
    gateways: dict[str, Gateway] = {}
    end = monotonic() + BUDGET_SECONDS
    try:
        for pk in message_ids:
            if monotonic() > end:
                # The rest stays owed, and the sweep brings it in another job.
                break
            claimed = _claim_or_skip(pk)
            if claimed is not None and not _hand_over(claimed, gateways):
                # The channel is down: the others would only wait for the same time-out.
                break
    finally:
        for gateway in gateways.values():
            gateway.close()


def claim(pk: UUID) -> OutgoingMessage | None:
    """Take the message for this worker, or return None when there is nothing to send."""
    now = timezone.now()
    with atomic():
        rows = OutgoingMessage.objects.select_for_update(skip_locked=True, of=("self",))
        message = rows.filter(pk=pk, status=MessageStatus.QUEUED).first()
        if message is None:
            return None
        if objection := objection_to(message.kind, message.about_id):
            message.change(status=MessageStatus.CANCELLED, reason=objection, wake_at=None)
            return None
        message.change(
            status=MessageStatus.SENDING, attempts=message.attempts + 1, wake_at=now + LEASE
        )
        DeliveryAttempt.objects.create(message=message, number=message.attempts, started_at=now)
    return message


def _claim_or_skip(pk: UUID) -> OutgoingMessage | None:
    try:
        return claim(pk)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception:
        # What an app objects to is its own code: its mistake must not hold up the others.
        logger.exception("message not claimed", extra={"message_id": str(pk)})
        return None


def wake_messages(ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Return those to try now; they stay owed, and are woken again when the try gets lost.

    A message whose lease has ended was being sent by a worker that is gone: it goes back to the
    queue.
    """
    rows = OutgoingMessage.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, wake_at__lte=now))
    lost = [row.pk for row in due if row.status == MessageStatus.SENDING]
    running = DeliveryAttempt.objects.filter(message__in=lost, outcome=Outcome.RUNNING)
    running.update(outcome=Outcome.INTERRUPTED, ended_at=now, reason=INTERRUPTED)
    OutgoingMessage.objects.filter(pk__in=lost).update(
        status=MessageStatus.QUEUED, reason=INTERRUPTED
    )
    keys = [row.pk for row in due]
    OutgoingMessage.objects.filter(pk__in=keys).update(wake_at=now + WAKE_AGAIN_AFTER)
    return keys


def _hand_over(message: OutgoingMessage, gateways: dict[str, Gateway]) -> bool:
    """Send a claimed message and write down the outcome; False when the channel is down."""
    try:
        if message.channel not in gateways:
            gateways[message.channel] = gateway_for(message.channel)
        provider_id = gateways[message.channel].send(_letter(message))
    except ChannelUnavailableError as error:
        _write_down(message, Outcome.UNAVAILABLE, str(error))
        return not isinstance(error, ChannelDownError)
    except ChannelRefusedError as error:
        _write_down(message, Outcome.REFUSED, str(error))
    except SoftTimeLimitExceeded:
        # Nobody knows whether it went out: the end of the lease settles it.
        raise
    except Exception as error:
        # A mistake of ours in one letter must not hold up the others; its tries are numbered.
        logger.exception("message not sent", extra={"message_id": str(message.pk)})
        if broken := gateways.pop(message.channel, None):
            broken.close()
        _write_down(message, Outcome.UNAVAILABLE, f"our own mistake: {type(error).__name__}")
    else:
        message.provider_id = provider_id
        _write_down(message, Outcome.SENT, "")
    return True


def _letter(message: OutgoingMessage) -> Letter:
    return Letter(
        message_id=str(message.pk),
        address=message.address,
        subject=message.subject,
        text=message.text,
        html=message.html,
    )


def _write_down(message: OutgoingMessage, outcome: Outcome, reason: str) -> None:
    """Record the outcome; a database that is away is waited for, since the message may be out."""
    give_up_at = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with atomic():
                _record(message, outcome, reason[:500])
        except (DatabaseError, InterfaceError):
            connection = wrapper_of(home_alias())
            if connection.in_atomic_block or monotonic() > give_up_at:
                raise
            logger.warning("outcome not recorded yet", extra={"message_id": str(message.pk)})
            connection.close()
            sleep(0.5)
        else:
            return


def _record(message: OutgoingMessage, outcome: Outcome, reason: str) -> None:
    now = timezone.now()
    tries = DeliveryAttempt.objects.filter(message=message, number=message.attempts)
    tries.update(outcome=outcome, ended_at=now, reason=reason)
    row = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if outcome == Outcome.SENT:
        row.change(
            status=MessageStatus.SENT,
            sent_at=row.sent_at or now,
            provider_id=message.provider_id,
            reason="",
            wake_at=None,
        )
    elif row.attempts != message.attempts or row.status != MessageStatus.SENDING:
        # The lease had ended and another worker has it now.
        return
    elif outcome == Outcome.REFUSED or row.attempts > len(BACK_OFF):
        row.change(status=MessageStatus.FAILED, reason=reason, wake_at=None)
    else:
        wait = BACK_OFF[row.attempts - 1]
        row.change(status=MessageStatus.QUEUED, reason=reason, wake_at=now + wait)
