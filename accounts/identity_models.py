"""How people come in, and what shows that they are who they say."""

from datetime import datetime
from typing import Any, Protocol, Self
from uuid import UUID

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower

from accounts.permissions import Permission
from common.audit import AuditedManager, AuditedQuerySet
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
