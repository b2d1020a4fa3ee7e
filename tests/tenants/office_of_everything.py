"""An office with a row in every table, and words in them that occur nowhere else."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from accounts.identity_models import Identity, Invitation
from accounts.models import Role, Team, TeamMembership, User
from accounts.services import create_user
from accounts.sessions import begin_session
from assistant.llm.models import ModelCall, ModelKey
from assistant.models import Action, ActionStatus
from calendar_app.feeds import open_feed
from calendar_app.models import Calendar
from calendar_app.occurrences import delete_event
from calendar_app.services import NewEvent, create_event
from documents.index.chunking import Piece
from documents.indexing import replace_index
from documents.models import Chunk, Revision, SignOff
from documents.services import create_document
from inbound.models import Delivery
from messaging.models import Contact, DeliveryAttempt, OutgoingMessage, Schedule
from notes.services import NewNote, create_note, update_note
from tasks.attaching import add_file
from tasks.models import Comment, LeftoverFile, Mention, Reminder, SavedFilter, Task
from tenants.archive.tables import lines_of, tables_of, write_alike
from tenants.context import tenant_transaction
from tenants.files import folder_of
from tenants.models import Tenant
from tenants.uploads import Upload
from tests.conftest import PASSWORD

CANARY = "Q0-canary-5d1e"
# What JSON, CSV and SQL would each like to take apart.
AWKWARD = (
    f'{CANARY} "quoted" \\back\\slash\\n \t tab\nline\r\u2028 ÄÖÜ 你好 🎉 %s {{}} \x01\x02 \\. ,'
)


def fill(tenant: Tenant, word: str = CANARY) -> None:
    """Write a row of every kind, with real commits."""
    now = timezone.now()
    with tenant_transaction(tenant):
        ada = create_user(
            email=f"ada-{word}@example.com".lower(),
            full_name=f"Ada {word}",
            role="admin",
            password=PASSWORD,
        )
        role = Role.objects.create(name=f"clerk {word}"[:50], permissions=["task:read"])
        bob = create_user(
            email="bob@example.com", full_name="Bob", role=role.name, password=PASSWORD
        )
        team = Team.objects.create(name=f"Night {word}", lead=ada)
        TeamMembership.objects.create(team=team, user=bob, position=3)
        parent = Task.objects.create(title=f"Parent {word}", creator=ada)
        task = Task.objects.create(
            title=f"Task {word}",
            description=AWKWARD.replace(CANARY, word),
            labels=["a,b", '"', "\\", "", word],
            creator=ada,
            assignee=bob,
            team=team,
            parent=parent,
            due_date=now + timedelta(days=3, microseconds=7),
        )
        Task.objects.create(title="Done", creator=bob, status="done", completed_at=now)
        Reminder.objects.create(task=task, minutes_before=30)
        Reminder.objects.create(task=task, at=now + timedelta(days=1))
        Reminder.objects.create(task=task, at=now, fired_for=now)
        _write_around(task, bob, word)
        message = OutgoingMessage.objects.create(
            recipient=bob,
            channel="email",
            address=f"{word}@example.com",
            subject=f"S {word}",
            text=f"T {word}",
            kind="task_reminder",
            dedupe_key=f"key {word}",
            due_at=now,
            wake_at=now + timedelta(days=30),
        )
        DeliveryAttempt.objects.create(message=message, number=1, started_at=now, reason=word)
        Contact.objects.create(
            person=bob, channel="telegram", address=word, closed_at=now, closed_why=f"Why {word}"
        )
        note = create_note(
            new=NewNote(
                title=f"Note {word}",
                body=AWKWARD.replace(CANARY, word),
                tags=[word],
                attendee_ids=[ada.pk, bob.pk],
            ),
            by=bob,
        )
        update_note(note=note, changes={"title": f"Minutes {word}"}, by=bob)
        _write_a_document(bob, word)
        _write_a_calendar(ada, bob, word)
        _write_who_comes_in(ada, bob, word)
        Delivery.objects.create(
            channel="telegram",
            external_id=word,
            address=word,
            person=bob,
            text=f"Said {word}",
            answered_at=now,
        )
        Action.objects.create(
            person=bob,
            conversation=word,
            type="complete",
            status=ActionStatus.DONE,
            object_id=task.pk,
            title=f"Task {word}",
            before={"title": word},
            after={"title": word},
            ends_at=now + timedelta(days=1),
        )
        ModelKey.objects.create(key=f"key {word}")
        ModelCall.objects.create(
            purpose="sentence",
            host=f"{word}.example",
            model=word,
            prompt_hash=word,
            tokens_in=400,
            tokens_out=50,
            cost="0.000123",
            outcome="used",
        )
        begin_session(user=ada)
        User.objects.filter(pk=bob.pk).update(phone="+15550009999")
    _write_files(tenant, word)


def _write_around(task: Task, bob: User, word: str) -> None:
    said = Comment.objects.create(task=task, author=bob, body=f"Comment {word} for @{word}")
    Mention.objects.create(comment=said, person=bob, words=word)
    upload = Upload(f"{word}.csv", [f"word\n{word}\n".encode()])
    add_file(task=task, upload=upload, by=bob)
    LeftoverFile.objects.create(id=uuid4(), remove_at=timezone.now() + timedelta(days=1))
    SavedFilter.objects.create(owner=bob, name=f"Mine {word}", query=f"search={word}")
    Schedule.objects.create(kind="digest", crontab="30 7 * * 1-5")


def _write_who_comes_in(ada: User, bob: User, word: str) -> None:
    """Write an invitation, a name at a provider, and what was read and understood."""
    SignOff.objects.create(revision=Revision.objects.get(), person=bob)
    Identity.objects.create(user=bob, issuer=f"https://{word}.example", subject=word)
    Invitation.objects.create(
        email=f"ian-{word}@example.com".lower(),
        role=bob.role,
        invited_by=ada,
        expires_at=timezone.now() + timedelta(days=7),
    )


def _write_a_calendar(ada: User, bob: User, word: str) -> None:
    """Write a meeting in a room, one that was deleted, and a feed."""
    room = Calendar.objects.create(kind="room", name=f"Room {word}")
    start = timezone.now() + timedelta(days=2)
    asked = [{"user_id": bob.pk}, {"room_id": room.pk}]
    meeting = NewEvent(title=f"Meeting {word}", start=start, attendees=asked, reminders=[10])
    create_event(new=meeting, by=ada)
    gone = create_event(new=NewEvent(title=f"Gone {word}", start=start), by=ada)
    delete_event(event=gone, by=ada)
    open_feed(name=f"Feed {word}", calendar_id=None, detail="full", by=ada)


def _write_files(tenant: Tenant, word: str) -> None:
    folder = folder_of(tenant.pk)
    (folder / "documents" / "2024").mkdir(parents=True, exist_ok=True)
    (folder / "documents" / "2024" / "Bericht ä.pdf").write_bytes(f"%PDF {word}".encode() * 1000)
    (folder / "empty").write_bytes(b"")


def _write_a_document(user: User, word: str) -> None:
    """Write a document as if it had been read."""
    document = create_document(
        upload=Upload(f"{word}.txt", [AWKWARD.replace(CANARY, word).encode()]), by=user
    )
    pieces = [Piece(f"Text {word}", page=1, heading=f"Heading {word}")]
    replace_index(document.revisions.get().pk, pieces, pages=1)
    Chunk.objects.update(vector=b"\x00\xff", model=word)
    Revision.objects.update(wake_at=None)


def hashes(tenant: Tenant) -> dict[str, Any]:
    """Return rows and hash of each table that an archive holds, read apart from the archive."""
    found = {}
    with tenant_transaction(tenant), connections[tenant.db_alias].cursor() as cursor:
        write_alike(cursor)
        for table in tables_of(cursor, tenant.schema_name):
            text = b"".join(lines_of(cursor, table))
            found[table.name] = (text.count(b"\n"), sha256(text).hexdigest())
    return found


def files(tenant: Tenant) -> dict[str, bytes]:
    folder = folder_of(tenant.pk)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
