"""What the assistant did or proposes to do for somebody, and how it is taken back."""

from datetime import timedelta
from typing import Self

from auditlog.registry import auditlog
from django.db import models
from django.utils import timezone

from accounts.models import User
from assistant.llm import models as llm_models  # noqa: F401  Django looks for tables here
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record

# How long a proposal waits for its yes, and how long a write can be taken back.
PATIENCE = timedelta(minutes=15)
REGRET = timedelta(hours=24)
DELETE = "delete"


class ActionStatus(models.TextChoices):
    """Where an action is on its way."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    DONE = "done"
    UNDONE = "undone"


class ActionQuerySet(AuditedQuerySet["Action"]):
    """Reads of actions."""

    def visible_to(self, user: User) -> Self:
        """One's own: nobody says yes for somebody else, or takes back what another did."""
        return self.filter(person=user)

    def waiting(self, user: User, conversation: str) -> Self:
        """What still waits for that person's yes in that conversation, the newest first."""
        own = self.visible_to(user).filter(conversation=conversation, ends_at__gt=timezone.now())
        return own.filter(status=ActionStatus.PROPOSED)

    def last_done(self, user: User) -> Self:
        """What that person can still take back, the newest first."""
        own = self.visible_to(user).filter(status=ActionStatus.DONE)
        return own.filter(ends_at__gt=timezone.now())


class Action(Record):
    """One write to one object, proposed or done; its id is the token that undoes it.

    `values` is what a proposal will set. `before` and `after` are the states around the write:
    undo goes back to the one, if the object still is in the other.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    # The chat in which it was said: a yes in one says nothing about another.
    conversation = models.CharField(max_length=100, blank=True)
    # What is done; what it makes begins with "create_".
    type = models.CharField(max_length=20)
    # Of which kind the object is, in the words of the app that registered it.
    kind = models.CharField(max_length=20, default="task", db_default="task")
    status = models.CharField(max_length=10, choices=ActionStatus)
    object_id = models.UUIDField()
    title = models.CharField(max_length=200)
    values = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    ends_at = models.DateTimeField()

    objects = AuditedManager.from_queryset(ActionQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-updated_at", "id"]
        indexes = [
            models.Index(fields=["person", "status", "-updated_at"], name="action_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.type}: {self.title}"

    @property
    def is_creation(self) -> bool:
        """Whether the object is there only because of it."""
        return self.type.startswith("create_")

    @property
    def is_deletion(self) -> bool:
        """Whether the object is not there any more because of it."""
        return self.type == DELETE


auditlog.register(Action, include_fields=["person", "type", "kind", "status", "object_id", "title"])
