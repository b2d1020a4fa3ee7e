"""Long work on whole organisations, and the proof that one is gone."""

from typing import Self
from uuid import UUID

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record


class Kind(models.TextChoices):
    """What is done with the organisation."""

    EXPORT = "export"
    IMPORT = "import"
    ERASE = "erase"
    MOVE = "move"
    LEAVE = "leave"


class OperationStatus(models.TextChoices):
    """How far it is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (OperationStatus.QUEUED, OperationStatus.RUNNING)


class OperationQuerySet(AuditedQuerySet["Operation"]):
    """Reads of the operations."""

    def unfinished(self) -> Self:
        """Waiting or being worked on."""
        return self.filter(status__in=UNFINISHED)

    def held(self) -> Self:
        """Those that a living worker works on."""
        return self.filter(status=OperationStatus.RUNNING, lease_until__gt=timezone.now())

    def claimable(self) -> Self:
        """Waiting for a worker, or left behind by one that is gone."""
        lost = Q(status=OperationStatus.RUNNING, lease_until__lte=timezone.now())
        return self.filter(Q(status=OperationStatus.QUEUED) | lost)

    def of_tenant(self, tenant_id: UUID, kind: Kind) -> Self:
        """One organisation's operations of a kind, newest first."""
        return self.filter(tenant_id=tenant_id, kind=kind).order_by("-created_at")


class Operation(Record):
    """Work on a whole organisation: asked for in a moment, done in the background.

    It names its organisation by a plain id, since the organisation may come after it or be gone
    before it. A worker holds it by a lease that it keeps renewing.
    """

    tenant_id = models.UUIDField(null=True, blank=True)
    label = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(
        max_length=10, choices=OperationStatus, default=OperationStatus.QUEUED
    )
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)
    # What the work was told, and what it has to remember when it is begun again.
    details = models.JSONField(default=dict, blank=True)
    bytes = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    requested_by = models.CharField(max_length=254)
    request_id = models.CharField(max_length=128, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(OperationQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=Q(status__in=UNFINISHED),
                name="operation_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="operation_progress_to_100"
            ),
            models.CheckConstraint(
                condition=~Q(status=OperationStatus.RUNNING)
                | Q(lease__isnull=False, lease_until__isnull=False),
                name="operation_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}".strip()

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or is being worked on."""
        return self.status in UNFINISHED


class ErasureCertificate(Record):
    """That an organisation was erased, without a word of it.

    The certificate itself is a file; its hash stands here, and a hash of the organisation's id, so
    that whoever knows the id can find it.
    """

    tenant_hash = models.CharField(max_length=64, unique=True)
    requested_by = models.CharField(max_length=254)
    rows = models.BigIntegerField()
    files = models.BigIntegerField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.tenant_hash[:12]


# The label changes with the organisation's erasure and would keep its name in the trail.
auditlog.register(Operation, include_fields=["kind", "requested_by"])
auditlog.register(
    ErasureCertificate,
    include_fields=["tenant_hash", "requested_by", "rows", "files", "bytes", "sha256"],
)
