"""What an organisation pays for, and how much of everything that gives it."""

from dataclasses import dataclass, fields

from auditlog.registry import auditlog
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from common.audit import AuditedManager


class Tier(models.TextChoices):
    """What an organisation pays for."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each an organisation may use; None is as much as it likes."""

    users: int | None
    tasks: int | None
    documents: int | None
    storage_bytes: int | None
    ai_calls_per_month: int | None
    requests_per_minute: int | None


LIMITS = tuple(field.name for field in fields(Limits))


class Feature(models.TextChoices):
    """What an operator may switch off, each by the column of its name."""

    MCP = "mcp", "Tools for programs (MCP)"
    WEBHOOKS = "webhooks", "Webhooks"
    INBOUND_MAIL = "inbound_mail", "Letters to the office"
    LANGUAGE_MODEL = "language_model", "Language models"
    LIVE_UPDATES = "live_updates", "Live updates of pages"


FEATURES = tuple(Feature.values)


class Switches(models.Model):
    """Which features everybody of a tier has."""

    mcp = models.BooleanField(Feature.MCP.label, default=True, db_default=True)
    webhooks = models.BooleanField(Feature.WEBHOOKS.label, default=True, db_default=True)
    inbound_mail = models.BooleanField(Feature.INBOUND_MAIL.label, default=True, db_default=True)
    language_model = models.BooleanField(
        Feature.LANGUAGE_MODEL.label, default=True, db_default=True
    )
    live_updates = models.BooleanField(Feature.LIVE_UPDATES.label, default=True, db_default=True)

    class Meta:
        abstract = True


class OwnSwitches(models.Model):
    """Which one organisation has; None is as its plan says."""

    mcp = models.BooleanField(Feature.MCP.label, null=True, blank=True)
    webhooks = models.BooleanField(Feature.WEBHOOKS.label, null=True, blank=True)
    inbound_mail = models.BooleanField(Feature.INBOUND_MAIL.label, null=True, blank=True)
    language_model = models.BooleanField(Feature.LANGUAGE_MODEL.label, null=True, blank=True)
    live_updates = models.BooleanField(Feature.LIVE_UPDATES.label, null=True, blank=True)

    class Meta:
        abstract = True


class LimitColumns(models.Model):
    """The same as columns."""

    # Without its first person nobody could open an office.
    users = models.PositiveIntegerField(
        "active people", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tasks = models.PositiveIntegerField("open tasks", null=True, blank=True)
    documents = models.PositiveIntegerField(null=True, blank=True)
    storage_bytes = models.PositiveBigIntegerField("bytes of storage", null=True, blank=True)
    ai_calls_per_month = models.PositiveIntegerField("AI calls a month", null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField("requests a minute", null=True, blank=True)

    objects = AuditedManager()

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=~Q(users=0), name="%(class)s_has_people")]


class Plan(LimitColumns, Switches):
    """What everybody of one tier may use; an empty limit is none."""

    tier = models.CharField(primary_key=True, max_length=10, choices=Tier, editable=False)

    class Meta(LimitColumns.Meta):
        ordering = [models.F("users").asc(nulls_last=True)]

    def __str__(self) -> str:
        return Tier(self.tier).label


class OwnLimits(LimitColumns, OwnSwitches):
    """What was agreed with one organisation; an empty limit is that of its plan."""

    tenant = models.OneToOneField(
        "tenants.Tenant", models.CASCADE, primary_key=True, related_name="own_limits"
    )

    class Meta(LimitColumns.Meta):
        verbose_name = verbose_name_plural = "limits of its own"

    def __str__(self) -> str:
        return str(self.tenant)


auditlog.register(Plan, include_fields=["tier", *LIMITS, *FEATURES])
auditlog.register(OwnLimits, include_fields=["tenant", *LIMITS, *FEATURES])
