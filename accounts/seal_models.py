"""The seals of the audit trail."""

from django.db import models


class AuditSeal(models.Model):
    """A batch of entries as they were when they were sealed, bound to the batch before it.

    It cannot be changed or deleted, and costs the writes that it seals nothing: a job makes it.
    """

    number = models.PositiveIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    # Entries from before this instant that no seal holds, but for a margin, were slipped in.
    until = models.DateTimeField()
    count = models.PositiveIntegerField()
    first_id = models.UUIDField()
    last_id = models.UUIDField()
    # By entry, in the order of time: its id, and the SHA-256 of all that stands in it.
    digests = models.BinaryField()
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(count__gt=0), name="audit_seal_holds_entries"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.seal}"
