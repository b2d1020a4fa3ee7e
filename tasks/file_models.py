"""What stands beside a task as a file, and what is left in the store of those that are gone."""

from typing import Self

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from tasks.task_models import Task

# What the sweep knows a leftover as.
LEFTOVER = "task_file_leftover"


class TaskFileQuerySet(AuditedQuerySet["TaskFile"]):
    """Reads of files."""

    def visible_to(self, user: User) -> Self:
        """Those of the tasks that the person sees."""
        return self.filter(task__in=Task.objects.visible_to(user))


class TaskFile(Record):
    """A file that somebody put beside a task; its content lies in the store under the same id."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="files")
    # Null: somebody who has left for good. Asked for only then.
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    filename = models.CharField(max_length=255)
    # What it is given out as, by its name and its first bytes.
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    objects = AuditedManager.from_queryset(TaskFileQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(filename=""), name="task_file_has_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="task_file_has_content"),
        ]

    def __str__(self) -> str:
        return self.filename


class LeftoverFile(models.Model):
    """A content that no row needs, or none yet; triggers write it down and strike it out.

    It stays in the store for as long as its row can be brought back, whatever path deleted that.
    A trigger mirrors `remove_at` to `tenants.DueInstant`, where the sweep finds it.
    """

    # That of the file.
    id = models.UUIDField(primary_key=True)
    remove_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


auditlog.register(TaskFile, include_fields=["task", "author", "filename", "size", "sha256"])
