"""Feeds that programs of others read: secret addresses of calendars."""

from auditlog.registry import auditlog
from django.db import models

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record


class Detail(models.TextChoices):
    """How much a feed says."""

    FULL = "full"
    BUSY = "busy"


class FeedQuerySet(AuditedQuerySet["Feed"]):
    """Reads of feeds."""

    def visible_to(self, user: User) -> "FeedQuerySet":
        """One's own: who knows the address reads the calendar."""
        return self.filter(person=user.pk)


class Feed(Record):
    """An address at which a calendar, or what a person takes part in, can be read.

    Only the hash of its secret is kept; deleting the feed closes the address.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="feeds")
    # Null: all that the person takes part in.
    calendar = models.ForeignKey(
        "Calendar", models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    name = models.CharField(max_length=120)
    detail = models.CharField(max_length=4, choices=Detail, default=Detail.FULL)
    digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = AuditedManager.from_queryset(FeedQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="feed_has_name")]

    def __str__(self) -> str:
        return self.name


auditlog.register(Feed, include_fields=["person", "calendar", "name", "detail"])
