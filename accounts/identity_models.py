"""How people come in, and what shows that they are who they say."""

from datetime import datetime
from typing import Any, Protocol, Self
from uuid import UUID

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower

from accounts.permissions import P, Permission
from common.audit import AuditedManager, AuditedQuerySet
from common.crypto import EncryptedField
from common.models import Record


class Asker(Protocol):
    """Whoever reads: a person, or what stands for one in the description of a read."""

    pk: UUID

    def may(self, grant: Permission) -> bool:
        """Tell whether the person holds the grant."""
        ...


class InvitationStatus(models.TextChoices):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationQuerySet(AuditedQuerySet["Invitation"]):
    """Reads of the invitations of an office."""

    def visible_to(self, user: Asker) -> Self:
        """All for those who may let people in, nobody's for the others."""
        return self if user.may(Permission.USER_CREATE) else self.none()

    def with_status(self, now: datetime) -> Self:
        """Together with what became of each as of `now`."""
        return self.annotate(
            status=Case(
                When(accepted_at__isnull=False, then=Value(InvitationStatus.ACCEPTED.value)),
                When(revoked_at__isnull=False, then=Value(InvitationStatus.REVOKED.value)),
                When(expires_at__lte=now, then=Value(InvitationStatus.EXPIRED.value)),
                default=Value(InvitationStatus.OPEN.value),
                output_field=models.CharField(),
            )
        )

    def waiting(self) -> Self:
        """Those that were neither accepted nor taken back."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(Record):
    """Somebody who may come in: by a link that is good once, until it ends or is taken back."""

    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=120, blank=True)
    role = models.ForeignKey("accounts.Role", models.CASCADE, related_name="+", db_index=False)
    invited_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # How often it was sent: the links before the last one are good no longer.
    number = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(InvitationQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_email_is_lower"
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.email}"

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > now


def register_in_trail(model: Any, *fields: str, hidden: tuple[str, ...] = ()) -> None:
    """Have the trail watch the fields; of the hidden ones it tells only that they changed."""
    auditlog.register(
        model,
        include_fields=[*fields, *hidden],
        mask_fields=[*hidden],
        mask_callable="common.audit.hidden",
    )


register_in_trail(
    Invitation, "email", "full_name", "role", "number", "expires_at", "accepted_at", "revoked_at"
)


class ApiKeyQuerySet(AuditedQuerySet["ApiKey"]):
    """Reads of the keys of an office."""

    def visible_to(self, user: Asker) -> Self:
        """One's own, and those of service accounts for who may change people."""
        own = Q(user=user.pk)
        return self.filter(own | Q(user__is_service=True) if user.may(P.USER_UPDATE) else own)


class ApiKey(Record):
    """Opens the API for a program in place of a person's token, for some of the person's rights."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    # The beginning of the key, for people to tell theirs apart.
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20, choices=Permission), default=list)
    expires_at = models.DateTimeField()
    # Written down once a minute at most.
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(ApiKeyQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = "API key"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="api_key_has_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


register_in_trail(ApiKey, "user", "name", "prefix", "scopes", "expires_at", hidden=("digest",))


class DeviceQuerySet(AuditedQuerySet["Device"]):
    """Reads of the devices of an office's people."""

    def visible_to(self, user: Asker) -> Self:
        """One's own."""
        return self.filter(user=user.pk)


class Device(Record):
    """Where a person has signed in from."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    # Of a browser's cookie, or of what a program calls itself.
    digest = models.CharField(max_length=64)
    label = models.CharField(max_length=255, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    seen_at = models.DateTimeField()

    objects = AuditedManager.from_queryset(DeviceQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-seen_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="device_once")]

    def __str__(self) -> str:
        return self.label or "a device"


register_in_trail(Device, "user", "label")


class Factor(models.TextChoices):
    """What a person shows beside the password, or in its place."""

    TOTP = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"


class AuthenticatorQuerySet(AuditedQuerySet["Authenticator"]):
    """Reads of what people show who they are by."""

    def visible_to(self, user: Asker) -> Self:
        """One's own."""
        return self.filter(user=user.pk)

    def confirmed(self) -> Self:
        """Those that count."""
        return self.filter(confirmed_at__isnull=False)


class Authenticator(Record):
    """One of a person's: an app with codes, the sheet of recovery codes, a passkey."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="authenticators")
    kind = models.CharField(max_length=10, choices=Factor)
    name = models.CharField(max_length=80, blank=True)
    # The app's secret; digests of the codes that are left; the passkey's public half.
    secret = EncryptedField()
    # The passkey's own name for itself.
    credential = models.CharField(max_length=1400, blank=True)
    # The last step of the clock, or of the passkey's own counter, that was used: none comes twice.
    counter = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(AuthenticatorQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=~Q(kind=Factor.PASSKEY),
                name="authenticator_once_but_for_passkeys",
            ),
            models.UniqueConstraint(
                fields=["credential"], condition=~Q(credential=""), name="passkey_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


register_in_trail(Authenticator, "user", "kind", "name", "confirmed_at", hidden=("secret",))


class IdentityProviderQuerySet(AuditedQuerySet["IdentityProvider"]):
    """Reads of the providers of an office."""

    def visible_to(self, user: Asker) -> Self:
        """All for those who set the office up, nobody's for the others."""
        return self if user.may(P.ADMIN_SETTINGS) else self.none()

    def active(self) -> Self:
        """Those by which people can sign in."""
        return self.filter(is_active=True)


class IdentityProvider(Record):
    """Where an office's people sign in elsewhere: its own OpenID Connect provider."""

    name = models.CharField(max_length=80)
    issuer = models.CharField(max_length=300, unique=True)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedField(blank=True)
    # Whose addresses it may speak for.
    domains = ArrayField(models.CharField(max_length=253), default=list)
    # Whether somebody new is let in, and as what when no group says it.
    creates_people = models.BooleanField(default=False)
    default_role = models.ForeignKey(
        "accounts.Role", models.PROTECT, related_name="+", db_index=False
    )
    group_claim = models.CharField(max_length=80, blank=True, default="groups")
    # From the name of a group to that of a role; of several the one with the most rights holds.
    role_map = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)

    objects = AuditedManager.from_queryset(IdentityProviderQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="provider_has_name")]

    def __str__(self) -> str:
        return self.name


class Identity(Record):
    """By what name a person is known elsewhere: what a provider never gives to anybody else."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


register_in_trail(
    IdentityProvider,
    *("name", "issuer", "client_id", "domains", "creates_people", "default_role"),
    *("group_claim", "role_map", "is_active"),
    hidden=("client_secret",),
)
register_in_trail(Identity, "user", "issuer", "subject")
