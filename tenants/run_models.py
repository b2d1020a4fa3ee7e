"""The last runs of periodic jobs, for operators to read."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class RunOutcome(models.TextChoices):
    """What became of a run."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


class JobRun(models.Model):
    """One run of a periodic job. It has the id that the queue gave it; old ones are forgotten."""

    OVER: ClassVar = (RunOutcome.DONE, RunOutcome.FAILED)

    id = models.UUIDField(primary_key=True)
    # As the schedule is called, and what it queues.
    schedule = models.CharField(max_length=200)
    job = models.CharField(max_length=200)
    outcome = models.CharField(max_length=10, choices=RunOutcome)
    # The operator who asked for it; empty for beat.
    asked_by = models.CharField(max_length=254, blank=True, default="")
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    # The kind of what it raised. What that says may be of an office's, and stands in the log.
    error = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["-queued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="queued") ^ Q(ended_at__isnull=False),
                name="job_run_ends_unless_queued",
            )
        ]

    def __str__(self) -> str:
        return f"{self.schedule}: {self.get_outcome_display()}"
