"""Setting webhooks up, and having told again what did not arrive."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from common.errors import ConflictError, InvalidError, RefusedError
from common.signing import new_secret
from tenants.context import atomic
from tenants.features import require_feature
from tenants.plan_models import Feature
from webhooks.jobs import deliver_webhooks
from webhooks.models import TEST, WAITING, DeliveryStatus, EventType, Webhook, WebhookDelivery

MOST = 20
# How long both secrets are signed with after a change.
OVERLAP = timedelta(hours=24)
# A job that got lost is queued again.
WAKE_AGAIN_AFTER = timedelta(minutes=2)
INTERRUPTED = "It was interrupted, and nobody knows whether it arrived."


@atomic()
def create_webhook(*, url: str, events: Sequence[str], by: User, description: str = "") -> Webhook:
    """Set one up, with a secret of its own. Raises InvalidError, RefusedError and ConflictError."""
    require_feature(Feature.WEBHOOKS)
    _check_address(url)
    _require_may_hear(events, by)
    webhook = Webhook(url=url, description=description, secret=new_secret())
    webhook.events = sorted(set(events))
    webhook.save(force_insert=True)
    if Webhook.objects.count() > MOST:
        raise ConflictError(f"An office has {MOST} webhooks at most.", code="too_many_webhooks")
    return webhook


@atomic()
def change_webhook(*, webhook: Webhook, changes: Mapping[str, Any], by: User) -> Webhook:
    """Change the given fields of one that the caller has locked; switched on, it begins anew."""
    if changes.get("is_active"):
        require_feature(Feature.WEBHOOKS)
    if "url" in changes:
        _check_address(changes["url"])
    _require_may_hear(changes.get("events", ()), by)
    for name, value in changes.items():
        setattr(webhook, name, sorted(set(value)) if name == "events" else value)
    if changes.get("is_active"):
        webhook.failing_since, webhook.disabled_why = None, ""
    webhook.save()
    return webhook


@atomic()
def delete_webhook(*, webhook: Webhook) -> None:
    """Delete one that the caller has locked, with the log of what it was told."""
    webhook.delete()


@atomic()
def rotate_secret(*, webhook: Webhook) -> Webhook:
    """Make a new secret; for a day everything is signed with the old one as well."""
    webhook.old_secret, webhook.secret = webhook.secret, new_secret()
    webhook.old_secret_until = timezone.now() + OVERLAP
    webhook.save()
    return webhook


@atomic()
def send_test(*, webhook: Webhook) -> WebhookDelivery:
    """Tell it something that did not happen. Raises ConflictError for one that is switched off."""
    now = timezone.now()
    _require_active(webhook)
    made = WebhookDelivery.objects.create(
        webhook=webhook, event=TEST, data={"id": str(webhook.pk)}, occurred_at=now, wake_at=now
    )
    deliver_webhooks.delay_on_commit([str(made.pk)])
    return made


@atomic()
def resend(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Tell it again under the same id, from the first try on. Raises ConflictError."""
    if delivery.status in WAITING:
        raise ConflictError("It is still on its way.", code="not_resendable")
    _require_active(delivery.webhook)
    delivery.status, delivery.wake_at = DeliveryStatus.PENDING, timezone.now()
    delivery.attempts, delivery.ended_at, delivery.reason = 0, None, ""
    delivery.save()
    deliver_webhooks.delay_on_commit([str(delivery.pk)])
    return delivery


def _require_may_hear(events: Sequence[str], by: User) -> None:
    """Raise RefusedError for what the person may not read either."""
    if EventType.AUDIT_ENTRY in events and not by.may(Permission.ADMIN_AUDIT):
        raise RefusedError("You may not read the audit trail, nor have it told.")


def _require_active(webhook: Webhook) -> None:
    if not webhook.is_active:
        raise ConflictError("The webhook is switched off.", code="switched_off")


def _check_address(url: str) -> None:
    """Raise InvalidError for what is no plain address; where it leads is looked at each time."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not (url.isascii() and url.isprintable()) or " " in url or "#" in url:
        raise InvalidError("This is not an address of the web.", code="bad_address", attr="url")
    if parts.username or parts.password:
        raise InvalidError("Leave name and password out.", code="bad_address", attr="url")


def wake_deliveries(ids: Sequence[UUID], now: datetime) -> None:
    """Queue the deliveries that are due; what the sweep calls.

    One whose lease has ended belonged to a worker that is gone: it is tried again under its id.
    """
    rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, wake_at__lte=now))
    again = {"status": DeliveryStatus.PENDING, "wake_at": now + WAKE_AGAIN_AFTER}
    lost = [row.pk for row in due if row.status == DeliveryStatus.SENDING]
    WebhookDelivery.objects.filter(pk__in=lost).update(reason=INTERRUPTED)
    WebhookDelivery.objects.filter(pk__in=[row.pk for row in due]).update(**again)
    if due:
        deliver_webhooks.delay_on_commit([str(row.pk) for row in due])
