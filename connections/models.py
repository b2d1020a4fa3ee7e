"""Accounts at vendors that people or the office have connected, and what is under way to it."""

from typing import Any, Self
from uuid import uuid4

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.crypto import EncryptedField
from common.models import Record


class ProviderName(models.TextChoices):
    """Whose account it is."""

    MICROSOFT = "microsoft", _("Microsoft 365")
    GOOGLE = "google", _("Google")
    SLACK = "slack", _("Slack")


class State(models.TextChoices):
    """Whether an account can be worked with."""

    PENDING = "pending", _("being set up")
    ACTIVE = "active", _("connected")
    DEGRADED = "degraded", _("connected, with trouble")
    REAUTH_REQUIRED = "reauth_required", _("has to be connected again")
    REVOKED = "revoked", _("ended by the vendor")
    DISABLED = "disabled", _("switched off")


# Those that jobs may work with.
USABLE = (State.ACTIVE, State.DEGRADED)


class Mode(models.TextChoices):
    """In whose name we work: that of who agreed, or of the office's administrator for all."""

    DELEGATED = "delegated"
    APPLICATION = "application"


class ConnectionQuerySet(AuditedQuerySet["Connection"]):
    """Reads of connected accounts."""

    def visible_to(self, user: User) -> Self:
        """All for an admin, their own for everybody else."""
        return self if user.sees_all else self.filter(person=user.pk)

    def usable(self) -> Self:
        """Those that jobs may work with."""
        return self.filter(state__in=USABLE)

    def of_office(self) -> Self:
        """Those that stand for the whole office."""
        return self.filter(person=None)


class Connection(Record):
    """An account at a vendor: of one person, or, without one, of the whole office."""

    provider = models.CharField(max_length=10, choices=ProviderName)
    person = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="connections"
    )
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.DELEGATED)
    # The vendor's own name for it, which never changes: `tid:oid`, `sub`, the id of a team.
    account_key = models.CharField(max_length=200)
    # What people know it by: a mailbox, a workspace.
    address = models.CharField(max_length=254, blank=True)
    scopes = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # Facts that belong to the account and are no secret.
    details = models.JSONField(default=dict, blank=True)
    # Tokens, as JSON; empty when there are none.
    secrets = EncryptedField(blank=True, default="")
    # While this lies ahead, somebody is asking for a new token.
    refreshing_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    last_error = models.CharField(max_length=500, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(ConnectionQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["provider", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "account_key", "person"],
                nulls_distinct=False,
                name="connection_once_per_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*USABLE, State.PENDING, State.REAUTH_REQUIRED])
                | Q(secrets=""),
                name="connection_that_ended_keeps_no_secret",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()}: {self.address or self.account_key}"

    def change(self, **values: Any) -> None:
        """Write these columns and nothing else."""
        type(self).objects.filter(pk=self.pk).update(updated_at=timezone.now(), **values)
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def is_usable(self) -> bool:
        """Whether jobs may work with it."""
        return self.state in USABLE


class OAuthState(models.Model):
    """One way to a vendor and back that somebody has begun: good once, for minutes.

    Only the digest of the word that the vendor brings back is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    provider = models.CharField(max_length=10, choices=ProviderName)
    for_office = models.BooleanField(default=False)
    # What the provider wants to remember: the verifier of PKCE, the nonce.
    flow = EncryptedField()
    # What the vendor brought back, until the person who began is there to take it.
    reply = EncryptedField(blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.provider} since {self.created_at}"


auditlog.register(
    Connection,
    include_fields=["provider", "person", "mode", "account_key", "address", "scopes", "state"],
)
