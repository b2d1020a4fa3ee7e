"""Who is told of what, and what was told."""

from typing import Any, Self
from uuid import uuid4

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from common.audit import AuditedManager, AuditedQuerySet
from common.crypto import EncryptedField
from common.models import Record

# What the sweep knows deliveries as, and the letter about a webhook that was given up.
KIND, SWITCHED_OFF = "webhook", "webhook_switched_off"


class EventType(models.TextChoices):
    """What can be told; a trigger of each table knows when."""

    TASK_CREATED = "task.created"
    TASK_UPDATED = "task.updated"
    TASK_COMPLETED = "task.completed"
    TASK_DELETED = "task.deleted"
    EVENT_CREATED = "event.created"
    EVENT_UPDATED = "event.updated"
    EVENT_DELETED = "event.deleted"
    NOTE_CREATED = "note.created"
    NOTE_UPDATED = "note.updated"
    NOTE_DELETED = "note.deleted"
    MESSAGE_CREATED = "message.created"
    MESSAGE_SENT = "message.sent"
    MESSAGE_FAILED = "message.failed"
    AUDIT_ENTRY = "audit.entry"


# What an admin sends to try it out; nobody asks for it.
TEST = "webhook.test"


class WebhookQuerySet(AuditedQuerySet["Webhook"]):
    """Reads of the webhooks of an office."""

    def visible_to(self, user: User) -> Self:
        """All for those who set the office up, nobody's for the others.

        One that is told of the audit trail is there for those alone who may read that.
        """
        rows = self if user.may(Permission.ADMIN_SETTINGS) else self.none()
        if user.may(Permission.ADMIN_AUDIT):
            return rows
        return rows.exclude(events__contains=[EventType.AUDIT_ENTRY])


class Webhook(Record):
    """An address outside that is told of events, signed with a secret of its own."""

    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=20, choices=EventType))
    secret = EncryptedField()
    # The one before, with which is signed as well until everybody has the new one.
    old_secret = EncryptedField(blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Since when nothing has arrived there.
    failing_since = models.DateTimeField(null=True, blank=True)
    # Why it was switched off, where nobody did.
    disabled_why = models.CharField(max_length=200, blank=True)

    objects = AuditedManager.from_queryset(WebhookQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(url=""), name="webhook_has_url")]

    def __str__(self) -> str:
        return self.url


class DeliveryStatus(models.TextChoices):
    """Where a delivery is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


WAITING = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """Reads of what was told."""

    def visible_to(self, user: User) -> Self:
        """All for those who set the office up, of the audit trail for those who may read it."""
        rows = self if user.may(Permission.ADMIN_SETTINGS) else self.none()
        return (
            rows if user.may(Permission.ADMIN_AUDIT) else rows.exclude(event=EventType.AUDIT_ENTRY)
        )


class WebhookDelivery(models.Model):
    """One event for one webhook: written by a trigger with the change, sent afterwards.

    Its id is what the receiver knows it by, also when it comes again. `wake_at` is when the sweep
    looks at it: the next try, or the end of the lease of who is sending it. A trigger mirrors it
    to `tenants.DueInstant`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.CharField(max_length=20)
    data = models.JSONField[Any, Any]()
    occurred_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    wake_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # What the last try came to: the status of the answer, if there was one, and words.
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WAITING, wake_at__isnull=False)
                | (~Q(status__in=WAITING) & Q(wake_at__isnull=True)),
                name="webhook_delivery_waits_until",
            )
        ]
        indexes = [
            models.Index(fields=["webhook", "-occurred_at", "id"], name="webhook_delivery_newest")
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.status}"


auditlog.register(
    Webhook,
    include_fields=["url", "description", "events", "is_active", "secret", "disabled_why"],
    mask_fields=["secret"],
    mask_callable="common.audit.hidden",
)
