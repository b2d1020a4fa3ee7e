"""The ledger of messages that the office owes, and what became of each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Channel, User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from common.telephones import show_number
from messaging.schedule_rows import Round, Schedule
from messaging.segments import cost_of, plain


class MessageStatus(models.TextChoices):
    """Where a message is on its way."""

    QUEUED = "queued", _lazy("Queued")
    SENDING = "sending", _lazy("Sending")
    SENT = "sent", _lazy("Sent")
    FAILED = "failed", _lazy("Failed")
    UNKNOWN = "unknown", _lazy("Unknown")
    CANCELLED = "cancelled", _lazy("Cancelled")


# The parameters of lists.
LOOKUPS = {
    **{name: name for name in ("status", "channel", "kind")},
    "recipient": "recipient_id",
    "about": "about_id",
    "since": "created_at__gte",
    "until": "created_at__lt",
}
WAITING = (MessageStatus.QUEUED, MessageStatus.SENDING)


def _shown(channel: str, address: str) -> str:
    return show_number(address) if channel == Channel.SMS else address


class MessageQuerySet(AuditedQuerySet["OutgoingMessage"]):
    """Reads of the ledger."""

    def visible_to(self, user: User) -> Self:
        """All for an admin; for everybody else what came to them, and what they wrote."""
        return self if user.sees_all else self.filter(Q(recipient=user.pk) | Q(sender=user.pk))

    def sent_to(self, user: User, *, since: datetime) -> Self:
        """What has gone out to somebody since then, the latest first."""
        rows = self.filter(recipient=user.pk, status=MessageStatus.SENT, sent_at__gte=since)
        return rows.only("subject", "sent_at").order_by("-sent_at")

    def filtered(self, values: Mapping[str, Any]) -> Self:
        """Narrow down by the checked parameters of a list."""
        return self.filter(**{LOOKUPS[name]: value for name, value in values.items()})


class OutgoingMessage(Record):
    """One message to one person over one channel: owed with the change, sent afterwards.

    `wake_at` is when the sweep looks at it again: the next try of a queued message, the end of the
    lease of one that is being sent. A trigger mirrors it to `tenants.DueInstant`.
    """

    objects = AuditedManager.from_queryset(MessageQuerySet)()  # type: ignore[misc]  # narrower than Record's

    recipient = models.ForeignKey(User, models.SET_NULL, null=True, related_name="messages")
    # Who wrote it, where a person did; answers go there.
    sender = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    # The same in one line, for telephones and chats.
    brief = models.TextField(blank=True, default="", db_default="")
    # A calendar object that goes along with a letter, with its METHOD (RFC 6047).
    calendar = models.TextField(blank=True, default="", db_default="")
    urgent = models.BooleanField(default=False, db_default=False)
    # What can be answered with one touch, where the channel has buttons: label and answer.
    buttons = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    # The message of the same chat that it takes the place of, by the other side's name.
    replaces = models.CharField(max_length=64, blank=True, default="", db_default="")
    # What it is about, in the words of the app that owes it; asked again before each try.
    kind = models.CharField(max_length=32)
    about_id = models.UUIDField(null=True, blank=True)
    # The request or job that owes it: what logs and traces say of its sending is found by it.
    request_id = models.CharField(max_length=128, blank=True, default="", db_default="")
    # Owed once: reminder, occurrence, recipient, channel.
    dedupe_key = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED)
    due_at = models.DateTimeField()
    # The end of the quiet hours in which it fell due.
    hold_until = models.DateTimeField(null=True, blank=True)
    # The earliest next try: nobody sends before, whichever job comes first.
    not_before = models.DateTimeField(null=True, blank=True)
    wake_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Tries that do not bring it nearer to being given up: we were asked to slow down.
    uncounted = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Since when nobody knows whether it went out.
    in_doubt_since = models.DateTimeField(null=True, blank=True)
    resends = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The message that could not be sent, for which this one stands in.
    instead_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="substitutes"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=255, blank=True)
    # What the other side told afterwards, where it tells: "delivered", "read", "undelivered".
    provider_status = models.CharField(max_length=16, blank=True, default="", db_default="")
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
    def planned_at(self) -> datetime:
        """When it was to be sent: when due, or at the end of the quiet hours."""
        return self.hold_until or self.due_at

    @property
    def lateness(self) -> timedelta | None:
        """How long after its planned time it was sent."""
        return self.sent_at - self.planned_at if self.sent_at else None

    @property
    def segments(self) -> int | None:
        """In how many parts it goes out as SMS; None on other channels."""
        if self.channel != Channel.SMS:
            return None
        return cost_of(plain(self.brief.strip() or self.subject)).segments

    @property
    def shown_address(self) -> str:
        """The address as people write it."""
        return _shown(self.channel, self.address)

    @property
    def occasion(self) -> str:
        """What it is owed for, and to whom: the same on each channel."""
        return self.dedupe_key.removesuffix(f":{self.channel}")


class Contact(Record):
    """A chat or telephone that a person has shown to be theirs; a trigger tells `ChatEntry`."""

    person = models.ForeignKey(User, models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    # When the person last chose this office in that chat.
    chosen_at = models.DateTimeField(default=timezone.now)
    # Nothing goes there and nothing from there is heard: blocked by the person, or unlinked.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["channel", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="contact_once_per_channel"),
            models.UniqueConstraint(fields=["channel", "address"], name="contact_of_one_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} by {self.channel}"

    @property
    def shown_address(self) -> str:
        """The address as people write it."""
        return _shown(self.channel, self.address)


class LinkCode(models.Model):
    """What a person shows to say that a chat or a telephone is theirs: good once, for minutes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Nobody yet, where a chat shows it to say whose it is.
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    # The telephone that the code was sent to, and how often a wrong one was shown.
    address = models.CharField(max_length=254, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.channel} until {self.expires_at}"

    @property
    def shown_address(self) -> str:
        """The address as people write it."""
        return _shown(self.channel, self.address)


class Outcome(models.TextChoices):
    """How one try ended."""

    RUNNING = "running", _lazy("Running")
    SENT = "sent", _lazy("Sent")
    UNAVAILABLE = "unavailable", _lazy("Unavailable")
    THROTTLED = "throttled", _lazy("Throttled")
    REFUSED = "refused", _lazy("Refused")
    INTERRUPTED = "interrupted", _lazy("Interrupted")
    UNKNOWN = "unknown", _lazy("Unknown")


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
    OutgoingMessage,
    include_fields=["recipient", "channel", "address", "subject", "kind", "resends"],
)
auditlog.register(Contact, include_fields=["person", "channel", "address", "closed_at"])

# Django looks for them here.
__all__ = [
    "LOOKUPS",
    "WAITING",
    "Contact",
    "DeliveryAttempt",
    "LinkCode",
    "MessageStatus",
    "Outcome",
    "OutgoingMessage",
    "Round",
    "Schedule",
]
