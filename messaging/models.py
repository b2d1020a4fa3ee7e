"""The ledger of messages that the office owes, and what became of each."""

from datetime import timedelta
from typing import Any

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Channel, User
from common.models import Record


class MessageStatus(models.TextChoices):
    """Where a message is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


WAITING = (MessageStatus.QUEUED, MessageStatus.SENDING)


class OutgoingMessage(Record):
    """One message to one person over one channel: owed with the change, sent afterwards.

    `wake_at` is when the sweep looks at it again: the next try of a queued message, the end of the
    lease of one that is being sent. A trigger mirrors it to `tenants.DueInstant`.
    """

    recipient = models.ForeignKey(User, models.SET_NULL, null=True, related_name="messages")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    # What it is about, in the words of the app that owes it; asked again before each try.
    kind = models.CharField(max_length=32)
    about_id = models.UUIDField(null=True, blank=True)
    # Owed once: reminder, occurrence, recipient, channel.
    dedupe_key = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED)
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WAITING, wake_at__isnull=False)
                | (~Q(status__in=WAITING) & Q(wake_at__isnull=True)),
                name="message_waits_until",
            ),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENT) | Q(sent_at__isnull=False),
                name="message_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="message_newest"),
            models.Index(fields=["about_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"

    def change(self, **values: Any) -> None:
        """Write these columns and nothing else; call it under the row's lock."""
        type(self).objects.filter(pk=self.pk).update(updated_at=timezone.now(), **values)
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def lateness(self) -> timedelta | None:
        """How long after its due time it was sent."""
        return self.sent_at - self.due_at if self.sent_at else None


class Outcome(models.TextChoices):
    """How one try ended."""

    RUNNING = "running"
    SENT = "sent"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


class DeliveryAttempt(models.Model):
    """One try to hand a message over."""

    message = models.ForeignKey(OutgoingMessage, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RUNNING)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempt_once_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


# Bodies and the way from queued to sent stay out of the trail: the ledger and its tries hold them.
auditlog.register(
    OutgoingMessage, include_fields=["recipient", "channel", "address", "subject", "kind"]
)
