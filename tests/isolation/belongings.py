"""What people of acme have of their own: made for one of them, and named by its id."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.utils import timezone

from accounts.identity_models import ApiKey, Authenticator, Device, Invitation
from accounts.invitations import PURPOSE
from accounts.links import make_token
from accounts.mfa import make_mfa_token, new_recovery_codes
from accounts.models import RefreshFamily, User
from accounts.notices import notice_kinds
from assistant.actions import record_creation
from calendar_app.feeds import open_feed
from calendar_app.following import follow
from calendar_app.models import Calendar, CalendarSync, Event
from calendar_app.services import NewEvent, create_event
from connections.models import Connection
from documents.index.chunking import Piece
from documents.index.lexical import write_chunks
from documents.models import Document, Revision
from documents.storage import store
from messaging.models import DeliveryAttempt, LinkCode, OutgoingMessage
from messaging.telephones import digest_of
from notes.models import NoteVersion
from notes.services import NewNote, create_note, update_note
from notes.summarizing import summarize
from tasks.models import Comment, Mention, Reminder, Task, TaskFile
from tasks.shelf import SHELF
from tenants.uploads import received
from tests.conftest import person


def calendar_of(event: str) -> str:
    """Return the id of the calendar in which an event stands."""
    return str(Event.objects.get(pk=event).calendar_id)


def followed_by(user: User) -> str:
    """Return the id of an address that this person follows, and that holds something back."""
    made = follow(name="Followed", url="https://calendars.example/2.ics", by=user)
    type(made).objects.filter(pk=made.pk).update(held_deletions=1)
    return str(made.pk)


def connected_by(user: User) -> str:
    """Return the id of this person's account at Google."""
    facts = {"address": user.email, "state": "active", "secrets": "{}"}
    made, _new = Connection.objects.get_or_create(
        provider="google", person=user, account_key=f"of {user.email}", defaults=facts
    )
    return str(made.pk)


def synced_by(user: User, state: str) -> str:
    """Return the id of a sync of this person's."""
    made = CalendarSync.objects.create(
        calendar=Calendar.objects.create(owner=user, name=f"Synced, {state}"),
        connection_id=connected_by(user),
        remote_id=f"{state} of {user.email}",
        remote_name="Work",
        state=state,
        preview={"counts": {}},
        held_deletions=7 if state == "held" else 0,
    )
    return str(made.pk)


# What of a person's syncs a world has.
SYNCED = {
    "connections": connected_by,
    "drafts": lambda user: synced_by(user, "draft"),
    "syncs": lambda user: synced_by(user, "active"),
    "held_syncs": lambda user: synced_by(user, "held"),
}


def opened_by(user: User) -> str:
    """Return the id of a feed of this person."""
    return str(open_feed(name="Watering", calendar_id=None, detail="full", by=user)[0].pk)


def first_versions_of(notes: Iterable[str]) -> dict[str, str]:
    """Return what each note said first, by its id."""
    versions = NoteVersion.objects.filter(note__in=list(notes), number=1)
    return {str(version.note_id): str(version.pk) for version in versions}


def written_by(user: User) -> str:
    """Return the id of a note of this person's own, which has been changed once."""
    new = NewNote(title="Minutes", body="We met.", kind="meeting", tags=["acme"])
    note = create_note(new=new, by=user)
    update_note(note=note, changes={"body": "We met and agreed.\nTODO: order the cake"}, by=user)
    summarize(note_id=note.pk, by=user)
    return str(note.pk)


def called_by(user: User) -> Event:
    """Return a meeting of this person's own, to which they were asked and the red room."""
    room, _made = Calendar.objects.get_or_create(kind="room", name=f"Room of {user.full_name}")
    new = NewEvent(
        title="Watering",
        start=timezone.now() + timedelta(days=3),
        attendees=[{"user_id": user.pk}, {"room_id": room.pk}],
        reminders=[10],
    )
    return create_event(new=new, by=user)


def taken_in_by(user: User) -> tuple[str, str]:
    """Return the ids of a document of this person's own, which has been read, and of its file."""
    text = "Everybody waters the plants on Fridays."
    facts = {"status": "ready", "revision": 1, "owner": user}
    document = Document.objects.create(title="plants", **facts)
    revision = Revision(document=document, number=1, filename="plants.txt", format="text")
    revision.author = user
    with received([text.encode()]) as file:
        store(revision.pk, file)
        revision.size, revision.sha256 = file.size, file.sha256
    revision.status, revision.chunks, revision.terms, revision.steps = "ready", 1, 4, 1
    revision.save(force_insert=True)
    write_chunks(revision, [Piece(text)])
    return str(document.pk), str(revision.pk)


def key_of(user: User) -> str:
    """Return the id of an API key of this person."""
    ends = timezone.now() + timedelta(days=30)
    key = ApiKey.objects.create(user=user, name="Sync", digest="0" * 64, expires_at=ends)
    # Lists show the newest first, and while the clock is held the next one is as new.
    ApiKey.objects.filter(pk=key.pk).update(created_at=ends - timedelta(days=60))
    return str(key.pk)


def session_of(user: User) -> str:
    """Return the id of a session of this person."""
    ends = timezone.now() + timedelta(days=30)
    return str(RefreshFamily.objects.create(user=user, expires_at=ends).pk)


def device_of(user: User) -> str:
    """Return the id of a device of this person."""
    facts = {"digest": "0" * 64, "seen_at": timezone.now()}
    return str(Device.objects.create(user=user, **facts).pk)


def authenticator_of(user: User) -> str:
    """Return the id of a passkey of this person, which is not asked for."""
    # No authenticator's: its id is one letter, and its key (RFC 9052) names ES256 alone.
    data = b64encode(bytes(16) + b"\0\1x" + bytes.fromhex("a10326")).decode()
    facts = {"kind": "passkey", "secret": data, "credential": str(user.pk)}
    return str(Authenticator.objects.create(user=user, confirmed_at=timezone.now(), **facts).pk)


def sarah() -> User:
    """Return who is not signed in."""
    return person("sarah@acme.example")


def _moved(_invitation: Invitation) -> str:
    link = notice_kinds()["email_move"].link(sarah().pk, "sara@acme.example")
    return link.rpartition("/")[2]


# What letters let in by: Ian to the office, and Sarah.
LINKS: dict[str, Callable[[Invitation], str]] = {
    "accept": lambda invitation: make_token(PURPOSE, i=invitation.pk.hex, n=1),
    "reset": lambda _: notice_kinds()["password_reset"].link(sarah().pk, "").rpartition("/")[2],
    "move": _moved,
    "mfa_token": lambda _: make_mfa_token(sarah()),
    "code": lambda _: new_recovery_codes(user=sarah())[0],
}


OF_A_PERSON = {
    "api_keys": key_of,
    "sessions": session_of,
    "devices": device_of,
    "authenticators": authenticator_of,
}


def send_code_to(user: User, number: str) -> None:
    """Have the person's telephone wait for its code, `000000`."""
    expires_at = timezone.now() + timedelta(hours=1)
    made = LinkCode(person=user, channel="sms", address=number, expires_at=expires_at)
    made.digest = digest_of(made, "000000")
    made.save(force_insert=True)


def said_by(user: User, task: Task) -> str:
    """Return the id of a comment that this person made."""
    return str(Comment.objects.create(task=task, author=user, body="With rain water.").pk)


def named_in(user: User, comment: Comment) -> str:
    """Return the id of a mention of this person."""
    words = user.full_name
    return str(Mention.objects.create(comment=comment, person=user, words=words).pk)


def put_by(user: User, task: Task) -> str:
    """Return the id of a file that this person put beside a task."""
    made = TaskFile(task=task, author=user, filename="plants.txt", media_type="text/plain")
    with received([b"On Fridays."]) as content:
        SHELF.store(made.pk, content)
        made.size, made.sha256 = content.size, content.sha256
    made.save(force_insert=True)
    return str(made.pk)


def sent_to(user: User, reminder: Reminder) -> str:
    """Return the id of a message about a reminder that this person was sent."""
    now = timezone.now()
    message = OutgoingMessage.objects.create(
        recipient=user,
        channel="email",
        address=user.email,
        subject="Reminder: Water the plants",
        text="It is time.",
        kind="task_reminder",
        about_id=reminder.pk,
        dedupe_key=f"reminder:{reminder.pk}:{user.pk}:email",
        status="sent",
        attempts=1,
        due_at=now,
        sent_at=now,
    )
    DeliveryAttempt.objects.create(message=message, number=1, started_at=now, outcome="sent")
    return str(message.pk)


def written_down_for(user: User) -> str:
    """Return the undo token of a task that a sentence of this person became."""
    task = Task.objects.create(title="Order new badges", creator=user)
    return str(record_creation(thing=task, by=user).pk)
