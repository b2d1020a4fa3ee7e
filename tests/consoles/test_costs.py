"""Each list costs the same queries for one row and for fifty."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from accounts.consoles import tenant_console
from accounts.identity_models import ApiKey, IdentityProvider, Invitation
from accounts.models import AuditEntry, Role, Team, User
from assistant.llm.models import ModelCall
from calendar_app.models import Calendar, CalendarSync, Event
from connections.models import Connection
from documents.models import Document
from messaging.models import DeliveryAttempt, OutgoingMessage
from notes.models import Note
from tasks.models import Comment, Reminder, Task
from tenants.context import public_context
from tenants.models import Tenant, schema_name_of
from tenants.operation_models import ErasureCertificate, Operation
from tenants.periodic import write_run
from tenants.schema_states import SchemaState
from webhooks.models import Webhook, WebhookDelivery

MOST, MOST_OF_FIRST = 10, 15
# A test is one transaction: a request in it opens a savepoint and has to leave the office first.
ONLY_IN_TESTS = ("SAVEPOINT", "RELEASE", "SET LOCAL search_path = public")
SOON = timezone.now() + timedelta(days=1)


def a_person(number):
    role = Role.objects.get(name="employee")
    email = f"p{number}@acme.example"
    return User.objects.create(email=email, full_name=f"Person {number}", role=role, password="!")


def a_message(number):
    message = OutgoingMessage.objects.create(
        recipient=a_person(number),
        channel="email",
        address="a@b.example",
        subject="S",
        text="",
        kind="reminder",
        dedupe_key=str(number),
        status="failed",
        due_at=SOON,
    )
    DeliveryAttempt.objects.create(message=message, number=1, started_at=SOON)


def a_task(number):
    person = a_person(number)
    team = Team.objects.create(name=f"Team {number}", lead=person)
    return Task.objects.create(title="T", creator=person, assignee=person, team=team)


def a_calendar(number):
    return Calendar.objects.create(kind="room", name=f"Room {number}")


def an_event(number):
    at = SOON + timedelta(hours=number)
    end = at + timedelta(hours=1)
    person = a_person(number)
    return Event.objects.create(
        calendar=a_calendar(number), organizer=person, title="E", start=at, end=end, ends_at=end
    )


def a_webhook(number):
    return Webhook.objects.create(
        url=f"https://example.com/{number}", events=["task.created"], secret="x"
    )


def a_delivery(number):
    return WebhookDelivery.objects.create(
        webhook=a_webhook(number), event="task.created", data={}, occurred_at=SOON, status="failed"
    )


def a_key(number):
    person = a_person(number)
    User.objects.filter(pk=person.pk).update(is_service=True)
    ApiKey.objects.create(user=person, name="K", prefix="x", digest=str(number), expires_at=SOON)


def an_account(number):
    person = a_person(number)
    return Connection.objects.create(provider="google", person=person, account_key=str(number))


def a_sync(number):
    CalendarSync.objects.create(calendar=a_calendar(number), connection=an_account(number))


def an_invitation(number):
    role, by = Role.objects.create(name=f"r{number}"), a_person(number)
    Invitation.objects.create(
        email=f"n{number}@acme.example", role=role, invited_by=by, expires_at=SOON
    )


def a_provider(number):
    role = Role.objects.create(name=f"r{number}")
    facts = {"name": "P", "client_id": "x", "default_role": role}
    IdentityProvider.objects.create(issuer=f"https://{number}.example", **facts)


def a_call(number):
    ModelCall.objects.create(
        purpose="parse", host="h", model="m", tokens_in=1, tokens_out=1, cost=0
    )


OFFICE_ROWS = {
    "accounts/user": a_person,
    "accounts/role": lambda number: Role.objects.create(name=f"r{number}"),
    "accounts/team": lambda number: Team.objects.create(name=f"t{number}", lead=a_person(number)),
    "accounts/auditentry": a_person,
    "tasks/task": a_task,
    "tasks/reminder": lambda number: Reminder.objects.create(task=a_task(number), at=SOON),
    "messaging/outgoingmessage": a_message,
    "connections/connection": an_account,
    "calendar_app/calendar": a_calendar,
    "calendar_app/event": an_event,
    "notes/note": lambda number: Note.objects.create(title="N", author=a_person(number)),
    "webhooks/webhook": a_webhook,
    "webhooks/webhookdelivery": a_delivery,
    "accounts/apikey": a_key,
    "accounts/invitation": an_invitation,
    "accounts/identityprovider": a_provider,
    "assistant/modelcall": a_call,
    "calendar_app/calendarsync": a_sync,
    "documents/document": lambda number: Document.objects.create(title="D", owner=a_person(number)),
}


def a_tenant(number):
    key = uuid4()
    name = schema_name_of(key)
    Tenant.objects.create(id=key, name=f"T{number}", slug=f"t{number}", schema_name=name)


def an_operation(number):
    Operation.objects.create(
        kind="export", status="done", tenant_id=uuid4(), label=f"t{number}", requested_by="x"
    )


def a_schema_state(number):
    a_tenant(number)
    tenant = Tenant.objects.get(slug=f"t{number}")
    now = timezone.now()
    SchemaState.objects.create(tenant=tenant, status="current", started_at=now, ended_at=now)


def a_run(number):
    write_run(uuid4(), schedule="s", job="x", outcome="done", ended_at=timezone.now(), seconds=1.0)


def a_certificate(number):
    ErasureCertificate.objects.create(
        tenant_hash=f"{number:064}", requested_by="x", rows=1, files=0, bytes=0, sha256="0" * 64
    )


def a_job(number):
    every = IntervalSchedule.objects.create(every=100 + number, period="days")
    PeriodicTask.objects.create(name=f"j{number}", task="x", interval=every)


PLATFORM_ROWS = {
    "accounts/user": a_person,
    "accounts/auditentry": a_person,
    "tenants/tenant": a_tenant,
    "tenants/plan": a_tenant,
    "tenants/operation": an_operation,
    "tenants/erasurecertificate": a_certificate,
    "tenants/schemastate": a_schema_state,
    "tenants/jobrun": a_run,
    "django_celery_beat/periodictask": a_job,
    "django_celery_beat/intervalschedule": a_job,
    "django_celery_beat/crontabschedule": lambda number: CrontabSchedule.objects.create(
        minute=str(number)
    ),
}


def cost_of(client, place):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(place).status_code == 200
    return [query["sql"] for query in queries if not query["sql"].startswith(ONLY_IN_TESTS)]


def test_every_list_of_the_office_is_measured():
    tables = {f"{m._meta.app_label}/{m._meta.model_name}" for m in tenant_console._registry}
    assert tables == {*OFFICE_ROWS}


@pytest.mark.parametrize("table", OFFICE_ROWS)
def test_a_list_of_the_office_costs_the_same_for_more_rows(table, console, in_acme):
    OFFICE_ROWS[table](0)
    first = cost_of(console, f"/admin/{table}/")
    assert len(first) <= MOST, "\n".join(first)
    for number in range(1, 50):
        OFFICE_ROWS[table](number)
    assert len(cost_of(console, f"/admin/{table}/")) == len(first)


@pytest.mark.parametrize("page", ["office-settings", "sign-in-rules", "office-export"])
def test_a_page_about_the_office_costs_the_same_for_more_of_everything(page, console, in_acme):
    first = cost_of(console, f"/admin/{page}/")
    assert len(first) <= MOST, "\n".join(first)
    for number in range(10):
        a_person(number)
        export = {"kind": "export", "status": "failed", "tenant_id": in_acme.pk}
        with public_context():
            Operation.objects.create(**export, label="acme", requested_by="x")
    assert len(cost_of(console, f"/admin/{page}/")) == len(first)


def test_the_first_page_of_the_office_costs_the_same_for_more_of_everything(console, in_acme):
    def more(number):
        for place, make in enumerate((a_task, a_message, an_account)):
            make(100 * place + number)

    more(0)
    first = cost_of(console, "/admin/")
    assert len(first) <= MOST_OF_FIRST, "\n".join(first)
    for number in range(1, 20):
        more(number)
    assert len(cost_of(console, "/admin/")) == len(first)


@pytest.mark.parametrize("table", PLATFORM_ROWS)
def test_a_list_of_the_platform_costs_the_same_for_more_rows(table, platform, olga):
    operators = platform(olga)
    with public_context():
        PLATFORM_ROWS[table](0)
    first = cost_of(operators, f"/admin/{table}/")
    assert len(first) <= MOST, "\n".join(first)
    with public_context():
        for number in range(1, 50):
            PLATFORM_ROWS[table](number)
    assert len(cost_of(operators, f"/admin/{table}/")) == len(first)


def test_a_tasks_page_and_history_cost_the_same_for_more_rows(console, task, ada):
    def more(number):
        Comment.objects.create(task=task, author=a_person(number), body="B")
        Reminder.objects.create(task=task, at=SOON + timedelta(hours=number))
        task.title, task.assignee = f"Title {number}", User.objects.order_by("?").first()
        task.save()

    place = f"/admin/tasks/task/{task.pk}"
    more(0)
    first = [len(cost_of(console, f"{place}/{page}/")) for page in ("change", "history")]
    for number in range(1, 20):
        more(number)
    assert AuditEntry.objects.filter(object_pk=str(task.pk)).count() > 20
    assert [len(cost_of(console, f"{place}/{page}/")) for page in ("change", "history")] == first
