"""Addresses of calendars of others that the office follows."""

from auditlog.registry import auditlog
from django.db import models

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.crypto import EncryptedField
from common.models import Record

# What events that came from an address are known by: they are changed there.
FOLLOWED = "subscription"


class SubscriptionQuerySet(AuditedQuerySet["Subscription"]):
    """Reads of subscriptions."""

    def visible_to(self, user: User) -> "SubscriptionQuerySet":
        """One's own: who knows the address reads the calendar behind it."""
        return self.filter(person=user.pk)


class Subscription(Record):
    """A calendar that follows an address; it is fetched every hour.

    The address may hold a secret, so it is kept encrypted and not shown whole. A trigger mirrors
    `next_at` to `tenants.DueInstant`.
    """

    calendar = models.OneToOneField("Calendar", models.CASCADE, related_name="subscription")
    person = models.ForeignKey(User, models.CASCADE, related_name="subscriptions")
    url = EncryptedField()
    host = models.CharField(max_length=255)
    # What the server knows the version by that was taken in last.
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    next_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why the last fetch changed nothing, in words.
    trouble = models.CharField(max_length=500, blank=True, editable=False)
    # How many events the last fetch would have deleted, where it stopped for that; and how many
    # the person has said may go.
    held_deletions = models.PositiveIntegerField(default=0, editable=False)
    may_delete = models.PositiveIntegerField(default=0, editable=False)

    objects = AuditedManager.from_queryset(SubscriptionQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.host


auditlog.register(Subscription, include_fields=["calendar", "person", "host", "may_delete"])
