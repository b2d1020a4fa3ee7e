"""Abstract bases of our tables."""

from uuid import uuid4

from django.db import models

from common.audit import AuditedManager


class Record(models.Model):
    """A row with an id that nobody can guess and the times it was made and changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AuditedManager()

    class Meta:
        abstract = True
