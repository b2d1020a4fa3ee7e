"""The organisations, and the directories of opaque things that all of them share."""

from copy import copy
from typing import Self
from uuid import UUID, uuid4

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat, Replace
from django_tenants.models import TenantMixin

from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from tenants import (  # noqa: F401  they have tables too
    domain_models,
    operation_models,
    region_models,
    run_models,
    schema_states,
)
from tenants.plan_models import Plan, Tier
from tenants.settings import SettingsField, TenantSettings


def schema_name_of(tenant_id: UUID) -> str:
    """Return the name of the tenant's schema; triggers read it backwards."""
    return f"t_{tenant_id.hex}"


class TenantQuerySet(AuditedQuerySet["Tenant"]):
    """Reads of the directory of organisations."""

    def open(self) -> Self:
        """Those that may be entered: provisioned and not suspended."""
        return self.filter(ready=True, is_active=True)

    def working(self) -> Self:
        """Those in which something may be written."""
        return self.open().filter(moving_to="")

    def resting(self) -> Self:
        """The others: what they owe waits."""
        return self.exclude(ready=True, is_active=True, moving_to="")

    def for_entering(self) -> Self:
        """With all that working in them needs: the limits, and the row's `version`; one query."""
        version = RawSQL('"tenants_tenant".xmin::text || "tenants_tenant".ctid::text', [])
        return self.with_plan().annotate(version=version)

    def with_plan(self) -> Self:
        """Together with the limits, as each request needs them; one query."""
        return self.select_related("plan", "own_limits")


class Tenant(TenantMixin, Record):
    """An organisation: a row here and a schema of its own with all its data."""

    auto_create_schema = False

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=50, unique=True)
    settings = SettingsField(default=TenantSettings)
    subscription_tier = models.CharField(max_length=10, choices=Tier, default=Tier.FREE)
    # The tier's row, over the column above; a constraint of the database keeps it there.
    plan: "models.ForeignObject[Plan, Plan]" = models.ForeignObject(
        Plan, models.PROTECT, ["subscription_tier"], ["tier"], related_name="+", editable=False
    )
    region = models.CharField(max_length=20, default="eu")
    timezone = models.CharField(max_length=64, default="UTC")
    db_alias = models.CharField(max_length=32, default="default")
    # Where it is being moved to: people read meanwhile, and nothing is written. And the database
    # where the schema that it has left waits to be dropped.
    moving_to = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False
    )
    left_alias = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False
    )
    is_active = models.BooleanField(default=True)
    ready = models.BooleanField(default=False)
    # What `for_entering` adds: it changes with the row, and with the limits that belong to it.
    version: str | None = None

    objects = AuditedManager.from_queryset(TenantQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="tenant_has_name"),
            models.CheckConstraint(condition=~Q(slug=""), name="tenant_has_slug"),
            # Triggers read from the name of the schema whose it is.
            models.CheckConstraint(
                condition=Q(
                    schema_name=Concat(
                        Value("t_"),
                        Replace(Cast("id", models.CharField()), Value("-"), Value("")),
                    )
                ),
                name="tenant_schema_is_named_after_its_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def copied(self) -> Self:
        """Return one of its own to whoever may change it."""
        state = copy(self._state)
        state.fields_cache = {**self._state.fields_cache}
        other = type(self).__new__(type(self))
        other.__dict__ = {**self.__dict__, "_state": state}
        return other

    @property
    def is_open(self) -> bool:
        """Whether anybody may work in it now."""
        return self.ready and self.is_active


# The directories below stand in the database of the tenant that they speak of, where there may
# be no row of `Tenant`: hence no database constraint.


class LoginEntry(models.Model):
    """Where an e-mail address can sign in; kept by a trigger on each tenant's users."""

    tenant = models.ForeignKey(Tenant, models.DO_NOTHING, related_name="+", db_constraint=False)
    email = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "tenant"], name="login_entry_once_per_tenant")
        ]

    def __str__(self) -> str:
        return f"{self.email} at {self.tenant_id}"


class ChatEntry(models.Model):
    """Which person a chat or telephone belongs to; kept by a trigger on each tenant's contacts."""

    tenant = models.ForeignKey(Tenant, models.DO_NOTHING, related_name="+", db_constraint=False)
    person_id = models.UUIDField()
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    # One chat may belong to people of several offices: what is said there is meant for the newest.
    chosen_at = models.DateTimeField()
    # The person wants nothing there and is not heard, but may open it again from there.
    is_closed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address", "tenant"], name="chat_entry_once_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address} at {self.tenant_id}"


class Consent(models.Model):
    """What the owner of an address last said about messages from one of the platform's senders.

    All offices send from the same number: what is said to it holds for all of them, and whether it
    is anybody's in an office does not matter.
    """

    channel = models.CharField(max_length=10)
    # Our number, and theirs.
    sender = models.CharField(max_length=50)
    address = models.CharField(max_length=254)
    is_given = models.BooleanField()
    # Who told it: the person's own message, or the provider's refusal; and in which words.
    source = models.CharField(max_length=16)
    text = models.CharField(max_length=160)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "sender", "address"], name="consent_once_per_sender"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}: {self.text}"


class AccountEntry(models.Model):
    """Which office has connected a workspace; kept by a trigger on each tenant's connections."""

    tenant = models.ForeignKey(Tenant, models.DO_NOTHING, related_name="+", db_constraint=False)
    connection_id = models.UUIDField()
    provider = models.CharField(max_length=10)
    account_key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account_key"], name="account_entry_of_one_office"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.account_key} at {self.tenant_id}"


class DueInstant(models.Model):
    """When the sweep has to look at an object; kept by triggers on the tenants' tables."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.DO_NOTHING, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=32)
    object_id = models.UUIDField()
    due_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "object_id"], name="due_instant_once_per_object"
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="due_instant_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class WantedEvent(models.Model):
    """An event that a webhook wants to be told of; kept by a trigger on each tenant's webhooks."""

    tenant = models.ForeignKey(
        Tenant, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    webhook_id = models.UUIDField()
    event = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "event", "webhook_id"], name="wanted_event_once_per_webhook"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} at {self.tenant_id}"


class SealNote(models.Model):
    """The last seal of an office's audit trail, beside the schema that holds the trail."""

    tenant = models.ForeignKey(Tenant, models.DO_NOTHING, related_name="+", db_constraint=False)
    number = models.PositiveIntegerField()
    seal = models.CharField(max_length=64)
    # What PostgreSQL had counted of entries when none was left to be sealed.
    inserted = models.BigIntegerField(null=True)
    # The number of the last one that stands in all places outside, too.
    anchored = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="seal_note_once_per_tenant")]

    def __str__(self) -> str:
        return f"{self.number}: {self.seal}"


class SchemaTemplate(models.Model):
    """The statements that make a tenant's schema as of one state of the migrations."""

    state = models.CharField(primary_key=True, max_length=64)
    sql = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.state


auditlog.register(
    Tenant,
    include_fields=[
        *("name", "slug", "settings", "subscription_tier", "timezone", "is_active"),
        *("db_alias", "moving_to", "left_alias"),
    ],
)
