"""What lists of tasks were narrowed down to, kept under names."""

from typing import Self

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record


class SavedFilterQuerySet(AuditedQuerySet["SavedFilter"]):
    """Reads of saved filters."""

    def visible_to(self, user: User) -> Self:
        """One's own, and those that others share."""
        return self.filter(Q(owner=user.pk) | Q(is_shared=True))


class SavedFilter(Record):
    """What the list of tasks was narrowed down to, kept under a name."""

    # `saved_filter_once` begins with it.
    owner = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    # As it stands in the address.
    query = models.CharField(max_length=1_000, blank=True)
    is_shared = models.BooleanField(default=False)

    objects = AuditedManager.from_queryset(SavedFilterQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


auditlog.register(SavedFilter, include_fields=["owner", "name", "query", "is_shared"])
