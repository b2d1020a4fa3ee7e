"""A message on its way: each step from queued to sent, and back.

Whoever has claimed a message holds it until the instant in its `wake_at`. Each step asks for that
very instant, so that a worker whose lease has ended changes nothing any more; only that it was
sent is written in any case.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from common.models import IsOneOf
from messaging.due import message_kind
from messaging.models import DeliveryAttempt, MessageStatus, Outcome, OutgoingMessage
from messaging.owing import write_alerts, write_substitute
from messaging.quiet import quiet_end
from messaging.receipts import note_receipt
from tenants.context import atomic, commit_without_waiting, home_alias, wrapper_of
from tenants.reads import Param, RecordRead

# Longer than the slowest hand-over: connecting and sending each give up after EMAIL_TIMEOUT.
LEASE = timedelta(seconds=60)
# Waits between tries: at first the server may only have been restarted, then somebody has to look.
BACK_OFF = [timedelta(seconds=s) for s in (5, 15, 60, 300, 1800, 7200, 21600, 86400)]
# For whoever asks us to slow down and does not say for how long, and the longest that we obey.
SLOW_DOWN, LONGEST = timedelta(seconds=30), timedelta(days=1)
# A message that is due is tried by a job; when that job gets lost, the sweep comes back after this.
WAKE_AGAIN_AFTER = timedelta(seconds=30)
INTERRUPTED = "The worker stopped while sending; the message is sent again."
GONE = "The person has left the office."

TAKE = """
UPDATE {schema}.messaging_outgoingmessage SET status = 'sending', wake_at = $2, updated_at = $3
WHERE id = ANY($1)
"""
SENT = """
WITH done AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[])
    AS done (id, number, name)
), tried AS (
    UPDATE {schema}.messaging_deliveryattempt AS try SET outcome = 'sent', ended_at = $4
    FROM done WHERE message_id = done.id AND try.number = done.number
)
UPDATE {schema}.messaging_outgoingmessage AS message
SET status = 'sent', sent_at = coalesce(sent_at, $4), provider_id = done.name,
    reason = CASE WHEN provider_status = '' THEN '' ELSE reason END,
    wake_at = NULL, not_before = NULL, in_doubt_since = NULL, updated_at = $4
FROM done WHERE message.id = done.id RETURNING message.id, message.provider_status
"""
BEGIN = """
WITH begun AS (
    UPDATE {schema}.messaging_outgoingmessage
    SET attempts = attempts + 1, wake_at = $2, updated_at = $4
    WHERE id = ANY($1) AND status = 'sending' AND wake_at = $3
    RETURNING id, attempts
)
INSERT INTO {schema}.messaging_deliveryattempt (message_id, number, started_at, outcome, reason)
SELECT id, attempts, $4, 'running', '' FROM begun RETURNING message_id, number
"""


@dataclass(frozen=True, slots=True)
class Result:
    """How a try ended; `wait` is how long the other side wants to be left alone."""

    message: OutgoingMessage
    outcome: Outcome
    reason: str = ""
    provider_id: str = ""
    wait: timedelta | None = None


def claim_messages(ids: Sequence[UUID]) -> list[OutgoingMessage]:
    """Take those of the messages for this worker that are to be sent now, in one transaction.

    What nobody wants any more is cancelled, and what fell into quiet hours waits for their end.
    """
    now = timezone.now()
    with atomic():
        # Nothing has gone out yet, and the note that it begins to waits for the disk.
        commit_without_waiting()
        queued = _queued().records({"ids": list(ids)})
        found = [row for row in queued if row.not_before is None or row.not_before <= now]
        taken = {row.pk: row for row in _without(found) if not _held_by_quiet_hours(row, now)}
        lease = now + LEASE
        if taken:
            line = wrapper_of(home_alias())
            line.say_soon(TAKE.format(schema=line.written_schema()), [list(taken), lease, now])
    for row in taken.values():
        row.status, row.wake_at = MessageStatus.SENDING, lease
    return [taken[pk] for pk in dict.fromkeys(ids) if pk in taken]


@cache
def _queued() -> RecordRead:
    rows = OutgoingMessage.objects.filter(
        IsOneOf("id", Param("ids")), status=MessageStatus.QUEUED
    ).order_by()
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    return RecordRead(locked.select_related("recipient", "sender"))


def unwanted(rows: Collection[OutgoingMessage]) -> dict[UUID, str]:
    """Return which of the messages nobody wants any more, and why."""
    reasons: dict[UUID, str] = {}
    by_kind = sorted(rows, key=lambda row: row.kind)
    for kind, same in groupby(by_kind, key=lambda row: row.kind):
        about = {row.pk: row.about_id for row in same if row.about_id}
        found = message_kind(kind).objections(set(about.values()))
        reasons |= {pk: found[key] for pk, key in about.items() if key in found}
    gone = {row.pk for row in rows if _has_gone(row)}
    return reasons | dict.fromkeys(gone, GONE)


def _has_gone(row: OutgoingMessage) -> bool:
    if row.recipient is None:
        return not message_kind(row.kind).to_anybody
    return not row.recipient.is_active


def _without(rows: list[OutgoingMessage]) -> list[OutgoingMessage]:
    """Cancel those that are not wanted; return the others."""
    reasons = unwanted(rows)
    end = {"status": MessageStatus.CANCELLED, "wake_at": None, "not_before": None}
    for row in rows:
        if row.pk in reasons:
            row.change(**end, reason=reasons[row.pk])
    return [row for row in rows if row.pk not in reasons]


def _held_by_quiet_hours(row: OutgoingMessage, now: datetime) -> bool:
    end = None if row.urgent or row.recipient is None else quiet_end(row.recipient, now)
    if end is not None:
        row.change(not_before=end, wake_at=end, hold_until=row.hold_until or end)
    return end is not None


def begin_tries(messages: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    """Note that these, of one claim, are being handed over; return those that are still held."""
    if not messages:
        return []
    now, held = timezone.now(), messages[0].wake_at
    assert held is not None  # noqa: S101  claimed
    lease = held if held - now > LEASE / 2 else now + LEASE
    ids = [message.pk for message in messages]
    begun = dict(_ask(BEGIN, [ids, lease, held, now]))
    ours = [message for message in messages if message.pk in begun]
    for message in ours:
        message.attempts, message.wake_at = begun[message.pk], lease
    return ours


def _ask(text: str, values: Sequence[Any]) -> list[Any]:
    line = wrapper_of(home_alias())
    return line.read(text.format(schema=line.written_schema()), values, tuple)


def record_results(results: Sequence[Result]) -> list[OutgoingMessage]:
    """Write down how tries ended; return what is owed now in place of what failed."""
    now = timezone.now()
    fresh: list[OutgoingMessage] = []
    sent = [result for result in results if result.outcome == Outcome.SENT]
    if sent:
        values = [
            [result.message.pk for result in sent],
            [result.message.attempts for result in sent],
            [result.provider_id for result in sent],
            now,
        ]
        rows = _ask(SENT, values)
        # The other side may have told of the end before its answer came.
        told = {pk: status for pk, status in rows if status}
        for result in sent:
            if result.message.pk in told:
                fresh += note_receipt(result.message.pk, told[result.message.pk])
    for result in results:
        if result.outcome != Outcome.SENT:
            fresh += _record_failure(result, now)
    return fresh


def _record_failure(result: Result, now: datetime) -> list[OutgoingMessage]:
    message, reason = result.message, result.reason[:500]
    tries = DeliveryAttempt.objects.filter(message=message, number=message.attempts)
    tries.update(outcome=result.outcome, ended_at=now, reason=reason)
    held = OutgoingMessage.objects.filter(
        pk=message.pk, status=MessageStatus.SENDING, wake_at=message.wake_at
    )
    state = _state_after(result, now)
    if not held.update(reason=reason, updated_at=now, **state):
        # The lease had ended and another worker has it now.
        return []
    message.reason = reason
    if state["status"] == MessageStatus.QUEUED:
        return []
    failed = state["status"] == MessageStatus.FAILED
    return (failed and write_substitute(message, now)) or write_alerts(message, now)


def _state_after(result: Result, now: datetime) -> dict[str, object]:
    message, outcome = result.message, result.outcome
    doubt = message.in_doubt_since
    uncounted = message.uncounted + (outcome == Outcome.THROTTLED)
    counted = message.attempts - uncounted
    if outcome == Outcome.UNKNOWN and doubt is None:
        # The line was cut: the next try looks for the letter before it sends.
        doubt = now
    elif outcome == Outcome.UNKNOWN:
        return {"status": MessageStatus.UNKNOWN, "wake_at": None, "not_before": None}
    if outcome == Outcome.REFUSED or counted > len(BACK_OFF):
        status = MessageStatus.UNKNOWN if doubt else MessageStatus.FAILED
        return {"status": status, "wake_at": None, "not_before": None, "in_doubt_since": doubt}
    usual = SLOW_DOWN if outcome == Outcome.THROTTLED else BACK_OFF[max(counted, 1) - 1]
    again = now + (usual if result.wait is None else min(result.wait, LONGEST))
    return {
        "status": MessageStatus.QUEUED,
        "wake_at": again,
        "not_before": again,
        "in_doubt_since": doubt,
        "uncounted": uncounted,
    }


def put_back(messages: Sequence[OutgoingMessage], wait: float, reason: str = "") -> None:
    """Give back what was claimed and not tried, to be tried after so many seconds."""
    if not messages:
        return
    again = timezone.now() + timedelta(seconds=wait)
    held = OutgoingMessage.objects.filter(
        pk__in=[message.pk for message in messages],
        status=MessageStatus.SENDING,
        wake_at=messages[0].wake_at,
    )
    words = {"reason": reason[:500]} if reason else {}
    with atomic():
        held.update(status=MessageStatus.QUEUED, wake_at=again, not_before=again, **words)


def wake_messages(ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Return those to try now; they stay owed, and are woken again when the try gets lost.

    A message whose lease has ended belonged to a worker that is gone: it goes back to the queue.
    If it was being handed over, nobody knows whether it went out.
    """
    rows = OutgoingMessage.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, wake_at__lte=now))
    held = [row.pk for row in due if row.status == MessageStatus.SENDING]
    if held:
        running = DeliveryAttempt.objects.filter(message__in=held, outcome=Outcome.RUNNING)
        lost = set(running.values_list("message", flat=True))
        since = running.filter(message=OuterRef("pk")).order_by("number").values("started_at")[:1]
        claimed = OutgoingMessage.objects.filter(pk__in=held)
        claimed.filter(pk__in=lost).update(
            in_doubt_since=Coalesce("in_doubt_since", Subquery(since)), reason=INTERRUPTED
        )
        claimed.update(status=MessageStatus.QUEUED)
        running.update(outcome=Outcome.INTERRUPTED, ended_at=now, reason=INTERRUPTED)
    keys = [row.pk for row in due]
    OutgoingMessage.objects.filter(pk__in=keys).update(wake_at=now + WAKE_AGAIN_AFTER)
    return keys
