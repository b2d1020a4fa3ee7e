"""No list, sweep, claim or sign-in walks through a big table to find a few rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from calendar_app.models import Calendar, Event
from documents.models import Document
from messaging.ledger import claim_messages
from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from notes.models import Note
from tasks.models import Comment, Mention, Task
from tenants.context import current_tenant, public_context
from tenants.directory import offices_of_email
from tenants.models import DueInstant, LoginEntry
from tests.conftest import in_office, person
from tests.plans import analyze, may_analyze, plans_of

BIG = 3000


@pytest.fixture(scope="module")
def crowd(standing):
    """Thousands of messages, notes, documents, events, due instants and addresses."""
    with in_office("acme"):
        make_crowd(person("ada@acme.example"), person("eve@acme.example"))
        with may_analyze(current_tenant().schema_name, "public"):
            analyze(OutgoingMessage, Note, Document, Event, Task, Comment, Mention)
            with public_context():
                analyze(LoginEntry, DueInstant)
            yield


def make_crowd(ada, eve):
    now = timezone.now()
    ahead = [now + timedelta(hours=n) for n in range(BIG)]
    calendar = Calendar.objects.create(owner=ada, name="Full")
    OutgoingMessage.objects.bulk_create(
        OutgoingMessage(
            recipient=eve if n % 300 == 0 else ada,
            channel="email",
            address="a@acme.example",
            subject="Reminder",
            text="It is time.",
            kind="task_reminder",
            dedupe_key=str(n),
            due_at=moment,
            wake_at=moment,
        )
        for n, moment in enumerate(ahead)
    )
    for kind in (Note, Document):
        people = {"author" if kind is Note else "owner": ada}
        kind.objects.bulk_create(kind(title=f"{n}", **people) for n in range(BIG))
    Event.objects.bulk_create(
        Event(
            calendar=calendar,
            organizer=ada,
            title="Meeting",
            start=moment,
            end=moment + timedelta(hours=1),
            ends_at=moment + timedelta(hours=1),
            ical_uid=str(n),
        )
        for n, moment in enumerate(ahead)
    )
    task = Task.objects.create(title="Much talked about", creator=ada)
    said = [Comment(task=task, author=eve, body="@Ada") for _n in range(BIG)]
    Comment.objects.bulk_create(said)
    Mention.objects.bulk_create(
        Mention(comment=comment, person=ada if n % 300 == 0 else eve, words="Ada")
        for n, comment in enumerate(said)
    )
    # Triggers keep the directory of addresses and that of due instants.
    people = (User(email=f"{n}@acme.example", full_name="N", role=eve.role) for n in range(BIG))
    User.objects.bulk_create(people)


@pytest.fixture
def crowded(in_acme, crowd):
    """The test works in that office."""


LISTS = {
    "messages": "message_newest",
    "notes": "note_newest",
    "documents": "document_newest",
    "mentions": "mention_of_person",
    "calendar/events?start=2031-01-01T00:00Z&end=2031-01-02T00:00Z": "event_by_end",
}


def test_lists_are_read_by_their_indexes(api, ada, crowded):
    client = api(ada)
    for path, index in LISTS.items():
        assert client.get(f"/api/v1/{path}").status_code == 200
        assert index in plans_of(lambda path=path: client.get(f"/api/v1/{path}"))


def test_claims_sweeps_and_sign_ins_find_what_they_look_for(crowded):
    some = list(OutgoingMessage.objects.values_list("pk", flat=True)[:20])
    plans = plans_of(lambda: claim_messages(some))
    assert "Update on messaging_outgoingmessage" in plans
    assert "Seq Scan on messaging_outgoingmessage" not in plans
    yesterday = timezone.now() - timedelta(days=1)
    with public_context():
        assert "due_instant_by_time" in plans_of(lambda: sweep_due(now=yesterday))
        plans = plans_of(lambda: offices_of_email("77@acme.example"))
    assert "login_entry_once_per_tenant" in plans
    assert "Seq Scan on tenants_loginentry" not in plans
