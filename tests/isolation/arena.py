"""The world of the attack: people of acme with all they hold, and globex, unseen by them.

Made once for a process, in a transaction that is rolled back, and with the clock held: so that one
question has one answer.
"""

from dataclasses import dataclass, field, replace
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import AuditEntry, Role, User
from accounts.services import create_user
from accounts.sessions import begin_session, refresh, sign_out
from messaging.models import OutgoingMessage
from tasks.models import Comment, Reminder, Task
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.models import Tenant
from tenants.services import open_tenant, suspend_tenant
from tests.conftest import PASSWORD, person
from tests.isolation.asks import Ask, send
from tests.isolation.canaries import CANARY, plant
from tests.isolation.samples import World, make_world
from tests.isolation.tokens import expired

SHARED, ACME, GLOBEX = "localhost", "acme.localhost", "globex.localhost"
HIDDEN = "HIDDEN-9c1e"
NOBODYS_WORD = "NOBODY-0000"
THEIR_KEY = "key-of-mia"
CSRF = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"
ROLES = ("admin", "manager", "employee", "clerk", "nobody")
CLERK = ["task:create", "task:read", "task:update", "task:delete", "task:assign", "note:read"]


@dataclass
class Member:
    """Somebody who attacks, with all that they hold; `nobody` holds nothing."""

    role: str
    world: World
    user: User | None = None
    access: str = ""
    refresh: str = ""
    session: str = ""
    stale_access: dict[str, str] = field(default_factory=dict)
    stale_refresh: dict[str, str] = field(default_factory=dict)


@dataclass
class Secrets:
    """Ids that must be as absent as those of nobody, and words that must not show."""

    ids: dict[str, str]
    words: set[str]
    tag: str
    cursor: str = ""
    session: str = ""


@dataclass
class Arena:
    """Both offices as the attack knows them."""

    acme: Tenant
    globex: Tenant
    members: dict[str, Member]
    own: dict[str, str]
    theirs: Secrets
    hidden: Secrets
    nobodys: Secrets
    known: frozenset[bytes] = frozenset()

    def secrets_from(self, member: Member) -> set[str]:
        """Return the words that must not show to somebody; an admin sees all of acme."""
        return self.theirs.words | (set() if member.role == "admin" else self.hidden.words)


def build_arena() -> Arena:
    """Make everybody and everything; call it inside a transaction."""
    with public_context():
        acme, globex = (Tenant.objects.get(slug=slug) for slug in ("acme", "globex"))
    theirs = _theirs(globex)
    with tenant_context(acme):
        world, role = make_world(), Role.objects.create(name="clerk", permissions=CLERK)
        carl = _let_in("carl@acme.example", "clerk")
        hidden, own = _hidden(world), _own(world, role)
        users = {"admin": world.ada, "manager": world.max, "employee": world.eve}
        worlds = {**dict.fromkeys(ROLES, world), "clerk": _world_of(carl, world)}
        members = {
            name: _member(name, worlds[name], user, acme)
            for name, user in {**users, "clerk": carl}.items()
        }
    hidden.tag = _tag_of(members["admin"], hidden.ids["task"])
    members["nobody"] = Member("nobody", world)
    _add_tokens_of_a_closed_office(members)
    nobodys = Secrets(
        ids={kind: str(uuid4()) for kind in theirs.ids},
        words={NOBODYS_WORD},
        tag='"' + "0" * 32 + '"',
        session="n" * 32,
    )
    arena = Arena(acme, globex, members, own, theirs, hidden, nobodys)
    arena.known = _known_ids(arena)
    return arena


def _known_ids(arena: Arena) -> frozenset[bytes]:
    """Return all ids that exist before an attack; others in answers are new."""
    found = {str(arena.acme.pk), str(arena.globex.pk), *arena.nobodys.ids.values()}
    for tenant in (arena.acme, arena.globex):
        with tenant_context(tenant):
            for model in (User, Role, Task, Reminder, Comment, AuditEntry, OutgoingMessage):
                found |= {str(pk) for pk in model._default_manager.values_list("pk", flat=True)}
    return frozenset(id_.encode() for id_ in found)


def _let_in(email: str, role: str) -> User:
    name = email.partition("@")[0].title()
    return create_user(email=email, full_name=name, role=role, password=PASSWORD)


def _own(world: World, role: Role) -> dict[str, str]:
    """Return one id of each kind that the admin of acme may see."""
    message = _message(world.eve, "Reminder: Water the plants")
    kind = ContentType.objects.get_for_model(Task)
    ids = {
        "task": world.task.pk,
        "reminder": world.reminder.pk,
        "comment": world.comment.pk,
        "user": world.eve.pk,
        "team": world.team.pk,
        "role": role.pk,
        "message": message.pk,
        "entry": AuditEntry.objects.order_by("pk").values_list("pk", flat=True)[0],
        "kind": kind.pk,
    }
    return {name: str(pk) for name, pk in ids.items()}


def _world_of(carl: User, world: World) -> World:
    """Return the clerk's own task, since the others' are hidden from a clerk."""
    due = world.task.due_date
    task = Task.objects.create(title="Sort the post", creator=carl, assignee=carl, due_date=due)
    reminder = Reminder.objects.create(task=task, minutes_before=30)
    comment = Comment.objects.create(task=task, author=carl, body="It is a lot.")
    return replace(world, task=task, reminder=reminder, comment=comment)


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


def _hidden(world: World) -> Secrets:
    """Plant what stands between Ada and Sarah, and concerns none of the other attackers."""
    sarah = person("sarah@acme.example")
    task = Task.objects.create(
        title=f"{HIDDEN} title",
        description=f"{HIDDEN} description",
        labels=[f"{HIDDEN} label"],
        creator=world.ada,
        assignee=sarah,
        due_date=world.task.due_date,
    )
    reminder = Reminder.objects.create(task=task, minutes_before=30)
    comment = Comment.objects.create(task=task, author=sarah, body=f"{HIDDEN} comment")
    message = _message(sarah, f"{HIDDEN} subject")
    rows = {"task": task, "reminder": reminder, "comment": comment, "message": message}
    ids = {kind: str(row.pk) for kind, row in rows.items()}
    return Secrets(ids, {HIDDEN, *ids.values()}, tag="")


def _theirs(globex: Tenant) -> Secrets:
    with tenant_context(globex):
        office = plant()
        mia = _member("mia", None, person("mia@globex.example"), globex)  # type: ignore[arg-type]
        entry = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)[0]
    ids = {kind: str(pk) for kind, pk in office.ids.items()}
    ids |= {"entry": str(entry), "tenant": str(globex.pk)}
    trail = Ask("get", "/api/v1/admin/audit-logs", query=(("page_size", "1"),))
    following = send(trail.with_token(mia.access)).content.decode()
    made = Ask("post", "/api/v1/tasks", body={"title": f"{CANARY} by key"})
    send(made.with_token(mia.access).with_header("Idempotency-Key", THEIR_KEY))
    words = office.secrets - {"Mia"}  # too short to look for among random tokens
    return Secrets(
        ids=ids,
        words={*words, str(entry), str(globex.pk), globex.pk.hex, mia.session},
        tag=_tag_of(mia, ids["task"]),
        cursor=following.partition("cursor=")[2].partition("&")[0].partition('"')[0],
        session=mia.session,
    )


def _tag_of(member: Member, task_id: str) -> str:
    answer = send(Ask("get", f"/api/v1/tasks/{task_id}").with_token(member.access))
    assert answer.status == 200, answer
    return dict(answer.headers)["etag"]


def _member(role: str, world: World, user: User, tenant: Tenant) -> Member:
    """Sign somebody in everywhere, and collect what has gone stale; inside the office."""
    tokens = begin_session(user=user)
    client = Client(headers={"host": f"{tenant.slug}.localhost"})
    client.force_login(user)
    member = Member(role, world, user, tokens["access_token"], tokens["refresh_token"])
    member.session = client.cookies["office_session"].value
    if tenant.slug == "acme":
        member.stale_access = {"expired": expired(member.access)}
        member.stale_refresh = {"expired": expired(member.refresh), **_spent(user)}
        _add_tokens_of_a_leaver(member)
    return member


def _spent(user: User) -> dict[str, str]:
    spent, ended = (begin_session(user=user)["refresh_token"] for _ in range(2))
    refresh(raw_token=spent, received_at=user.created_at)
    sign_out(raw_token=ended)
    return {"spent": spent, "signed out": ended}


def _add_tokens_of_a_leaver(member: Member) -> None:
    leaver = _let_in(f"left-{member.role}@acme.example", member.role)
    tokens = begin_session(user=leaver)
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    member.stale_access["of a leaver"] = tokens["access_token"]
    member.stale_refresh["of a leaver"] = tokens["refresh_token"]


def _add_tokens_of_a_closed_office(members: dict[str, Member]) -> None:
    closed = open_tenant(name="Initech")
    with tenant_transaction(closed):
        for role in ("admin", "manager", "employee"):
            tokens = begin_session(user=_let_in(f"{role}@initech.example", role))
            members[role].stale_access["of a closed office"] = tokens["access_token"]
            members[role].stale_refresh["of a closed office"] = tokens["refresh_token"]
    suspend_tenant(tenant=closed)
