"""An office full of words and ids that nobody of another office may ever read."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

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
from assistant.models import Action, ActionStatus
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
from calendar_app.services import NewEvent, create_event
from connections.models import Connection, OAuthState
from documents.index.chunking import Piece
from documents.indexing import replace_index
from documents.models import Chunk, Document, Revision, SignOff, Term
from documents.services import create_document
from inbound.models import Delivery
from messaging.models import Contact, DeliveryAttempt, LinkCode, OutgoingMessage, Schedule
from notes.models import Note, NoteVersion
from notes.services import NewNote, create_note
from tasks.models import Comment, LeftoverFile, Mention, Reminder, SavedFilter, Task, TaskFile
from tasks.shelf import SHELF
from tenants.uploads import Upload, received
from tests.conftest import person
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


def plant() -> Office:
    """Fill every text of every table of the office in force."""
    mia = person("mia@globex.example")
    User.objects.filter(pk=mia.pk).update(full_name=f"Mia {CANARY}", phone="+15550001111")
    now = timezone.now()
    _plant_a_person_and_an_entry(mia)
    role = Role.objects.create(name=f"{CANARY} role", permissions=["task:read"])
    identity = _plant_an_identity(mia, role)
    team = Team.objects.create(name=f"{CANARY} team", lead=mia)
    TeamMembership.objects.create(team=team, user=mia)
    task = Task.objects.create(
        title=f"{CANARY} title",
        description=f"{CANARY} description",
        labels=[f"{CANARY} label"],
        source=CANARY,
        creator=mia,
        assignee=mia,
        team=team,
        due_date=now,
    )
    reminder = Reminder.objects.create(task=task, minutes_before=1)
    comment, mention = _plant_a_comment(task, mia)
    message = OutgoingMessage.objects.create(
        recipient=mia,
        channel="email",
        address=f"{CANARY}@globex.example",
        subject=f"{CANARY} subject",
        text=f"{CANARY} text",
        html=f"{CANARY} html",
        brief=f"{CANARY} brief",
        calendar=f"{CANARY} calendar",
        buttons=[[f"{CANARY} label", "yes"]],
        kind=CANARY,
        about_id=reminder.pk,
        dedupe_key=f"{CANARY} key",
        attempts=1,
        due_at=now,
        wake_at=now,
        provider_id=CANARY,
        replaces=CANARY,
        provider_status=CANARY,
        reason=CANARY,
    )
    DeliveryAttempt.objects.create(message=message, number=1, started_at=now, reason=CANARY)
    note = create_note(
        new=NewNote(
            title=f"{CANARY} note",
            body=f"{CANARY} body",
            tags=[f"{CANARY} tag"],
            attendee_ids=[mia.pk],
            source=CANARY,
        ),
        by=mia,
    )
    Note.objects.filter(pk=note.pk).update(
        summary=f"{CANARY} summary",
        action_items=[_action_item(mia)],
        key_topics=[f"{CANARY} topic"],
        key_points=[
            {
                "text": f"{CANARY} point",
                "evidence": f"{CANARY} words",
                "start": 0,
                "speaker": f"{CANARY} speaker",
                "section": f"{CANARY} section",
            }
        ],
        sentiment="neutral",
    )
    feed = Feed.objects.create(person=mia, name=f"{CANARY} feed", digest=f"{CANARY} digest")
    document, revision = _plant_a_document(mia)
    event = _plant_an_event(mia)
    LinkCode.objects.create(
        person=mia,
        channel="sms",
        address=f"{CANARY} telephone",
        digest=f"{CANARY} digest",
        expires_at=now,
    )
    contact = Contact.objects.create(
        person=mia, channel="telegram", address=f"{CANARY} chat", closed_why=f"{CANARY} why"
    )
    delivery = Delivery.objects.create(
        channel="telegram",
        external_id=f"{CANARY} 1",
        address=contact.address,
        person=mia,
        text=f"{CANARY} text",
        place=f"{CANARY} place",
        wake_at=now,
    )
    action = Action.objects.create(
        person=mia,
        conversation=CANARY,
        type=CANARY,
        status=ActionStatus.DONE,
        object_id=task.pk,
        title=f"{CANARY} title",
        values={"title": CANARY},
        before={"title": CANARY},
        after={"title": CANARY},
        ends_at=now + timedelta(days=1),
    )
    ModelKey.objects.create(key=f"{CANARY} key")
    webhook, told = _plant_a_webhook()
    connection = _plant_a_connection(mia)
    sync = _plant_a_sync(event, connection)
    call = ModelCall.objects.create(
        purpose="sentence",
        host=f"{CANARY}.example",
        model=f"{CANARY} model",
        prompt_hash=f"{CANARY} hash",
        tokens_in=1,
        tokens_out=1,
        cost=1,
        reason=CANARY,
    )
    ids = {
        "action": action.pk,
        "call": call.pk,
        "connection": connection.pk,
        **{kind: row.pk for kind, row in identity.items()},
        "delivery": delivery.pk,
        "webhook": webhook.pk,
        "told": told.pk,
        "task": task.pk,
        "reminder": reminder.pk,
        "user": mia.pk,
        "team": team.pk,
        "role": role.pk,
        "comment": comment.pk,
        "mention": mention.pk,
        "task_file": _plant_a_file(task, mia).pk,
        "message": message.pk,
        "note": note.pk,
        "version": note.versions.get().pk,
        "document": document.pk,
        "revision": revision.pk,
        "event": event.pk,
        "calendar": event.calendar_id,
        "feed": feed.pk,
        "filter": _plant_a_filter(mia).pk,
        "subscription": Subscription.objects.get().pk,
        "sync": sync.pk,
        "channel": sync.channels.get().pk,
    }
    words = {CANARY, ADDRESS, "globex", "Globex", "mia@", "+15550001111"}
    return Office(ids, words | {str(key) for key in ids.values()})


def _plant_a_comment(task: Task, mia: User) -> tuple[Comment, Mention]:
    comment = Comment.objects.create(task=task, author=mia, body=f"{CANARY} comment")
    return comment, Mention.objects.create(comment=comment, person=mia, words=f"{CANARY} words")


def _plant_a_file(task: Task, mia: User) -> TaskFile:
    facts = {name: f"{CANARY} {name}" for name in ("filename", "media_type", "sha256")}
    made = TaskFile(task=task, author=mia, size=1, **facts)
    with received([f"{CANARY} content".encode()]) as content:
        SHELF.store(made.pk, content)
    made.save(force_insert=True)
    LeftoverFile.objects.create(id=uuid4(), remove_at=timezone.now() + timedelta(days=1))
    return made


def _plant_a_filter(mia: User) -> SavedFilter:
    facts = {"name": f"{CANARY} filter", "query": f"search={CANARY}"}
    return SavedFilter.objects.create(owner=mia, is_shared=True, **facts)


def _plant_an_identity(mia: User, role: Role) -> dict[str, Any]:
    """Write how people come in, and what shows who they are; return the rows."""
    now = timezone.now()
    invitation = Invitation.objects.create(
        email=f"{CANARY}-guest@globex.example".lower(),
        full_name=f"{CANARY} guest",
        role=role,
        invited_by=mia,
        expires_at=now + timedelta(days=7),
    )
    key = ApiKey.objects.create(
        user=mia,
        name=f"{CANARY} key",
        prefix=CANARY,
        digest=f"{CANARY} digest",
        scopes=["task:read"],
        expires_at=now + timedelta(days=7),
    )
    device = Device.objects.create(
        user=mia, digest=f"{CANARY} digest", label=f"{CANARY} device", seen_at=now
    )
    authenticator = Authenticator.objects.create(
        user=mia,
        kind="passkey",
        name=f"{CANARY} passkey",
        secret=f"{CANARY} secret",
        credential=f"{CANARY} credential",
    )
    provider = IdentityProvider.objects.create(
        name=f"{CANARY} provider",
        issuer=f"http://127.0.0.1:1/{CANARY}",
        client_id=f"{CANARY} client",
        client_secret=f"{CANARY} secret",
        domains=[f"{CANARY}.example"],
        default_role=role,
        group_claim=f"{CANARY} claim",
        role_map={CANARY: CANARY},
    )
    KeptAnswer.objects.create(
        user=mia,
        key=f"{CANARY} key",
        digest=f"{CANARY} digest",
        status=201,
        headers={"ETag": CANARY},
        body=f"{CANARY} answer".encode(),
        expires_at=now + timedelta(days=1),
    )
    Identity.objects.create(user=mia, issuer=f"{CANARY} issuer", subject=f"{CANARY} subject")
    session = RefreshFamily.objects.create(
        user=mia,
        expires_at=now + timedelta(days=1),
        ended_why=CANARY,
        session_key=f"{CANARY} session",
        method=CANARY,
        user_agent=f"{CANARY} agent",
    )
    return {
        "invitation": invitation,
        "api_key": key,
        "device": device,
        "authenticator": authenticator,
        "provider": provider,
        "session": session,
    }


def _plant_a_document(mia: User) -> tuple[Document, Revision]:
    """Write a document whose every word is a canary, as if it had been read."""
    upload = Upload(f"{CANARY}.md", [f"# {CANARY} heading\n\n{CANARY} text".encode()])
    document = create_document(
        upload=upload, by=mia, title=f"{CANARY} document", visibility="office"
    )
    revision = document.revisions.get()
    pieces = [Piece(f"{CANARY} text says what it says.", page=1, heading=f"{CANARY} heading")]
    replace_index(revision.pk, pieces, pages=1)
    Revision.objects.filter(pk=revision.pk).update(reason=f"{CANARY} reason")
    Document.objects.filter(pk=document.pk).update(reason=f"{CANARY} reason")
    Chunk.objects.filter(revision=revision).update(model=f"{CANARY} model", vector=CANARY.encode())
    SignOff.objects.create(revision=revision, person=mia)
    return document, revision


def _plant_an_event(mia: User) -> Event:
    """Write an event, with a guest, in a calendar of words."""
    calendar = Calendar.objects.create(
        owner=mia, name=f"{CANARY} calendar", timezone=CANARY, colour="#7f3b5d"
    )
    room = Calendar.objects.create(kind="room", name=f"{CANARY} room")
    new = NewEvent(
        title=f"{CANARY} event",
        start=timezone.now() + timedelta(days=1),
        description=f"{CANARY} description",
        location=f"{CANARY} location",
        calendar_id=calendar.pk,
        attendees=[
            {"email": f"{CANARY}@guest.example", "name": f"{CANARY} guest"},
            {"user_id": mia.pk},
            {"room_id": room.pk},
        ],
        reminders=[1],
        conference_url=f"https://{CANARY}.example",
        source=CANARY,
        ical_uid=f"{CANARY} uid",
    )
    event = create_event(new=new, by=mia)
    Event.objects.filter(pk=event.pk).update(external_id=f"{CANARY} external")
    later = timezone.now() + timedelta(days=1)
    Tombstone.objects.create(
        calendar_id=calendar.pk,
        ical_uid=f"{CANARY} gone",
        source=CANARY,
        external_id=f"{CANARY} other side",
        timezone=CANARY,
        **dict.fromkeys(("start", "end", "deleted_at", "forget_at"), later),
    )
    followed = Calendar.objects.create(owner=mia, name=f"{CANARY} followed")
    Subscription.objects.create(
        calendar=followed,
        person=mia,
        url=f"https://{CANARY}.example/1.ics",
        host=f"{CANARY}.example",
        etag=f"{CANARY} etag",
        last_modified=f"{CANARY} modified",
        trouble=f"{CANARY} trouble",
        next_at=later,
    )
    return event


def _plant_a_webhook() -> tuple[Webhook, WebhookDelivery]:
    webhook = Webhook.objects.create(
        url=f"https://{CANARY}.example/hook",
        description=f"{CANARY} description",
        events=["webhook.test"],
        secret=f"{CANARY} secret",
        old_secret=f"{CANARY} old secret",
        disabled_why=f"{CANARY} why",
    )
    Webhook.objects.filter(pk=webhook.pk).update(events=[CANARY])
    told = WebhookDelivery.objects.create(
        webhook=webhook,
        event=CANARY,
        data={CANARY: CANARY},
        occurred_at=timezone.now(),
        status="failed",
        reason=f"{CANARY} reason",
    )
    return webhook, told


def _plant_a_connection(mia: User) -> Connection:
    OAuthState.objects.create(
        digest=f"{CANARY} state",
        person=mia,
        provider="google",
        flow=f"{CANARY} flow",
        reply=f"{CANARY} reply",
        created_at=timezone.now(),
    )
    return Connection.objects.create(
        provider="google",
        person=mia,
        account_key=f"{CANARY} account",
        address=f"{CANARY}@globex.example",
        scopes=[f"{CANARY} scope"],
        details={"note": CANARY},
        secrets=f"{CANARY} secret",
        state="active",
        last_error=f"{CANARY} error",
    )


def _plant_a_sync(event: Event, connection: Connection) -> CalendarSync:
    later = timezone.now() + timedelta(days=1)
    sync = CalendarSync.objects.create(
        calendar=event.calendar,
        connection=connection,
        remote_id=f"{CANARY} calendar",
        remote_name=f"{CANARY} calendar",
        cursor=f"{CANARY} cursor",
        last_counts={"note": CANARY},
        total_counts={"note": CANARY},
        preview={"note": CANARY},
        trouble=f"{CANARY} trouble",
        state="active",
        next_at=later,
    )
    EventLink.objects.create(
        sync=sync,
        event=event,
        external_id=f"{CANARY} external",
        ical_uid=f"{CANARY} uid",
        etag=f"{CANARY} etag",
        base={"title": CANARY},
        parts=[CANARY],
        trouble=f"{CANARY} trouble",
        refused_version=CANARY,
    )
    SyncConflict.objects.create(
        sync=sync,
        event=event,
        title=f"{CANARY} title",
        field=f"{CANARY} field",
        lost=CANARY,
        lost_side="here",
    )
    SyncChannel.objects.create(
        sync=sync,
        external_id=f"{CANARY} channel",
        resource_id=f"{CANARY} resource",
        digest=f"{CANARY} digest",
        ends_at=later,
        renew_at=later,
    )
    return sync


def _action_item(mia: User) -> dict[str, Any]:
    return {
        "task": f"{CANARY} item",
        "assignee": f"{CANARY} name",
        "assignee_id": str(mia.pk),
        "due_date": None,
        "evidence": f"{CANARY} evidence",
        "start": 0,
        "confidence": 1,
        "task_id": None,
    }


def _plant_a_person_and_an_entry(mia: User) -> None:
    """Put words also where people do not write them."""
    User.objects.create(
        email=f"{CANARY}@globex.example".lower(),
        full_name=f"Nina {CANARY}",
        role=mia.role,
        phone=CANARY,
    )
    entry = AuditEntry(
        **dict.fromkeys(("object_pk", "object_repr", "cid", "changes_text"), CANARY),
        **dict.fromkeys(("actor_email", "user_agent", "source"), CANARY),
        **{key: {CANARY: CANARY} for key in ("changes", "serialized_data", "additional_data")},
        content_type=ContentType.objects.get_for_model(Task),
        action=AuditEntry.Action.UPDATE,
        actor=mia,
        remote_addr=ADDRESS,
    )
    AuditEntry.objects.bulk_create([entry])  # saving would put the origin of this test in


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
