"""What the requests of the tests name: rows of acme, made when they are asked for."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.identity_models import IdentityProvider, Invitation
from accounts.mfa import begin_totp
from accounts.models import Role, Team, TeamMembership, User
from calendar_app.feeds import open_feed
from documents.models import Revision
from notes.models import NoteVersion
from tasks.models import Comment, Reminder, Task
from tests.conftest import person
from tests.isolation.belongings import (
    LINKS,
    OF_A_PERSON,
    SYNCED,
    calendar_of,
    called_by,
    followed_by,
    named_in,
    opened_by,
    put_by,
    said_by,
    send_code_to,
    sent_to,
    taken_in_by,
    written_by,
    written_down_for,
)
from webhooks.models import Webhook, WebhookDelivery


class OfEach(dict[str, str]):
    """What each of some people has, made when it is asked for: most requests name one of them."""

    def __init__(self, people: Iterable[User], make: Callable[[User], str]) -> None:
        super().__init__()
        self._people, self._make = {str(user.pk): user for user in people}, make

    def __contains__(self, key: object) -> bool:
        return key in self._people or super().__contains__(key)

    def __missing__(self, key: str) -> str:
        self[key] = self._make(self._people[key])
        return self[key]

    def make_all(self) -> None:
        for key in self._people:
            assert self[key]


class Found(dict[str, str]):
    """What belongs to a thing, looked up by its id or name when it is asked for."""

    def __init__(self, find: Callable[[str], Any]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: str) -> str:
        self[key] = str(self._find(key))
        return self[key]

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default


@dataclass
class World:
    """Rows that the requests name."""

    ada: User
    max: User
    eve: User
    team: Team
    role: Role
    task: Task
    reminder: Reminder
    comment: Comment
    invitation: Invitation
    provider: IdentityProvider
    webhook: Webhook
    told: WebhookDelivery
    actions: dict[str, str] = field(default_factory=dict)
    """By the id of a person, what this person can take back."""
    messages: dict[str, str] = field(default_factory=dict)
    """By the id of a person, what this person was sent."""
    comments: dict[str, str] = field(default_factory=dict)
    """By the id of a person, what this person has said."""
    mentions: dict[str, str] = field(default_factory=dict)
    """By the id of a person, where this person is named."""
    files: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a file that this person put beside a task."""
    notes: dict[str, str] = field(default_factory=dict)
    """By the id of a person, what this person has written."""
    first_versions: dict[str, str] = field(default_factory=dict)
    """By the id of a note, what it said first."""
    api_keys: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a key of this person's own."""
    sessions: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a session of this person's own."""
    devices: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a device of this person's own."""
    authenticators: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a passkey of this person's own."""
    secrets: dict[str, str] = field(default_factory=dict)
    """By the id of a person, the secret of an app that this person has begun with."""
    links: dict[str, str] = field(default_factory=dict)
    """What letters to Ian and Sarah let in by."""
    documents: dict[str, str] = field(default_factory=dict)
    """By the id of a person, what this person has taken in."""
    revisions: dict[str, str] = field(default_factory=dict)
    """By the id of a document, its file."""
    events: dict[str, str] = field(default_factory=dict)
    """By the id of a person, what this person has called a meeting for."""
    calendars: dict[str, str] = field(default_factory=dict)
    """By the id of a person, where that stands."""
    subscriptions: dict[str, str] = field(default_factory=dict)
    """By the id of a person, an address that is followed and holds something back."""
    drafts: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a sync that waits to be started."""
    syncs: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a sync that runs."""
    held_syncs: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a sync that holds something back."""
    connections: dict[str, str] = field(default_factory=dict)
    """By the id of a person, an account at Google."""
    feeds: dict[str, str] = field(default_factory=dict)
    """By the id of a person, a feed of theirs."""
    secret: str = ""
    """What opens Ada's feed."""


def make_world(*, whole: bool = False) -> World:
    """One task of a team that Max leads, done by Eve, with a reminder and a comment.

    Each of the three has also had something written down by the assistant, and more besides, which
    is made when it is asked for, unless the world is to be whole.
    """
    world = world_of(make_rows())
    if whole:
        _make_all(world)
    return world


class StandingWorld:
    """A world that many tests find: each is given copies of its rows, to do with as it likes."""

    def __init__(self, *, whole: bool = False) -> None:
        self._rows = make_rows()
        self._world = world_of(self._rows)
        if whole:
            _make_all(self._world)

    def copied(self) -> World:
        world = world_of(deepcopy(self._rows))
        for name, things in vars(self._world).items():
            # Links are good for minutes only.
            if isinstance(things, dict) and name != "links":
                getattr(world, name).update(things)
        return world


def make_rows() -> dict[str, Any]:
    """Make what every world has at once."""
    ada, max_, eve = people = [person(f"{name}@acme.example") for name in ("ada", "max", "eve")]
    team = Team.objects.get(name="Finance")
    due = timezone.now() + timedelta(days=2)
    task = Task.objects.create(
        title="Water the plants", creator=ada, assignee=eve, team=team, due_date=due
    )
    reminder = Reminder.objects.create(task=task, minutes_before=30)
    comment = Comment.objects.create(task=task, author=eve, body="With rain water.")
    role, _made = Role.objects.get_or_create(name="helper", defaults={"permissions": ["task:read"]})
    provider, _made = IdentityProvider.objects.get_or_create(
        issuer="http://127.0.0.1:1",
        defaults={"name": "SSO", "domains": ["sso.example"], "default_role": eve.role},
    )
    webhook, _made = Webhook.objects.get_or_create(
        url="https://hooks.example/1", defaults={"events": ["message.failed"], "secret": "whsec_x"}
    )
    told, _made = WebhookDelivery.objects.get_or_create(
        webhook=webhook,
        defaults={"event": "message.failed", "data": {}, "occurred_at": due, "status": "failed"},
    )
    invitation, _made = Invitation.objects.get_or_create(
        email="ian@acme.example",
        defaults={"role": eve.role, "invited_by": ada, "expires_at": due + timedelta(days=7)},
    )
    for number, user in enumerate(people):
        send_code_to(user, f"+49151000000{number}")
    for user in (ada, eve):
        TeamMembership.objects.get_or_create(team=team, user=user, defaults={"position": 1})
    feed, url = open_feed(name="Watering", calendar_id=None, detail="full", by=ada)
    rows: dict[str, Any] = {
        "ada": ada,
        "max": max_,
        "eve": eve,
        "team": team,
        "role": role,
        "task": task,
    }
    rows |= {"reminder": reminder, "comment": comment, "invitation": invitation}
    rows |= {"provider": provider, "webhook": webhook, "told": told}
    secret = url.rsplit("/", 1)[1].removesuffix(".ics")
    return {**rows, "feeds": {str(ada.pk): str(feed.pk)}, "secret": secret}


def world_of(rows: dict[str, Any]) -> World:
    """Return the world around these rows."""
    people = [rows["ada"], rows["max"], rows["eve"]]
    events = OfEach(people, lambda user: str(called_by(user).pk))
    feeds = OfEach(people, opened_by)
    feeds.update(rows["feeds"])
    given: dict[str, Any] = {name: value for name, value in rows.items() if name != "feeds"}
    for name, make in {**OF_A_PERSON, **SYNCED}.items():
        given[name] = OfEach(people, make)
    return World(
        **given,
        actions=OfEach(people, written_down_for),
        messages=OfEach(people, lambda user: sent_to(user, rows["reminder"])),
        comments=OfEach(people, lambda user: said_by(user, rows["task"])),
        mentions=OfEach(people, lambda user: named_in(user, rows["comment"])),
        files=OfEach(people, lambda user: put_by(user, rows["task"])),
        notes=OfEach(people, written_by),
        first_versions=Found(lambda note: NoteVersion.objects.get(note_id=note, number=1).pk),
        secrets=OfEach(people, lambda user: begin_totp(user=user)[0]),
        links=Found(lambda name: LINKS[name](rows["invitation"])),
        documents=OfEach(people, lambda user: taken_in_by(user)[0]),
        revisions=Found(lambda document: Revision.objects.get(document_id=document).pk),
        events=events,
        calendars=OfEach(people, lambda user: calendar_of(events[str(user.pk)])),
        subscriptions=OfEach(people, followed_by),
        feeds=feeds,
    )


def _make_all(world: World) -> None:
    for things in vars(world).values():
        if isinstance(things, OfEach):
            things.make_all()
    for note in world.notes.values():
        assert world.first_versions[note]
    for document in world.documents.values():
        assert world.revisions[document]
    for name in LINKS:
        assert world.links[name]
