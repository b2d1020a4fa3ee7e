"""Programs are told of the audit trail, by those who may read it."""

import json

import pytest

from accounts.models import AuditEntry, Role
from accounts.services import create_user
from tasks.models import Task
from tasks.services import NewTask, create_task, update_task
from tenants.context import tenant_context
from tests.accounts.contract import assert_refused
from tests.conftest import PASSWORD
from tests.webhooks.conftest import tell
from webhooks.models import Webhook, WebhookDelivery
from webhooks.services import create_webhook

HERE = "/api/v1/webhooks"
WANTED = {"url": "https://example.com/hook", "events": ["audit.entry"]}


@pytest.fixture
def listener(receiver, in_acme, ada) -> Webhook:
    """A webhook of acme that wants the audit trail alone."""
    return create_webhook(url=receiver.url, events=["audit.entry"], by=ada)


@pytest.fixture
def clerk(in_acme):
    """Somebody who sets the office up, and may not read its trail."""
    role = Role.objects.create(name="clerk", permissions=["admin:settings"])
    user = create_user(email="c@acme.example", full_name="C", role="employee", password=PASSWORD)
    user.role = role
    user.save()
    return user


def entries():
    rows = WebhookDelivery.objects.filter(event="audit.entry").order_by("occurred_at")
    return [row.data for row in rows]


def test_an_entry_is_told_with_its_names_and_without_its_values(listener, receiver, api, ada):
    client = api(ada)
    before = len(entries())
    body = {"title": "Secret plan"}
    made = client.post("/api/v1/tasks", body, HTTP_X_REQUEST_ID="asked-1").json()
    changed = {"title": "Other plan"}
    client.patch(f"/api/v1/tasks/{made['id']}", changed, HTTP_X_REQUEST_ID="asked-2")
    created, updated = entries()[before:]
    entry = AuditEntry.objects.get(cid="asked-1", object_pk=made["id"])
    assert created == {
        "id": str(entry.pk),
        "action": "CREATE",
        "resource_type": "task",
        "resource_id": made["id"],
        "user_id": str(ada.pk),
        "source": "api",
        "request_id": "asked-1",
    }
    assert (updated["action"], updated["changed"]) == ("UPDATE", ["title"])
    tell()
    assert receiver.read(listener.secret, 0)["type"] == "audit.entry"
    assert not any(b"plan" in asked.body for asked in receiver.asked)


def test_every_entry_is_told_whatever_wrote_it(listener, ada):
    before = AuditEntry.objects.count() - len(entries())
    Task.objects.bulk_create([Task(title=f"Task {n}", creator=ada) for n in range(3)])
    Task.objects.update(priority="low")
    task = Task.objects.first()
    update_task(task=task, changes={"priority": "high"}, by=ada)
    task.delete()
    assert len(entries()) == AuditEntry.objects.count() - before
    assert {one["action"] for one in entries()} == {"CREATE", "UPDATE", "DELETE"}


def test_telling_of_an_entry_makes_no_entry_to_be_told_of(listener, receiver, ada):
    create_task(new=NewTask(title="Order badges"), by=ada)
    count = AuditEntry.objects.count()
    tell()
    assert receiver.asked
    assert AuditEntry.objects.count() == count
    assert not WebhookDelivery.objects.exclude(status="delivered").exists()


def test_who_does_not_want_it_is_not_told(receiver, in_acme, ada):
    create_webhook(url=receiver.url, events=["task.created"], by=ada)
    create_task(new=NewTask(title="Order badges"), by=ada)
    assert [row.event for row in WebhookDelivery.objects.all()] == ["task.created"]


def test_the_trail_of_another_office_is_not_told(listener, mia, globex):
    before = entries()
    with tenant_context(globex):
        create_task(new=NewTask(title="Of globex"), by=mia)
    assert entries() == before


def test_who_may_not_read_the_trail_may_not_have_it_told(api, ada, clerk):
    assert_refused(api(clerk).post(HERE, WANTED), 403)
    mine = api(clerk).post(HERE, {**WANTED, "events": ["task.created"]})
    assert mine.status_code == 201
    assert_refused(
        api(clerk).patch(f"{HERE}/{mine.json()['id']}", {"events": ["audit.entry"]}), 403
    )
    assert Webhook.objects.get().events == ["task.created"]
    assert api(ada).post(HERE, WANTED).status_code == 201


def test_nor_change_or_read_one_that_others_set_up(api, listener, clerk, ada):
    create_task(new=NewTask(title="Order badges"), by=ada)
    told = WebhookDelivery.objects.filter(event="audit.entry").first()
    client, one = api(clerk), f"{HERE}/{listener.pk}"
    assert client.get(HERE).json()["count"] == 0
    for answer in (
        client.get(one),
        client.patch(one, {"url": "https://elsewhere.example"}),
        client.post(f"{one}/secret"),
        client.post(f"{one}/test"),
        client.delete(one),
        client.get(f"{one}/deliveries"),
        client.post(f"{one}/deliveries/{told.pk}/resend"),
    ):
        assert_refused(answer, 404)
    assert json.loads(api(ada).get(f"{one}/deliveries").content)["results"]
