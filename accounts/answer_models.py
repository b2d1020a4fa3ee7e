"""The first answers to requests that carried an Idempotency-Key."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q


class KeptAnswer(models.Model):
    """What a person was answered under one key, to be said again; without a status it is at work.

    It is written with what the request made, so that a crash leaves both or neither.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # The constraint below has an index that begins with it.
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    # Of method, address and body.
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    # When it is forgotten; of one at work, when whoever worked on it is taken for gone.
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="kept_answer_once_per_key"),
            models.CheckConstraint(condition=~Q(key=""), name="kept_answer_has_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"

    def is_over(self, now: datetime) -> bool:
        """Tell whether the key is as good as new."""
        return self.expires_at <= now
