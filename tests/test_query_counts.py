"""Each list costs the same few queries for one row and for fifty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.identity_models import ApiKey, Authenticator, Device, IdentityProvider, Invitation
from accounts.models import AuditEntry, RefreshFamily, Role, Team, TeamMembership, User
from calendar_app.models import (
    Calendar,
    CalendarSync,
    Event,
    EventLink,
    Feed,
    Subscription,
    SyncChannel,
    SyncConflict,
)
from calendar_app.services import NewEvent, create_event
from connections.models import Connection
from documents.models import Document, Revision
from messaging.models import OutgoingMessage
from notes.models import Note, NoteVersion
from notes.services import NewNote, create_note
from tasks.models import Comment, Mention, Reminder, Task, TaskFile
from tasks.services import NewTask, create_task
from tests.isolation.routes import api_operations, operation
from webhooks.models import Webhook, WebhookDelivery

MOST = 8
LISTS = [found.key for found in api_operations() if found.action == "list"]


def add_task(world, number):
    """All different: what is looked up for each row shows as a query."""
    due = timezone.now() + timedelta(days=number + 1)
    people = (world["ada"], world["max"], world["eve"])
    new = NewTask(
        title=f"Task {number}",
        assignee_id=people[number % 3].pk,
        team_id=world["team"].pk,
        parent_id=world["task"].pk,
        due_date=due,
        labels=[f"label {number}"],
    )
    create_task(new=new, by=people[0], remind_minutes_before=number)


def add_comment(world, number):
    author = (world["ada"], world["max"], world["eve"])[number % 3]
    Comment.objects.create(task=world["task"], author=author, body=f"Comment {number}")


def add_named(world, number):
    author = (world["max"], world["eve"])[number % 2]
    said = Comment.objects.create(task=world["task"], author=author, body=f"@Ada {number}")
    Mention.objects.create(comment=said, person=world["ada"], words="Ada")


def add_task_file(world, number):
    author = (world["ada"], world["max"], world["eve"])[number % 3]
    TaskFile.objects.create(
        task=world["task"], author=author, filename=f"{number}.txt", media_type="text/plain", size=1
    )


def add_reminder(world, number):
    Reminder.objects.create(task=world["task"], minutes_before=number)


def add_message(world, number):
    person = (world["ada"], world["max"], world["eve"])[number % 3]
    OutgoingMessage.objects.create(
        recipient=person,
        channel="email",
        address=person.email,
        subject=f"Message {number}",
        text="",
        kind="task_reminder",
        dedupe_key=str(number),
        status="failed",
        due_at=timezone.now(),
    )


def add_connection(world, number):
    person = (world["ada"], world["max"], world["eve"])[number % 3]
    Connection.objects.create(provider="google", person=person, account_key=str(number))


def add_user(world, number):
    role = Role.objects.create(name=f"Role {number}", permissions=["task:read"])
    User.objects.create(email=f"p{number}@acme.example", full_name=f"Person {number}", role=role)


def add_role(world, number):
    Role.objects.create(name=f"Role {number}", permissions=["task:read"])


def add_team(world, number):
    team = Team.objects.create(name=f"Team {number}", lead=world["max"])
    for position, name in enumerate(("ada", "eve")):
        TeamMembership.objects.create(team=team, user=world[name], position=position)


def add_note(world, number):
    author = (world["ada"], world["max"], world["eve"])[number % 3]
    new = NewNote(title=f"Note {number}", body="Text", visibility="office", tags=["acme"])
    create_note(new=new, by=author)


def add_version(world, number):
    author = (world["ada"], world["max"], world["eve"])[number % 3]
    NoteVersion.objects.create(
        note=world["note"], number=number + 2, author=author, title=f"Note {number}"
    )


def add_document(world, number):
    author = (world["ada"], world["max"], world["eve"])[number % 3]
    document = Document.objects.create(title=f"Document {number}", owner=author)
    add_file({**world, "document": document}, -1)


def add_file(world, number):
    author = (world["ada"], world["max"], world["eve"])[number % 3]
    Revision.objects.create(
        document=world["document"], number=number + 2, filename="a.txt", format="text", size=1,
        author=author,
    )  # fmt: skip


def add_signer(world, number):
    role = Role.objects.create(name=f"Role {number}", permissions=["note:read"])
    User.objects.create(email=f"p{number}@acme.example", full_name=f"Person {number}", role=role)
    Document.objects.update(sign_by_all=True, visibility="office", revision=1)


def add_event(world, number):
    people = (world["ada"], world["max"], world["eve"])
    new = NewEvent(
        title=f"Event {number}",
        start=timezone.now() + timedelta(days=number + 1),
        attendees=[{"user_id": person.pk} for person in people]
        + [{"email": f"g{number}@x.example"}],
        reminders=[number],
    )
    create_event(new=new, by=people[number % 3])


def add_calendar(world, number):
    Calendar.objects.create(kind="room", name=f"Room {number}")


def add_feed(world, number):
    Feed.objects.create(person=world["ada"], name=f"Feed {number}", digest=str(number))


def add_subscription(world, number):
    calendar = Calendar.objects.create(owner=world["ada"], name=f"Followed {number}")
    Subscription.objects.create(
        calendar=calendar,
        person=world["ada"],
        url=f"https://x.example/{number}",
        host="x.example",
        next_at=timezone.now(),
    )


@pytest.fixture
def world(ada, max_, eve, finance, task):
    note = create_note(new=NewNote(title="Minutes"), by=ada)
    people = {"ada": ada, "max": max_, "eve": eve}
    document = Document.objects.create(title="Leave", owner=ada)
    url = "https://hooks.example"
    webhook = Webhook.objects.create(url=url, events=["note.deleted"], secret="x")
    people["webhook"] = webhook
    sync = CalendarSync.objects.create(
        calendar=Calendar.objects.create(owner=ada, name="Synced"),
        connection=Connection.objects.create(provider="google", person=ada, account_key="ada"),
        remote_id="work",
    )
    rows = {"task": task, "note": note, "document": document, "sync": sync}
    return {**people, "team": finance, **rows}


def add_invitation(world, number):
    role = Role.objects.create(name=f"Role {number}", permissions=[])
    Invitation.objects.create(
        email=f"p{number}@acme.example",
        role=role,
        invited_by=world["ada"],
        expires_at=timezone.now() + timedelta(days=number - 3),
    )


def add_api_key(world, number):
    ApiKey.objects.create(
        user=world["ada"], name=f"Key {number}", digest="x", expires_at=timezone.now()
    )


def add_session(world, number):
    ends = timezone.now() + timedelta(days=1)
    RefreshFamily.objects.create(user=world["ada"], expires_at=ends, user_agent=f"Agent {number}")


def add_device(world, number):
    Device.objects.create(user=world["ada"], digest=str(number), seen_at=timezone.now())


def add_authenticator(world, number):
    facts = {"kind": "passkey", "secret": "x", "credential": str(number)}
    Authenticator.objects.create(user=world["ada"], **facts)


def add_provider(world, number):
    role = Role.objects.create(name=f"Role {number}", permissions=[])
    IdentityProvider.objects.create(
        name=f"Provider {number}", issuer=f"https://{number}.example", default_role=role
    )


def add_webhook(world, number):
    Webhook.objects.create(url=f"https://{number}.example", events=["note.created"], secret="x")


def add_told(world, number):
    WebhookDelivery.objects.create(
        webhook=world["webhook"],
        event="note.created",
        data={"id": str(number)},
        occurred_at=timezone.now(),
        status="failed",
    )


def add_sync(world, number):
    made = CalendarSync.objects.create(
        calendar=Calendar.objects.create(owner=world["ada"], name=f"Synced {number}"),
        connection=Connection.objects.create(
            provider="google", person=world["ada"], account_key=f"synced {number}"
        ),
        remote_id="work",
    )
    for name in ("a", "b"):
        EventLink.objects.create(sync=made, external_id=name, trouble=f"{name} {number}")
    later = timezone.now()
    SyncChannel.objects.create(sync=made, external_id=str(number), ends_at=later, renew_at=later)


def add_conflict(world, number):
    SyncConflict.objects.create(
        sync=world["sync"], title=f"Event {number}", field="title", lost_side="here"
    )


ROWS = {
    ("GET", "webhooks"): (add_webhook, Webhook),
    ("GET", "webhook-deliveries"): (add_told, WebhookDelivery),
    ("GET", "identity-providers"): (add_provider, IdentityProvider),
    ("GET", "authenticators"): (add_authenticator, Authenticator),
    ("GET", "sessions"): (add_session, RefreshFamily),
    ("GET", "devices"): (add_device, Device),
    ("GET", "api-keys"): (add_api_key, ApiKey),
    ("GET", "invitations"): (add_invitation, Invitation),
    ("GET", "users"): (add_user, User),
    ("GET", "roles"): (add_role, Role),
    ("GET", "teams"): (add_team, Team),
    ("GET", "tasks"): (add_task, Task),
    ("GET", "comments"): (add_comment, Comment),
    ("GET", "task-files"): (add_task_file, TaskFile),
    ("GET", "mentions"): (add_named, Mention),
    ("GET", "task-reminders"): (add_reminder, Reminder),
    ("GET", "notes"): (add_note, Note),
    ("GET", "note-versions"): (add_version, NoteVersion),
    ("GET", "documents"): (add_document, Document),
    ("GET", "document-revisions"): (add_file, Revision),
    ("GET", "document-sign-offs"): (add_signer, User),
    ("GET", "events"): (add_event, Event),
    ("GET", "feeds"): (add_feed, Feed),
    ("GET", "subscriptions"): (add_subscription, Subscription),
    ("GET", "syncs"): (add_sync, CalendarSync),
    ("GET", "sync-conflicts"): (add_conflict, SyncConflict),
    ("GET", "sync-status"): (add_sync, CalendarSync),
    ("GET", "calendars"): (add_calendar, Calendar),
    ("GET", "connections"): (add_connection, Connection),
    ("GET", "messages"): (add_message, OutgoingMessage),
    ("GET", "audit-logs"): (add_comment, AuditEntry),
}
# What shows many rows, and is called otherwise.
OTHERS = {("GET", "sync-conflicts"), ("GET", "sync-status")}
KNOWN = [*ROWS]


def test_every_list_has_a_line():
    assert {*LISTS, *OTHERS} == set(ROWS)


@pytest.mark.parametrize("key", KNOWN, ids=[name for _method, name in KNOWN])
def test_a_list_costs_as_many_queries_for_fifty_rows_as_for_one(key, api, ada, world, task):
    add, model = ROWS[key]
    client = api(ada)
    url = url_of(key, world)
    client.get(url)  # the first request of a process looks for its office
    add(world, 0)
    few = queries(client, url)
    for number in range(1, 51):
        add(world, number)
    assert model.objects.count() > 50
    many = queries(client, url)
    assert len(many) == len(few) <= MOST, many


@pytest.mark.parametrize("key", LISTS, ids=[name for _method, name in LISTS])
def test_a_list_refuses_a_parameter_that_it_does_not_know(key, api, ada, world):
    answer = api(ada).get(url_of(key, world), {"colour": "blue"})
    assert answer.status_code == 400
    assert [item["attr"] for item in answer.json()["errors"]] == ["colour"]


def url_of(key, world):
    found = operation(*key)
    names = ("task", "note", "document", "webhook", "sync")
    ids = {f"{name}_id": world[name].pk for name in names}
    return found.url(**{name: pk for name, pk in ids.items() if name in found.path})


def queries(client, url):
    """Return the statements, without the savepoint that stands for the request's transaction."""
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url)
    assert answer.status_code == 200
    shown = answer.json()
    assert shown if isinstance(shown, list) else shown["results"]
    return [item["sql"] for item in caught if "SAVEPOINT" not in item["sql"]]
