"""The last runs of periodic jobs, for operators to read."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# No periodic job may run for longer: its worker is killed then at the latest.
LONGEST = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)


class RunOutcome(models.TextChoices):
    """What became of a run."""

    # With or without a beginning; only an end is an outcome of another kind.
    QUEUED = "queued", "Not ended"
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
    # Written when a worker begins: a run that has begun and never ended was killed.
    started_at = models.DateTimeField(null=True, blank=True)
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
        return f"{self.schedule}: {self.state}"

    @property
    def state(self) -> str:
        """How it is or went, in a word."""
        if self.outcome != RunOutcome.QUEUED:
            return str(self.get_outcome_display())
        if self.started_at is None:
            return "Queued"
        return "Killed" if timezone.now() > self.started_at + LONGEST else "Running"
