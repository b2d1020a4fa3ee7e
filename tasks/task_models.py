"""What people have promised to do, and when they want to be reminded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Team, User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import IsOneOf, Record


class Priority(models.TextChoices):
    """How much it matters, lowest first."""

    LOW = "low", _lazy("Low")
    MEDIUM = "medium", _lazy("Medium")
    HIGH = "high", _lazy("High")
    URGENT = "urgent", _lazy("Urgent")


class Status(models.TextChoices):
    """How far it is."""

    PENDING = "pending", _lazy("Pending")
    IN_PROGRESS = "in_progress", _lazy("In Progress")
    DONE = "done", _lazy("Done")
    CANCELLED = "cancelled", _lazy("Cancelled")


# The parameters of lists that are plain comparisons.
LOOKUPS = {
    "status": "status",
    "priority": "priority",
    "assignee": "assignee_id",
    "team": "team_id",
    "parent": "parent_id",
    "label": "labels__contains",
    "due_after": "due_date__gte",
    "due_before": "due_date__lt",
}
OPEN_STATUSES = (Status.PENDING, Status.IN_PROGRESS)


class TaskQuerySet(AuditedQuerySet["Task"]):
    """Reads of tasks."""

    def visible_to(self, user: User) -> Self:
        """All for an admin, the led teams' for their lead, their own for everybody."""
        if user.sees_all:
            return self
        own = Q(assignee=user.pk) | Q(creator=user.pk)
        if user.led_team_ids is None:
            return self.filter(own | Q(team__in=user.led_teams))
        # Other than with a subquery, PostgreSQL finds all three by their indexes.
        return self.filter(
            own | Q(IsOneOf("team", user.led_team_ids)) if user.led_team_ids else own
        )

    def open(self) -> Self:
        """Still to do."""
        return self.filter(status__in=OPEN_STATUSES)

    def for_reading(self) -> Self:
        """With all that one row shows, in one query."""
        waiting = Reminder.objects.filter(task=OuterRef("pk"), next_at__isnull=False)
        # PostgreSQL would answer EXISTS for a page by reading all reminders there are.
        found = Subquery(waiting.order_by().values(yes=Value(True))[:1])  # noqa: FBT003
        return self.select_related("assignee").annotate(
            reminder_set=Coalesce(found, Value(False))  # noqa: FBT003
        )

    def for_page(self) -> Self:
        """With all that one row of a page shows, in one query."""
        return self.for_reading().select_related("creator", "team")

    def with_total(self) -> Self:
        """With the number of all rows on each, also of those that a slice leaves out."""
        # Counted by itself, once: a window would have all rows read and sorted with all they show.
        alike = self.order_by().annotate(alike=Value(1)).values("alike")
        return self.annotate(total=Subquery(alike.annotate(count=Count("pk")).values("count")))

    def given_by(self, user: User) -> Self:
        """Written down by this person for others to do."""
        return self.filter(creator=user).exclude(assignee=user)

    def overdue(self, *, yes: bool = True, now: datetime | None = None) -> Self:
        """Open and past its due time, or the contrary."""
        late = Q(status__in=OPEN_STATUSES, due_date__lt=now or timezone.now())
        return self.filter(late) if yes else self.exclude(late)

    def matching(self, text: str) -> Self:
        """Those whose title or description contains the text, whatever its case."""
        return self.filter(Q(title__icontains=text) | Q(description__icontains=text))

    def levels_below(self, task_id: UUID, *, most: int) -> int:
        """Return how many levels a task and its sub-tasks fill, counting up to `most` + 1."""
        level, depth = [task_id], 0
        while level and depth <= most:
            level = list(self.filter(parent__in=level).values_list("pk", flat=True))
            depth += 1
        return depth

    def filtered(self, values: Mapping[str, Any]) -> Self:
        """Narrow down by the checked parameters of a list as of `now`, and order it."""
        rows = self
        for name, value in values.items():
            if name in LOOKUPS:
                wanted = [value] if name == "label" else value
                rows = rows.filter(**{LOOKUPS[name]: wanted})
        if values.get("overdue") is not None:
            rows = rows.overdue(yes=values["overdue"], now=values["now"])
        if "search" in values:
            rows = rows.matching(values["search"])
        return rows.in_order_of(values["ordering"]) if "ordering" in values else rows

    def in_order_of(self, name: str) -> Self:
        """Order by a field, `-` first for the reverse; priorities by weight, no due date last."""
        field = name.removeprefix("-")
        cases = [When(priority=value, then=Value(rank)) for rank, value in enumerate(Priority)]
        term = Case(*cases, output_field=models.IntegerField()) if field == "priority" else F(field)
        wanted = term.desc(nulls_last=True) if name[0] == "-" else term.asc(nulls_last=True)
        return self.order_by(wanted, "-created_at", "id")


class Task(Record):
    """Something a person has promised to do."""

    title = models.CharField(max_length=200)
    description = models.TextField(max_length=20_000, blank=True)
    # `task_of_assignee` begins with it.
    assignee = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks_assigned",
        db_index=False,
    )
    creator = models.ForeignKey(User, models.PROTECT, related_name="tasks_created")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="tasks")
    due_date = models.DateTimeField(null=True, blank=True)
    # The zone that the due time was meant in: recurrences keep their wall time there.
    timezone = models.CharField(max_length=64, default="UTC")
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MEDIUM)
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    # The value of an RFC 5545 RRULE property; empty for a task that is done once.
    recurrence = models.CharField(max_length=500, blank=True)
    labels = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="subtasks"
    )
    source = models.CharField(max_length=20, default="api")
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(TaskQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="task_has_title"),
            models.CheckConstraint(
                condition=Q(status=Status.DONE, completed_at__isnull=False)
                | (~Q(status=Status.DONE) & Q(completed_at__isnull=True)),
                name="task_done_has_time",
            ),
            models.CheckConstraint(
                condition=Q(recurrence="") | Q(due_date__isnull=False),
                name="task_recurring_has_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name="task_not_its_own_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "status", "due_date"], name="task_of_assignee"),
            models.Index(fields=["-created_at", "id"], name="task_newest"),
            GinIndex(fields=["labels"], name="task_by_label"),
            # Also counts what is open without a look at what is done.
            models.Index(
                fields=["due_date"], condition=Q(status__in=OPEN_STATUSES), name="task_open_by_due"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.status in OPEN_STATUSES

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.is_open and self.due_date is not None and self.due_date < timezone.now()


class ReminderQuerySet(AuditedQuerySet["Reminder"]):
    """Reads of reminders."""

    def visible_to(self, user: User) -> Self:
        """Those of the tasks that the person sees."""
        return self.filter(task__in=Task.objects.visible_to(user))


class Reminder(Record):
    """A wish to be reminded of a task: some minutes before it is due, or at an instant.

    `next_at` is computed by a trigger from the task's due time and state, and mirrored to
    `tenants.DueInstant`, where the sweep finds it.
    """

    # `reminder_once_per_moment` begins with it.
    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders", db_index=False)
    minutes_before = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The instant for which it was last sent; moving the task's due time past it arms it again.
    fired_for = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AuditedManager.from_queryset(ReminderQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["next_at", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_before__isnull=True) ^ Q(at__isnull=True),
                name="reminder_is_relative_or_absolute",
            ),
            models.UniqueConstraint(
                fields=["task", "minutes_before", "at"],
                nulls_distinct=False,
                name="reminder_once_per_moment",
            ),
        ]

    def __str__(self) -> str:
        if self.at:
            return f"at {self.at:%Y-%m-%d %H:%M} UTC"
        return f"{self.minutes_before} minutes before" if self.minutes_before else "when due"


auditlog.register(
    Task,
    include_fields=[
        *("title", "description", "assignee", "creator", "team", "due_date", "timezone"),
        *("priority", "status", "recurrence", "labels", "parent", "source", "completed_at"),
    ],
)
auditlog.register(Reminder, include_fields=["task", "minutes_before", "at", "fired_for"])
