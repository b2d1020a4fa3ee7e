"""Words and ids that nobody of another office may ever read, and the tables that must hold them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.answer_models import KeptAnswer
from accounts.identity_models import (
    ApiKey,
    Authenticator,
    Device,
    Identity,
    IdentityProvider,
    Invitation,
)
from accounts.models import AuditEntry, RefreshFamily, Role, Team, TeamMembership, User
from accounts.seal_models import AuditSeal
from assistant.llm.models import ModelCall, ModelKey
from assistant.models import Action
from calendar_app.models import (
    Attendee,
    Booking,
    Calendar,
    CalendarSync,
    Event,
    EventLink,
    EventReminder,
    Feed,
    Subscription,
    SyncChannel,
    SyncConflict,
    Tombstone,
)
from connections.models import Connection, OAuthState
from documents.models import Chunk, Document, Revision, SignOff, Term
from inbound.models import Delivery
from messaging.models import Contact, DeliveryAttempt, LinkCode, OutgoingMessage, Schedule
from notes.models import Note, NoteVersion
from tasks.models import Comment, LeftoverFile, Mention, Reminder, SavedFilter, Task, TaskFile
from webhooks.models import Webhook, WebhookDelivery

CANARY = "CANARY-7f3"
ADDRESS = "203.0.113.77"  # what they were seen to come from
# Tables without words of people. What is added to a tenant's schema comes here or gets a canary.
WITHOUT_WORDS = {
    *(AuditSeal, Booking, EventReminder, LeftoverFile, Reminder, Schedule, TeamMembership),
}
WITH_WORDS = {
    *(ApiKey, Authenticator, Connection, Contact, Delivery, Device, Identity, IdentityProvider),
    *(Invitation, KeptAnswer, LinkCode, OAuthState, RefreshFamily),
    *(Note, NoteVersion),
    *(Attendee, Calendar, Event, Feed, Subscription, Tombstone),
    *(CalendarSync, EventLink, SyncChannel, SyncConflict),
    *(Chunk, Document, Revision, SignOff, Term),
    *(Action, AuditEntry, Comment, DeliveryAttempt, ModelCall, ModelKey, OutgoingMessage),
    *(Mention, Role, SavedFilter, Task, TaskFile, Team, User, Webhook, WebhookDelivery),
}
OUR_APPS = [name for name in settings.TENANT_APPS if "." not in name]


@dataclass
class Office:
    """The ids of globex that requests name, and everything else that must not show."""

    ids: dict[str, UUID] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def leaks(self, answer: Any, sent: str = "") -> set[str]:
        """Return what of this office stands in the answer and was not in the request."""
        text = b"".join([answer.content, repr(dict(answer.headers)).encode()]).decode().lower()
        return {word for word in self.secrets if word.lower() in text and word not in sent}


def tables() -> set[type[models.Model]]:
    """Return every table of ours in a tenant's schema."""
    return {
        model
        for app in OUR_APPS
        for model in apps.get_app_config(app).get_models()
        if model._meta.managed
    }


def texts_without_canary(model: type[models.Model]) -> set[str]:
    """Return the free texts of a table in which no row holds a canary."""
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    names = [
        item.name for item in model._meta.fields if isinstance(item, kinds) and not item.choices
    ]
    rows = list(model._default_manager.values(*names)) if names else []
    return {
        name for name in names if not any(CANARY.lower() in str(row[name]).lower() for row in rows)
    }
