"""When an office wants its rounds to run; without a row each person's own hour holds."""

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record


class ScheduleQuerySet(AuditedQuerySet["Schedule"]):
    """Reads of schedules."""

    def visible_to(self, user: User) -> "ScheduleQuerySet":
        """All, for everybody: it is when their letters come."""
        return self


class Round(models.TextChoices):
    """What runs by a schedule of the office."""

    DIGEST = "digest", "Daily digest"


class Schedule(Record):
    """When one round runs, for all people of the office, on each one's own clock."""

    objects = AuditedManager.from_queryset(ScheduleQuerySet)()  # type: ignore[misc]  # narrower than Record's

    kind = models.CharField(max_length=16, choices=Round)
    crontab = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], name="schedule_of_kind"),
            models.CheckConstraint(condition=~Q(crontab=""), name="schedule_says_when"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.crontab}"


auditlog.register(Schedule, include_fields=["kind", "crontab"])
