"""The world of the attack: people of acme with all they hold, and globex, unseen by them.

Made once for a process, in a transaction that is rolled back, and with the clock held: so that one
question has one answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.identity_models import IdentityProvider, Invitation
from accounts.mfa import begin_totp
from accounts.models import AuditEntry, Role, Team, User
from assistant.actions import record_creation
from assistant.llm.models import ModelCall
from connections.models import Connection
from documents.index.chunking import Piece
from documents.indexing import replace_index
from documents.services import create_document
from messaging.models import OutgoingMessage
from notes.services import NewNote, create_note
from tasks.models import Comment, Mention, Reminder, SavedFilter, Task, TaskFile
from tenants.context import public_context, tenant_context
from tenants.files import export_path
from tenants.models import Tenant
from tenants.operation_models import Operation
from tenants.uploads import Upload
from tests.conftest import person
from tests.isolation.asks import Ask, send
from tests.isolation.belongings import (
    OF_A_PERSON,
    SYNCED,
    called_by,
    first_versions_of,
    followed_by,
    named_in,
    opened_by,
    put_by,
    sent_to,
    taken_in_by,
    written_by,
    written_down_for,
)
from tests.isolation.canaries import CANARY, Office
from tests.isolation.chats import Chats, chats_of, nobodys_chats, plant_chats
from tests.isolation.links import links_of
from tests.isolation.members import (
    ROLES,
    Member,
    collect_tokens_of_a_closed_office,
    collect_what_is_stale,
    let_in,
    sign_in,
)
from tests.isolation.planting.office import plant
from tests.isolation.watch import ids_in
from tests.isolation.world import World, make_world
from webhooks.models import Webhook, WebhookDelivery

SHARED, ACME, GLOBEX = "localhost", "acme.localhost", "globex.localhost"
HIDDEN = "HIDDEN-9c1e"
# In a note: managers see those of everybody.
HIDDEN_NOTE = "UNSEEN-5b2d"
NOTES = ("note", "version")
NOBODYS_WORD = "NOBODY-000"
THEIR_KEY = "key-of-mia"
CSRF = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"
CLERK = ["task:create", "task:read", "task:update", "task:delete", "task:assign", "note:read"]


@dataclass
class Secrets:
    """Ids to try, which must be as absent as those of nobody, and all that must not show."""

    ids: dict[str, str]
    words: frozenset[str]
    tag: str = ""
    cursor: str = ""
    chats: Chats = field(default_factory=Chats)
    secrets: dict[str, str] = field(default_factory=dict)
    """What opens an address without a session, by the kind of the address."""
    session: str = ""
    keys: frozenset[str] = frozenset()
    """All ids that must not show, also those that nobody tries."""


@dataclass
class Arena:
    """Both offices as the attack knows them."""

    acme: Tenant
    globex: Tenant
    members: dict[str, Member]
    mia: Member
    theirs: Secrets
    hidden: Secrets
    nobodys: Secrets
    known: frozenset[str]
    """All ids there are before an attack; others in answers are new."""

    def secret_words(self, member: Member) -> frozenset[str]:
        """Return the words that must not show to somebody; an admin sees all of acme."""
        return self.theirs.words | self.hidden_from(member).words

    def secret_keys(self, member: Member) -> frozenset[str]:
        """Return the ids that must not show to somebody."""
        return self.theirs.keys | self.hidden_from(member).keys

    def hidden_from(self, member: Member) -> Secrets:
        """Return what of acme somebody may not see: an admin sees all, a manager all notes."""
        if member.role == "admin":
            return Secrets({}, frozenset())
        if member.role != "manager":
            return self.hidden
        ids = {kind: pk for kind, pk in self.hidden.ids.items() if kind not in NOTES}
        words = self.hidden.words - {HIDDEN_NOTE}
        return replace(self.hidden, ids=ids, words=words, keys=frozenset(ids.values()))


@contextmanager
def open_arena() -> Iterator[Arena]:
    """Make everybody and everything; enter it inside a transaction that is rolled back."""
    with public_context():
        acme, globex = (Tenant.objects.get(slug=slug) for slug in ("acme", "globex"))
    theirs, mia = _theirs(globex)
    archive = export_path(UUID(theirs.ids["operation"]))
    with ZipFile(archive, "w") as file:
        file.writestr("tasks_task.jsonl", f'{{"title": "{CANARY} title"}}')
    try:
        yield _arena(acme, globex, theirs, mia)
    finally:
        archive.unlink()


def _arena(acme: Tenant, globex: Tenant, theirs: Secrets, mia: Member) -> Arena:
    with tenant_context(acme):
        members = _members(acme)
        hidden = _hidden(members["admin"])
    collect_tokens_of_a_closed_office(members)
    nobodys = Secrets(
        ids={kind: str(uuid4()) for kind in theirs.ids},
        words=frozenset({NOBODYS_WORD}),
        tag='"' + "0" * 32 + '"',
        session="n" * 32,
        chats=nobodys_chats(),
        secrets=dict.fromkeys(theirs.secrets, "bm9ib2R5:x:" + "n" * 43),
    )
    foreign, own, shared = (
        ids_in(schema) for schema in (globex.schema_name, acme.schema_name, "public")
    )
    theirs.keys = (foreign - own) | {str(globex.pk), theirs.ids["operation"]}
    known = foreign | own | shared | {*nobodys.ids.values()}
    return Arena(acme, globex, members, mia, theirs, hidden, nobodys, known)


def _members(acme: Tenant) -> dict[str, Member]:
    """Sign in people of every built-in role, of a role of the office's own, and nobody."""
    world, role = make_world(whole=True), Role.objects.create(name="clerk", permissions=CLERK)
    carl = let_in("carl@acme.example", "clerk")
    own = _own(world, role, acme)
    users = {"admin": world.ada, "manager": world.max, "employee": world.eve, "clerk": carl}
    members = {name: Member(name, world, own) for name in ROLES}
    members["clerk"].world = mine = _world_of(carl, world)
    members["clerk"].own = {**own, **_ids_of(mine)}
    for number, (name, user) in enumerate(users.items()):
        members[name].chats = chats_of(user, number)
        collect_what_is_stale(sign_in(members[name], user, acme), user)
    return members


def _ids_of(world: World) -> dict[str, str]:
    return {name: str(getattr(world, name).pk) for name in ("task", "reminder", "comment")}


def _own(world: World, role: Role, acme: Tenant) -> dict[str, str]:
    """Return one id of each kind that the admin of acme may see."""
    rows = {
        "user": world.eve,
        "team": world.team,
        "role": role,
        "message": _message(world.eve, "Reminder: Water the plants"),
        "call": ModelCall.objects.create(
            purpose="sentence", host="models.example", tokens_in=1, tokens_out=1, cost=0
        ),
        "entry": AuditEntry.objects.order_by("pk")[0],
        "kind": ContentType.objects.get_for_model(Task),
        "operation": _finished_export(acme),
        "tenant": acme,
        "connection": Connection.objects.create(provider="google", account_key="of the office"),
    }
    note = world.notes[str(world.eve.pk)]
    eve = str(world.eve.pk)
    rows |= {"invitation": world.invitation, "provider": world.provider}
    rows |= {"webhook": world.webhook, "told": world.told}
    rows["filter"] = SavedFilter.objects.create(
        owner=world.ada, name="Urgent", query="priority=urgent"
    )
    texts = {
        "mention": world.mentions[eve],
        "task_file": world.files[eve],
        "api_key": world.api_keys[eve],
        "session": world.sessions[eve],
        "device": world.devices[eve],
        "authenticator": world.authenticators[eve],
        "event": world.events[str(world.ada.pk)],
        "calendar": world.calendars[str(world.ada.pk)],
        "sync": world.syncs[str(world.ada.pk)],
        "note": note,
        "version": world.first_versions[note],
        "document": (document := world.documents[str(world.eve.pk)]),
        "revision": world.revisions[document],
    }
    keys = {name: str(row.pk) for name, row in rows.items()}
    # She is not signed in, which would end the way to a new password.
    links = links_of(person("sarah@acme.example"), world.invitation.pk, "Plants")
    return {**_ids_of(world), **keys, **texts, **links}


def _world_of(carl: User, world: World) -> World:
    """Return the clerk's own task, since the others' are hidden from a clerk."""
    due = world.task.due_date
    task = Task.objects.create(title="Sort the post", creator=carl, assignee=carl, due_date=due)
    reminder = Reminder.objects.create(task=task, minutes_before=30)
    comment = Comment.objects.create(task=task, author=carl, body="It is a lot.")
    rows: dict[str, Any] = {"task": task, "reminder": reminder, "comment": comment}
    rows |= {"comments": {str(carl.pk): str(comment.pk)}}
    rows |= {"mentions": {str(carl.pk): named_in(carl, comment)}}
    rows |= {"files": {str(carl.pk): put_by(carl, task)}}
    actions = {str(carl.pk): written_down_for(carl)}
    messages = {str(carl.pk): sent_to(carl, reminder)}
    note = written_by(carl)
    rows |= {"notes": {str(carl.pk): note}, "first_versions": first_versions_of([note])}
    document, revision = taken_in_by(carl)
    rows |= {"documents": {str(carl.pk): document}, "revisions": {document: revision}}
    rows |= {name: {str(carl.pk): make(carl)} for name, make in OF_A_PERSON.items()}
    rows["secrets"] = {str(carl.pk): begin_totp(user=carl)[0]}
    event = called_by(carl)
    rows["events"] = {str(carl.pk): str(event.pk)}
    rows["calendars"] = {str(carl.pk): str(event.calendar_id)}
    rows["feeds"] = {str(carl.pk): opened_by(carl)}
    rows["subscriptions"] = {str(carl.pk): followed_by(carl)}
    rows |= {name: {str(carl.pk): make(carl)} for name, make in SYNCED.items()}
    return replace(world, **rows, actions=actions, messages=messages)


def _message(recipient: User, words: str) -> OutgoingMessage:
    return OutgoingMessage.objects.create(
        recipient=recipient,
        channel="email",
        address=recipient.email,
        subject=words,
        text=words,
        kind="task_reminder",
        dedupe_key=words,
        status="failed",
        due_at=recipient.created_at,
    )


def _finished_export(tenant: Tenant) -> Operation:
    """Return an export that is done; there is an archive only if somebody writes one."""
    with public_context():
        return Operation.objects.create(
            tenant_id=tenant.pk,
            label=tenant.slug,
            kind="export",
            status="done",
            progress=100,
            requested_by="somebody",
            ended_at=timezone.now(),
        )


def _hidden(admin: Member) -> Secrets:
    """Plant what stands between Ada and Sarah, and concerns none of the other attackers."""
    sarah = person("sarah@acme.example")
    task = Task.objects.create(
        title=f"{HIDDEN} title",
        description=f"{HIDDEN} description",
        labels=[f"{HIDDEN} label"],
        creator=admin.world.ada,
        assignee=sarah,
        due_date=admin.world.task.due_date,
    )
    reminder = Reminder.objects.create(task=task, minutes_before=30)
    comment = Comment.objects.create(task=task, author=sarah, body=f"{HIDDEN} comment")
    message = _message(sarah, f"{HIDDEN} subject")
    action = record_creation(thing=task, by=sarah)
    titled = f"{HIDDEN_NOTE} note"
    new = NewNote(title=titled, body=f"{HIDDEN_NOTE} body", tags=[f"{HIDDEN_NOTE} tag"])
    note = create_note(new=new, by=sarah)
    upload = Upload(f"{HIDDEN}.txt", [f"{HIDDEN} text".encode()])
    document = create_document(upload=upload, by=sarah, title=f"{HIDDEN} document")
    revision = document.revisions.get()
    replace_index(revision.pk, [Piece(f"{HIDDEN} text is watered on Fridays.")], pages=None)
    mention = Mention.objects.create(comment=comment, person=sarah, words=f"{HIDDEN} words")
    rows = {"task": task, "reminder": reminder, "comment": comment, "message": message}
    file = TaskFile.objects.get(pk=put_by(sarah, task))
    file.filename = f"{HIDDEN}.txt"
    file.save()
    rows |= {"mention": mention, "task_file": file, "document": document, "revision": revision}
    rows |= {"note": note, "version": note.versions.get()}
    ids = {kind: str(row.pk) for kind, row in rows.items()} | {"action": str(action.pk)}
    tag = _tag_of(admin, ids["task"])
    return Secrets(ids, frozenset({HIDDEN, HIDDEN_NOTE}), tag, keys=frozenset(ids.values()))


def _theirs(globex: Tenant) -> tuple[Secrets, Member]:
    """Fill globex with canaries, and sign Mia in: her cursor, tag, key and session are bait."""
    with tenant_context(globex):
        office, user = plant(), person("mia@globex.example")
        user.set_password("a pass phrase that is hers alone")
        user.save()
        rows = {"entry": AuditEntry.objects.order_by("pk")[0], "tenant": globex}
        rows["operation"] = _finished_export(globex)
        rows["kind"] = ContentType.objects.get_for_model(Task)
        ids = {kind: str(pk) for kind, pk in office.ids.items()}
        ids |= {kind: str(row.pk) for kind, row in rows.items()}
        mia = sign_in(Member("mia", _world_of_mia(user, office), ids), user, globex)
        # After she has signed in: the way to a new password ends by it.
        secrets, chats = links_of(user, office.ids["invitation"], CANARY), plant_chats()
        mia.own = {**secrets, **ids}
    made = Ask("post", "/api/v1/tasks", body={"title": f"{CANARY} by key"})
    send(made.with_token(mia.access).with_header("Idempotency-Key", THEIR_KEY))
    words = office.secrets - {*ids.values()}
    found = Secrets(
        # Kinds of rows have the same small numbers in every office.
        ids={kind: id_ for kind, id_ in ids.items() if kind != "kind"},
        words=frozenset({*words, *chats.words, *secrets.values(), mia.session}),
        chats=chats,
        secrets=secrets,
        tag=_tag_of(mia, ids["task"]),
        cursor=_cursor_of(mia),
        session=mia.session,
    )
    return found, mia


def _world_of_mia(mia: User, office: Office) -> World:
    kinds: dict[str, Any] = {
        "team": Team,
        "role": Role,
        "invitation": Invitation,
        "provider": IdentityProvider,
        "webhook": Webhook,
        "told": WebhookDelivery,
        "task": Task,
        "reminder": Reminder,
        "comment": Comment,
    }
    rows = {kind: model.objects.get(pk=office.ids[kind]) for kind, model in kinds.items()}
    actions, messages = ({str(mia.pk): str(office.ids[kind])} for kind in ("action", "message"))
    rows |= {f"{kind}s": {str(mia.pk): str(office.ids[kind])} for kind in ("comment", "mention")}
    rows |= {"files": {str(mia.pk): str(office.ids["task_file"])}}
    note, version = str(office.ids["note"]), str(office.ids["version"])
    rows |= {"notes": {str(mia.pk): note}, "first_versions": {note: version}}
    document, revision = str(office.ids["document"]), str(office.ids["revision"])
    rows |= {"documents": {str(mia.pk): document}, "revisions": {document: revision}}
    kinds = dict(zip(OF_A_PERSON, ("api_key", "session", "device", "authenticator"), strict=True))
    rows |= {name: {str(mia.pk): str(office.ids[kind])} for name, kind in kinds.items()}
    rows["secrets"] = {str(mia.pk): begin_totp(user=mia)[0]}
    for name in ("drafts", "syncs", "held_syncs"):
        rows[name] = {str(mia.pk): str(office.ids["sync"])}
    for kind in ("event", "calendar", "feed", "subscription", "connection"):
        things = f"{kind}s"
        rows[things] = {str(mia.pk): str(office.ids[kind])}
    return World(mia, mia, mia, **rows, actions=actions, messages=messages)


def _tag_of(member: Member, task_id: str) -> str:
    answer = send(Ask("get", f"/api/v1/tasks/{task_id}").with_token(member.access))
    assert answer.status == 200, answer
    return dict(answer.headers)["etag"]


def _cursor_of(member: Member) -> str:
    trail = Ask("get", "/api/v1/admin/audit-logs", query=(("page_size", "1"),))
    following = send(trail.with_token(member.access)).content.decode()
    cursor = following.partition("cursor=")[2].partition("&")[0].partition('"')[0]
    assert cursor, following
    return cursor
