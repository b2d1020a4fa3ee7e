"""What an office keeps in writing, what each file said, and the index of the newest."""

from collections.abc import Mapping
from typing import Any, Self

from auditlog.registry import auditlog
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
)
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import TeamMembership, User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from tenants import live

# What the sweep knows a revision as.
KIND = "document"
LOOKUPS = {
    **{name: name for name in ("kind", "visibility", "status", "to_sign")},
    "owner": "owner_id",
    "review_until": "review_on__lte",
}
# What a document shows of its newest file.
OF_FILE = ("filename", "format", "size", "pages", "embedded", "chunks", "attempts")
MOST_TEAMS, MOST_SIGNERS = 50, 200


class Kind(models.TextChoices):
    """What a document is."""

    DOCUMENT = "document", _lazy("Document")
    POLICY = "policy", _lazy("Policy")


class Visibility(models.TextChoices):
    """Who may read it besides its owner."""

    PRIVATE = "private"
    OFFICE = "office"


class Status(models.TextChoices):
    """How far the reading of a file is."""

    PROCESSING = "processing", _lazy("Processing")
    READY = "ready", _lazy("Ready")
    FAILED = "failed", _lazy("Failed")


class DocumentQuerySet(AuditedQuerySet["Document"]):
    """Reads of documents."""

    def visible_to(self, user: User) -> Self:
        """All for an admin; else one's own and the office's."""
        if user.sees_all:
            return self
        return self.filter(Q(owner=user.pk) | Q(visibility=Visibility.OFFICE))

    def changeable_by(self, user: User) -> Self:
        """All for an admin, their own for everybody else."""
        return self if user.sees_all else self.filter(owner=user.pk)

    def with_duty_of(self, user: User) -> Self:
        """Give each, as `to_sign`, whether the user still has to sign what it says now."""
        teams = TeamMembership.objects.filter(user=user.pk).values("team")
        asked = (
            Q(sign_by_all=True)
            | Q(sign_person_ids__contains=[user.pk])
            | Q(sign_team_ids__overlap=ArraySubquery(teams))
        )
        signed = SignOff.objects.filter(
            person=user.pk,
            revision__document=OuterRef("pk"),
            revision__number=OuterRef("revision"),
        )
        duty = asked & Q(revision__gt=0) & ~Exists(signed)
        return self.annotate(to_sign=ExpressionWrapper(duty, output_field=BooleanField()))

    def with_newest_file(self) -> Self:
        """With its owner and what is known of its newest file, in one query."""
        newest = FilteredRelation("revisions", condition=Q(revisions__number=F("newest")))
        pages = Chunk.objects.filter(revision=OuterRef("file__id"), page__isnull=False)
        return (
            self.select_related("owner")
            .annotate(file=newest)
            .annotate(
                wakes_at=F("file__wake_at"),
                text_pages=ArraySubquery(pages.order_by().values("page").distinct()),
                **{name: F(f"file__{name}") for name in OF_FILE},
            )
        )

    def filtered(self, values: Mapping[str, Any]) -> Self:
        """Narrow down by the checked parameters of a list, and order it."""
        given = {name: values[name] for name in LOOKUPS if values.get(name) is not None}
        rows = self.filter(**{LOOKUPS[name]: value for name, value in given.items()})
        if "search" in values:
            rows = rows.filter(title__icontains=values["search"])
        return rows.order_by(values["ordering"], "id") if "ordering" in values else rows


class Document(Record):
    """Something that the office keeps in writing; what it says now is its newest ready revision."""

    objects = AuditedManager.from_queryset(DocumentQuerySet)()  # type: ignore[misc]  # narrower than Record's

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DOCUMENT)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    owner = models.ForeignKey(User, models.PROTECT, related_name="documents")
    # Of the newest file: `status` tells how far its reading is, `reason` why it failed.
    status = models.CharField(max_length=10, choices=Status, default=Status.PROCESSING)
    reason = models.CharField(max_length=300, blank=True)
    newest = models.PositiveIntegerField(default=1)
    # The revision that is found and quoted; 0 until one is ready.
    revision = models.PositiveIntegerField(default=0)
    # The day on which its owner is to look at it again, and when the sweep says so: null once it
    # has. A trigger mirrors the instant to `tenants.DueInstant`.
    review_on = models.DateField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Who is to sign that they have read and understood it, each revision anew.
    sign_by_all = models.BooleanField(default=False, db_default=False)
    sign_team_ids = ArrayField(models.UUIDField(), default=list, blank=True, db_default=[])
    sign_person_ids = ArrayField(models.UUIDField(), default=list, blank=True, db_default=[])

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["-created_at", "id"], name="document_newest")]

    def __str__(self) -> str:
        return self.title


class Revision(Record):
    """One file of a document.

    `wake_at` is when the sweep looks at it again: null once there is nothing to do. A trigger
    mirrors it to `tenants.DueInstant`.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=10)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROCESSING)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    wake_at = models.DateTimeField(null=True, blank=True)
    # Until when it is somebody's turn, who renews that; `attempts` tells whose.
    leased_until = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    # Of the index: how many chunks and terms there are, how many chunks have a vector, and how
    # often all of this has changed. Chunks belong to the revision that is found alone.
    chunks = models.PositiveIntegerField(default=0)
    terms = models.PositiveIntegerField(default=0)
    embedded = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.number})"

    def change(self, **values: Any) -> None:
        """Write these columns and nothing else; call it under the row's lock."""
        type(self).objects.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)
        # The trail does not follow a job's steps; whoever looks at the page does.
        live.tell("documents")


class SignOff(Record):
    """That somebody has read and understood a revision."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="sign_offs")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "person"], name="sign_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.revision_id}"


class Chunk(models.Model):
    """Some paragraphs of a revision, from one page and below one heading."""

    id = models.BigAutoField(primary_key=True)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    heading = models.TextField(blank=True)
    text = models.TextField()
    # Numbers of two bytes each, of length 1, the name of the model that made them, and how many
    # there are: vectors of another model or size are not compared.
    vector = models.BinaryField(null=True)
    model = models.CharField(max_length=60, blank=True)
    size = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="chunk_once"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.position}"


class Term(models.Model):
    """Where a term stands in a revision: a posting for each of its chunks, packed.

    `documents.index.postings` tells how. One row for a whole revision, since reading many small
    ones is what a search would spend its time with.
    """

    pk = models.CompositePrimaryKey("term", "revision")
    term = models.CharField(max_length=64)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    postings = models.BinaryField()

    def __str__(self) -> str:
        return self.term


auditlog.register(
    Document,
    include_fields=[
        *("title", "kind", "visibility", "owner", "status", "revision", "review_on"),
        *("sign_by_all", "sign_team_ids", "sign_person_ids"),
    ],
)
auditlog.register(Revision, include_fields=["document", "number", "filename", "sha256", "author"])
auditlog.register(SignOff, include_fields=["revision", "person"])
