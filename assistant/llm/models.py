"""The ledger of calls to language models, and the key to a tenant's own one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from auditlog.registry import auditlog
from django.db import models
from django.db.models import F, Q, Sum

from common.audit import AuditedManager, AuditedQuerySet
from common.crypto import EncryptedField
from common.models import Record


class Purpose(models.TextChoices):
    """What a model was asked for."""

    SENTENCE = "sentence"
    ANSWER = "answer"
    SUMMARY = "summary"
    EMBEDDING = "embedding"


class Outcome(models.TextChoices):
    """What came of a call."""

    RUNNING = "running"
    USED = "used"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Spent:
    """What some calls have used."""

    tokens: int
    cost: Decimal


class ModelCallQuerySet(AuditedQuerySet["ModelCall"]):
    """Reads of the ledger."""

    def since(self, moment: datetime) -> Self:
        """Those that began then or later."""
        return self.filter(created_at__gte=moment)

    def spent(self) -> Spent:
        """What they have used; one that is under way counts with all that it may use."""
        sums = self.aggregate(tokens=Sum(F("tokens_in") + F("tokens_out")), cost=Sum("cost"))
        return Spent(sums["tokens"] or 0, sums["cost"] or Decimal(0))


class ModelCall(Record):
    """One question to a language model: what it cost and what came of it, never what was said.

    While it runs, tokens and cost are the most that it can come to. One whose process died keeps
    them, and counts like that until its day is over.
    """

    purpose = models.CharField(max_length=20, choices=Purpose)
    host = models.CharField(max_length=255)
    model = models.CharField(max_length=100)
    # Keyed: nobody can try sentences until one fits.
    prompt_hash = models.CharField(max_length=64)
    tokens_in = models.PositiveIntegerField("tokens in")
    tokens_out = models.PositiveIntegerField("tokens out")
    cost = models.DecimalField("cost in dollars", max_digits=12, decimal_places=6)
    ms = models.PositiveIntegerField("milliseconds", null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    reason = models.CharField(max_length=40, blank=True)

    objects = AuditedManager.from_queryset(ModelCallQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = "call of a language model"
        verbose_name_plural = "calls of language models"
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__gte=0), name="model_call_costs_nothing_or_more"
            )
        ]
        indexes = [models.Index(fields=["-created_at"], name="model_call_newest")]

    def __str__(self) -> str:
        return f"{self.purpose} → {self.model} at {self.host}"


class ModelKey(Record):
    """The key to the tenant's own endpoint; there is one or none."""

    key = EncryptedField()
    is_only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_only=True), name="model_key_is_the_only_one")
        ]

    def __str__(self) -> str:
        return "the key to the language model"


auditlog.register(
    ModelKey, include_fields=["key"], mask_fields=["key"], mask_callable="common.audit.hidden"
)
