"""Calendars that are kept equal with one at a vendor, and what is known of both sides."""

from typing import Self

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from connections.models import Connection

SHOWN_CONFLICTS = 5


class SyncState(models.TextChoices):
    """How far a sync has come."""

    DRAFT = "draft", _lazy("waits until somebody has looked at what it would do")
    ACTIVE = "active", _lazy("running")
    HELD = "held", _lazy("stopped, because it would delete too much")
    PAUSED = "paused", _lazy("stopped until somebody starts it again")


class SyncQuerySet(AuditedQuerySet["CalendarSync"]):
    """Reads of syncs."""

    def visible_to(self, user: User) -> Self:
        """One's own: who connected the account."""
        return self.filter(connection__person=user.pk)

    def for_reading(self) -> Self:
        """With all that the API shows of each, in a few queries."""
        trouble = EventLink.objects.exclude(trouble="").only("sync", "trouble")
        return self.select_related("connection").prefetch_related(
            "channels", models.Prefetch("links", queryset=trouble)
        )

    def for_pages(self) -> Self:
        """The same with the calendars' names and the latest conflicts of each."""
        latest = SyncConflict.objects.all()[:SHOWN_CONFLICTS]
        return (
            self.for_reading()
            .select_related("calendar")
            .prefetch_related(models.Prefetch("conflicts", queryset=latest, to_attr="latest"))
        )

    def running(self) -> Self:
        """Those that write, with accounts that can be asked."""
        return self.filter(state=SyncState.ACTIVE)


class CalendarSync(Record):
    """A calendar of ours and one at a vendor that are kept equal.

    Where the vendor's story goes on (`cursor`) stands in the transaction that takes in what came
    before. A trigger mirrors `next_at` to `tenants.DueInstant`.
    """

    calendar = models.OneToOneField("Calendar", models.CASCADE, related_name="sync")
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="calendar_syncs", db_index=False
    )
    # Empty until the first look has found the account's own calendar.
    remote_id = models.CharField(max_length=512, blank=True)
    remote_name = models.CharField(max_length=200, blank=True)
    # At the vendor's nothing may be written.
    read_only = models.BooleanField(default=False)
    state = models.CharField(max_length=6, choices=SyncState, default=SyncState.DRAFT)
    cursor = models.TextField(blank=True, editable=False)
    # What the cursor looks at; it is made anew when this has moved.
    seen_from = models.DateTimeField(null=True, blank=True, editable=False)
    seen_until = models.DateTimeField(null=True, blank=True, editable=False)
    next_at = models.DateTimeField(null=True, blank=True, editable=False)
    # One sync at a time: while this lies ahead, `run` is at work.
    running_until = models.DateTimeField(null=True, blank=True, editable=False)
    run = models.UUIDField(null=True, blank=True, editable=False)
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How many were created, changed and deleted here (in) and there (out): last time, altogether.
    last_counts = models.JSONField(default=dict, blank=True, editable=False)
    total_counts = models.JSONField(default=dict, blank=True, editable=False)
    # What the first sync would do, and which calendars there are.
    preview = models.JSONField(null=True, blank=True, editable=False)
    trouble = models.CharField(max_length=500, blank=True, editable=False)
    held_deletions = models.PositiveIntegerField(default=0, editable=False)
    may_delete = models.PositiveIntegerField(default=0, editable=False)

    objects = AuditedManager.from_queryset(SyncQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "remote_id"], name="sync_once_per_remote_calendar"
            )
        ]

    def __str__(self) -> str:
        return self.remote_name


class EventLink(Record):
    """An event or series of ours and what the vendor knows it as.

    `base` is what both sides said when they were last equal. When the event is deleted the link
    stays behind without it, until the vendor has confirmed that it is gone there too.
    """

    sync = models.ForeignKey(
        CalendarSync, models.CASCADE, related_name="links", db_index=False
    )  # `link_once` begins with it
    event = models.OneToOneField(
        "Event", models.SET_NULL, null=True, blank=True, related_name="link"
    )
    # A name of our own as long as nobody knows whether the vendor has made it.
    external_id = models.CharField(max_length=1024)
    ical_uid = models.CharField(max_length=1024, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    base = models.JSONField(default=dict, blank=True)
    # Made here, and asked for there with a key against copies; the answer is not known yet.
    is_pending = models.BooleanField(default=False)
    # Others are asked to it there, or it is theirs: it is changed at the vendor's alone.
    read_only = models.BooleanField(default=False)
    # Digests of the vendor's names for the occurrences of a series.
    parts = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    # Why the vendor does not take it, and the version that this was said of.
    trouble = models.CharField(max_length=300, blank=True)
    refused_version = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["sync", "external_id"], name="link_once")]

    def __str__(self) -> str:
        return self.external_id


class Side(models.TextChoices):
    """Whose version it was."""

    HERE = "here", _lazy("the office's")
    THERE = "there", _lazy("the vendor's")


class SyncConflict(Record):
    """Something that both sides changed, and what the one that was given up had said."""

    # `conflict_by_sync` begins with it.
    sync = models.ForeignKey(CalendarSync, models.CASCADE, related_name="conflicts", db_index=False)
    event = models.ForeignKey(
        "Event", models.SET_NULL, null=True, blank=True, related_name="sync_conflicts"
    )
    title = models.CharField(max_length=300)
    field = models.CharField(max_length=40)
    lost = models.JSONField(null=True, blank=True)
    lost_side = models.CharField(max_length=5, choices=Side)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["sync", "-created_at"], name="conflict_by_sync")]

    def __str__(self) -> str:
        return f"{self.title}: {self.field}"


class SyncChannel(Record):
    """A vendor's promise to tell when a calendar changes; it ends and is renewed before that.

    Only the digest of the word that it brings is kept. A trigger mirrors `renew_at` to
    `tenants.DueInstant`.
    """

    sync = models.ForeignKey(CalendarSync, models.CASCADE, related_name="channels")
    # The vendor's name for it, and for what it watches.
    external_id = models.CharField(max_length=200)
    resource_id = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    ends_at = models.DateTimeField()
    renew_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["external_id"], name="channel_once"),
        ]

    def __str__(self) -> str:
        return self.external_id


auditlog.register(
    CalendarSync,
    include_fields=["calendar", "connection", "remote_id", "remote_name", "state", "may_delete"],
)
