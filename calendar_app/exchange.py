"""Feeds that programs of others read, and what is left of deleted events for them."""

from zoneinfo import ZoneInfo

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
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


class Tombstone(Record):
    """What is left of a deleted event for a while, so that copies of it hear that it is gone.

    Feeds tell of it as cancelled; a sync knows by it that it was deleted here, not never there.
    A trigger mirrors `forget_at` to `tenants.DueInstant`.
    """

    # `tombstone_once` begins with it.
    calendar = models.ForeignKey(
        "Calendar", models.CASCADE, related_name="tombstones", db_index=False
    )
    ical_uid = models.CharField(max_length=500)
    # What the other side knows it as.
    source = models.CharField(max_length=20, blank=True)
    external_id = models.CharField(max_length=1024, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    start = models.DateTimeField()
    end = models.DateTimeField()
    timezone = models.CharField(max_length=64)
    # Of whole days.
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    # Who took part, as ids.
    people = ArrayField(models.UUIDField(), default=list, blank=True)
    deleted_at = models.DateTimeField()
    forget_at = models.DateTimeField()

    class Meta:
        ordering = ["deleted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "ical_uid"], name="tombstone_once")
        ]

    def __str__(self) -> str:
        return self.ical_uid

    @property
    def zone(self) -> ZoneInfo:
        """The zone that its times were meant in."""
        return ZoneInfo(self.timezone)


auditlog.register(Feed, include_fields=["person", "calendar", "name", "detail"])
