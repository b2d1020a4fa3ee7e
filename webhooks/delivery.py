"""Telling: claim with a lease, send outside any transaction, write down what came of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.notices import write_to
from accounts.permissions import Permission
from common.http import Answer, Deadline, Limits, NoAnswerError, post, retry_after
from common.signing import signed
from tenants.context import atomic
from tenants.features import has_feature
from tenants.plan_models import Feature
from webhooks.models import SWITCHED_OFF, DeliveryStatus, Webhook, WebhookDelivery

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 15
LEASE = timedelta(minutes=2)
# A job ends well before the queue would give it to another worker; the sweep brings the rest.
BUDGET_SECONDS = 60
MOST_BYTES = 64 * 1024
# After each try that failed, as the specification proposes; about three days in all.
BACK_OFF = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
    *(timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20)),
    timedelta(hours=24),
)
GIVEN_UP_AFTER = timedelta(days=5)
KEPT_FOR = timedelta(days=30)
GONE = 410
WORDS = {
    "timeout": "There was no answer in time.",
    "unreachable": "The server cannot be reached.",
    "cut": "The line was cut.",
    "too_large": "The answer is too long.",
    "forbidden_address": "The address leads to where nobody outside may ask.",
    "not_encrypted": "Addresses of the public net are asked by https alone.",
}
OFF = "The webhook is switched off."


@dataclass(frozen=True, slots=True)
class Result:
    """What a try came to; `wait` is for how many seconds the other side wants to be left alone."""

    is_good: bool
    reason: str = ""
    answer: int | None = None
    wait: float | None = None


def deliver(ids: Sequence[UUID]) -> None:
    """Tell those that are to be told now. Harmless when run twice.

    Where one does not arrive, the others for the same address wait for as long.
    """
    end = monotonic() + BUDGET_SECONDS
    silent: set[UUID] = set()
    for pk in ids:
        if monotonic() > end:
            return
        row = _claim(pk, silent)
        if row is None:
            continue
        result = _send(row)
        if not result.is_good:
            silent.add(row.webhook_id)
        _record(row, result)


def _claim(pk: UUID, silent: set[UUID]) -> WebhookDelivery | None:
    """Return the delivery with a lease on it, if it is to be told and nobody else is at it."""
    with atomic():
        rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        waiting = rows.filter(pk=pk, status=DeliveryStatus.PENDING)
        row = waiting.select_related("webhook").first()
        if row is None:
            return None
        now = timezone.now()
        if not row.webhook.is_active or not has_feature(Feature.WEBHOOKS):
            row.status, row.wake_at, row.ended_at = DeliveryStatus.FAILED, None, now
            row.reason = OFF
        elif row.webhook_id in silent:
            row.wake_at = now + BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]
        else:
            row.status, row.wake_at = DeliveryStatus.SENDING, now + LEASE
            row.attempts += 1
        row.save()
    return row if row.status == DeliveryStatus.SENDING else None


def _send(row: WebhookDelivery) -> Result:
    now, webhook = timezone.now(), row.webhook
    old_is_good = webhook.old_secret_until is not None and now < webhook.old_secret_until
    secrets = (webhook.secret, webhook.old_secret) if old_is_good else (webhook.secret,)
    content = content_of(row)
    headers = {"Content-Type": "application/json", "User-Agent": "AI Office Manager"}
    limits = Limits(
        Deadline.after(PATIENCE_SECONDS),
        read_seconds=PATIENCE_SECONDS,
        most_bytes=MOST_BYTES,
        inside=settings.OUTGOING_NETWORKS,
    )
    try:
        answer = post(
            webhook.url,
            content=content,
            headers={**headers, **signed(content, pk=row.pk, now=now, secrets=secrets)},
            limits=limits,
        )
    except NoAnswerError as error:
        return Result(is_good=False, reason=WORDS.get(error.reason, WORDS["unreachable"]))
    return _result_of(answer)


def _result_of(answer: Answer) -> Result:
    if 200 <= answer.status < 300:  # noqa: PLR2004  of HTTP
        return Result(is_good=True, answer=answer.status)
    words = f"The server said {answer.status}."
    return Result(False, words, answer.status, retry_after(answer))  # noqa: FBT003


def content_of(row: WebhookDelivery) -> bytes:
    """Return what is told: the same bytes at each try."""
    said = {"type": row.event, "timestamp": _written(row.occurred_at), "data": row.data}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@atomic()
def _record(row: WebhookDelivery, result: Result) -> None:
    """Write down what came of it, unless the lease has passed to somebody else."""
    now = timezone.now()
    webhook = Webhook.objects.select_for_update().filter(pk=row.webhook_id).first()
    held = WebhookDelivery.objects.filter(
        pk=row.pk, status=DeliveryStatus.SENDING, wake_at=row.wake_at
    )
    state = _state_after(row, result, now)
    if not held.update(answer=result.answer, reason=result.reason, **state) or webhook is None:
        return
    if result.is_good:
        Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=None)
    else:
        _note_failure(webhook, result, now)


def _state_after(row: WebhookDelivery, result: Result, now: datetime) -> dict[str, object]:
    if result.is_good:
        return {"status": DeliveryStatus.DELIVERED, "wake_at": None, "ended_at": now}
    if row.attempts > len(BACK_OFF):
        return {"status": DeliveryStatus.FAILED, "wake_at": None, "ended_at": now}
    usual = BACK_OFF[row.attempts - 1]
    wait = min(max(usual, timedelta(seconds=result.wait or 0)), BACK_OFF[-1])
    return {"status": DeliveryStatus.PENDING, "wake_at": now + wait}


def _note_failure(webhook: Webhook, result: Result, now: datetime) -> None:
    since = webhook.failing_since or now
    if webhook.failing_since is None:
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=now)
    if not webhook.is_active or (result.answer != GONE and now - since < GIVEN_UP_AFTER):
        return
    webhook.is_active, webhook.disabled_why = False, result.reason
    webhook.save(update_fields=["is_active", "disabled_why", "updated_at"])
    logger.info("webhook switched off", extra={"webhook": str(webhook.pk)})
    lines = (
        f"Nothing arrives any more at {webhook.url}: {result.reason}",
        "It was switched off. What happens from now on is not told there, until you switch it on.",
    )
    grant = [Permission.ADMIN_SETTINGS]
    for admin in User.objects.active().filter(role__permissions__contains=grant, is_service=False):
        write_to(admin, SWITCHED_OFF, "A webhook was switched off", lines)


def forget_old() -> None:
    """Delete what was told a month ago, and secrets that are good no longer."""
    now = timezone.now()
    WebhookDelivery.objects.filter(ended_at__lt=now - KEPT_FOR).delete()
    over = Webhook.objects.filter(old_secret_until__lt=now).exclude(old_secret="")
    over.update(old_secret="", old_secret_until=None)
