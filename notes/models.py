"""What people write down, and what it said before."""

from collections.abc import Mapping
from typing import Any, Self

from auditlog.registry import auditlog
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from calendar_app.models import Event
from common.audit import AuditedManager, AuditedQuerySet
from common.models import IsOneOf, Record
from documents.models import Document
from notes.search import matching
from tasks.models import Task

LONGEST_BODY = 500_000
MOST_TAGS, LONGEST_TAG, MOST_ATTENDEES, MOST_DOCUMENTS, MOST_TASKS = 20, 50, 200, 50, 200
MOST_EVENTS = 50
# Parameters that ask what a list holds.
HOLDING = {"tag", "task", "event"}
# The parameters of lists.
LOOKUPS = {
    **{name: name for name in ("kind", "visibility")},
    "tag": "tags__contains",
    # Of those that the asker may read: see `with_links_of`.
    "task": "tasks_seen__contains",
    "event": "events_seen__contains",
    "author": "author_id",
    "since": "created_at__gte",
    "until": "created_at__lt",
}


class Kind(models.TextChoices):
    """What a note is."""

    NOTE = "note", _lazy("Note")
    MEETING = "meeting", _lazy("Meeting")
    POLICY = "policy", _lazy("Policy")


class Visibility(models.TextChoices):
    """Who may read it besides its author and those who attended."""

    PRIVATE = "private"
    OFFICE = "office"


class Sentiment(models.TextChoices):
    """The tone of a note."""

    POSITIVE = "positive", _lazy("Positive")
    NEUTRAL = "neutral", _lazy("Neutral")
    NEGATIVE = "negative", _lazy("Negative")


class SummaryStatus(models.TextChoices):
    """How far the summary of a note is."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


def _linked(seen: models.QuerySet[Any], column: str) -> ArraySubquery:
    """Return the ids that a note names in this column, as far as they are among the rows."""
    named = OuterRef(column)
    place = Func(named, "pk", function="array_position", output_field=models.IntegerField())
    found = seen.filter(IsOneOf("pk", named)).order_by().annotate(place=place)
    return ArraySubquery(found.order_by("place").values("pk"))


class NoteQuerySet(AuditedQuerySet["Note"]):
    """Reads of notes."""

    def visible_to(self, user: User) -> Self:
        """All for admins and managers; else one's own, the office's, and those of where one was."""
        if user.sees_all_notes:
            return self
        return self.filter(
            Q(author=user.pk)
            | Q(visibility=Visibility.OFFICE)
            | Q(attendee_ids__contains=[user.pk])
        )

    def changeable_by(self, user: User) -> Self:
        """All for an admin, their own for everybody else."""
        return self if user.sees_all else self.filter(author=user.pk)

    def with_links_of(self, user: User) -> Self:
        """Give each note, as `documents_seen` and the like, the ids that the user may read.

        Their order is the note's. The others are as absent as if they did not exist.
        """
        documents = Document.objects.visible_to(user)
        tasks = Task.objects.visible_to(user)
        # Of those that are busy to others the time is shown, and not that they have notes.
        events = Event.objects.open_to(user)
        return self.annotate(
            documents_seen=_linked(documents, "document_ids"),
            tasks_seen=_linked(tasks, "task_ids"),
            events_seen=_linked(events, "event_ids"),
        )

    def filtered(self, values: Mapping[str, Any]) -> Self:
        """Narrow down by the checked parameters of a list, and order it."""
        rows = self
        for name, value in values.items():
            if name in LOOKUPS:
                rows = rows.filter(**{LOOKUPS[name]: [value] if name in HOLDING else value})
        if "search" in values:
            rows = matching(rows, values["search"])
        return rows.order_by(values["ordering"], "id") if "ordering" in values else rows


class Note(Record):
    """Something written down, in Markdown."""

    objects = AuditedManager.from_queryset(NoteQuerySet)()  # type: ignore[misc]  # narrower than Record's

    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTE)
    author = models.ForeignKey(User, models.PROTECT, related_name="notes")
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    # The ids of those who were there.
    attendee_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    # The ids of the documents that belong to it.
    document_ids = ArrayField(models.UUIDField(), default=list, blank=True, db_default=[])
    # The ids of the tasks that it is about, or that were made of it.
    task_ids = ArrayField(models.UUIDField(), default=list, blank=True, db_default=[])
    # The ids of the events of the calendar that it is about.
    event_ids = ArrayField(models.UUIDField(), default=list, blank=True, db_default=[])
    # When the meeting was: "tomorrow" in its minutes is the day after.
    held_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=16, default="api")
    # Of the version that was summarised last; the summary is old when there is a newer one.
    summary = models.TextField(blank=True, default="", db_default="")
    action_items = models.JSONField(
        default=list, blank=True, db_default=Value([], models.JSONField())
    )
    key_topics = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, db_default=[]
    )
    sentiment = models.CharField(
        max_length=10, choices=Sentiment, blank=True, default="", db_default=""
    )
    summarized_version = models.PositiveIntegerField(default=0, db_default=0)
    # The sentences that the summary is made of, with where each stands and who says it.
    key_points = models.JSONField(
        default=list, blank=True, db_default=Value([], models.JSONField())
    )
    # By rules or by a language model, and whether that one failed.
    summary_mode = models.CharField(max_length=10, default="local", db_default="local")
    summary_degraded = models.BooleanField(default=False, db_default=False)
    # Of the summary that is being made of a long note: how long it is to be, how far it is, and
    # when the sweep looks at it again. A trigger mirrors that to `tenants.DueInstant`.
    summary_status = models.CharField(
        max_length=10, choices=SummaryStatus, blank=True, default="", db_default=""
    )
    summary_length = models.CharField(max_length=10, default="medium", db_default="medium")
    summary_progress = models.PositiveSmallIntegerField(default=0, db_default=0)
    summary_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    summary_wake_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="note_newest"),
            GinIndex(fields=["tags"], name="note_tags"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def summary_is_old(self) -> bool:
        """Whether the text has changed since it was summarised."""
        return 0 < self.summarized_version < self.version


class NoteVersion(Record):
    """What a note said once: the first text, and the one after each change."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="note_version_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


auditlog.register(
    Note,
    include_fields=[
        *("title", "body", "kind", "author", "tags", "visibility", "attendee_ids"),
        *("document_ids", "task_ids", "event_ids", "held_at", "summary"),
    ],
)
