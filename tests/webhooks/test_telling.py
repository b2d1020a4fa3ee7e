"""What happens is told once it is committed, signed, and again until it has arrived."""

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from accounts.services import create_user
from calendar_app.models import Event
from calendar_app.services import NewEvent, create_event
from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from notes.services import NewNote, create_note
from tasks.models import Task
from tasks.services import NewTask, complete_task, create_task, update_task
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.models import DueInstant, WantedEvent
from tests.conftest import PASSWORD
from tests.peers.loopback import Told
from tests.webhooks.conftest import tell
from webhooks.delivery import BACK_OFF, GIVEN_UP_AFTER, KEPT_FOR, LEASE, deliver, forget_old
from webhooks.jobs import forget_deliveries
from webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from webhooks.services import (
    OVERLAP,
    change_webhook,
    create_webhook,
    resend,
    rotate_secret,
    wake_deliveries,
)


def told():
    return list(WebhookDelivery.objects.order_by("occurred_at").values_list("event", flat=True))


# --- What is owed


def test_each_step_of_a_task_is_told(webhook, receiver, ada, eve):
    task = create_task(new=NewTask(title="Order badges", assignee_id=eve.pk), by=ada)
    update_task(task=task, changes={"priority": "high"}, by=ada)
    complete_task(task=task, by=ada)
    pk = str(task.pk)
    task.delete()
    assert told() == ["task.created", "task.updated", "task.completed", "task.deleted"]
    tell()
    made, changed, done, gone = (receiver.read(webhook.secret, place) for place in range(4))
    assert made["type"] == "task.created"
    assert made["data"] == {
        "id": pk,
        "title": "Order badges",
        "status": "pending",
        "priority": "medium",
        "assignee_id": str(eve.pk),
        "creator_id": str(ada.pk),
        "team_id": None,
        "due_date": None,
    }
    assert changed["data"]["changed"] == ["priority"]
    assert done["data"]["status"] == "done"
    assert gone["data"]["id"] == pk
    assert made["timestamp"].endswith("Z")


def test_bulk_writes_are_told_as_well(webhook, ada):
    Task.objects.bulk_create([Task(title=f"Task {n}", creator=ada) for n in range(3)])
    Task.objects.update(priority="low")
    assert told() == ["task.created"] * 3 + ["task.updated"] * 3


def test_events_and_notes_are_told_without_their_words(webhook, receiver, ada):
    start = timezone.now() + timedelta(days=1)
    event = create_event(new=NewEvent(title="Secret lunch", start=start), by=ada)
    Event.objects.filter(pk=event.pk).update(location="Room 7")
    note = create_note(new=NewNote(title="Secret plan", body="Of words"), by=ada)
    note.delete()
    found = told()
    assert [name for name in found if name.startswith("event")] == [
        "event.created",
        "event.updated",
    ]
    assert [name for name in found if name.startswith("note")] == ["note.created", "note.deleted"]
    tell()
    assert not any(b"Secret" in asked.body for asked in receiver.asked)


def test_messages_are_told_when_they_are_owed_and_when_they_have_gone(webhook, ada):
    now = timezone.now()
    message = OutgoingMessage.objects.create(
        recipient=ada, channel="email", address=ada.email, subject="Hi", text="x", kind="letter",
        dedupe_key="1", due_at=now, wake_at=now,
    )  # fmt: skip
    message.change(status="sending")
    message.change(status="sent", wake_at=None, sent_at=now)
    assert told() == ["message.created", "message.sent"]


def test_only_what_is_wanted_is_told(receiver, in_acme, ada):
    create_webhook(url=receiver.url, events=["note.created"], by=ada)
    create_task(new=NewTask(title="Order badges"), by=ada)
    assert told() == []


def test_what_changes_nothing_that_counts_is_not_told(webhook, task):
    Task.objects.filter(pk=task.pk).update(completed_at=None, source="api")
    assert told() == ["task.created"]


def test_what_is_taken_back_is_not_told(committed):
    with tenant_transaction(committed):
        una = create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
        create_webhook(url="https://example.com", events=["task.created"], by=una)

    def write_and_fail():
        with tenant_transaction(committed):
            create_task(new=NewTask(title="Order badges"), by=una)
            assert told() == ["task.created"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with tenant_transaction(committed):
        assert told() == []


def test_what_another_office_does_is_not_told(webhook, mia, globex):
    with tenant_context(globex):
        create_task(new=NewTask(title="Of globex"), by=mia)
        assert told() == []
    assert told() == []


def test_the_sweep_finds_what_is_to_be_told(webhook, receiver, task, monkeypatch):
    with public_context():
        assert DueInstant.objects.filter(kind="webhook").count() == 1
    queued = []
    monkeypatch.setattr("webhooks.services.deliver_webhooks.delay_on_commit", queued.extend)
    with public_context():
        sweep_due()
    pk = WebhookDelivery.objects.get().pk
    assert queued == [str(pk)]
    deliver([pk])
    assert len(receiver.asked) == 1
    with public_context():
        assert not DueInstant.objects.filter(kind="webhook").exists()


def test_what_is_wanted_follows_the_webhooks(receiver, in_acme, ada, acme, globex):
    def wanted():
        with public_context():
            rows = WantedEvent.objects.order_by("event").values_list("tenant", "event")
            return [(tenant, event) for tenant, event in rows]

    both = ["note.created", "task.created"]
    one = create_webhook(url=receiver.url, events=both, by=ada)
    other = create_webhook(url=receiver.url, events=["task.created"], by=ada)
    assert wanted() == [(acme.pk, "note.created"), *[(acme.pk, "task.created")] * 2]
    change_webhook(webhook=one, changes={"events": ["note.deleted"]}, by=ada)
    assert wanted() == [(acme.pk, "note.deleted"), (acme.pk, "task.created")]
    change_webhook(webhook=other, changes={"is_active": False}, by=ada)
    assert wanted() == [(acme.pk, "note.deleted")]
    change_webhook(webhook=other, changes={"is_active": True}, by=ada)
    Webhook.objects.filter(pk=one.pk).delete()
    assert wanted() == [(acme.pk, "task.created")]


# --- Signatures


def test_a_signature_is_that_of_the_specification(webhook, receiver, task, ada):
    tell()
    delivery = WebhookDelivery.objects.get()
    assert receiver.read(webhook.secret)["data"]["id"] == str(task.pk)
    assert receiver.asked[0].headers["webhook-id"] == str(delivery.pk)
    assert receiver.asked[0].path == "/hook"
    assert receiver.asked[0].query == {"of": ["acme"]}
    other = create_webhook(url=receiver.url, events=["task.created"], by=ada)
    with pytest.raises(WebhookVerificationError):
        receiver.read(other.secret)


def test_both_secrets_sign_for_a_day(webhook, receiver, task, time_machine):
    old = webhook.secret
    rotate_secret(webhook=webhook)
    assert webhook.secret != old
    tell()
    assert receiver.read(old) == receiver.read(webhook.secret)
    Task.objects.update(priority="low")
    WebhookDelivery.objects.update(wake_at=None, status="delivered", ended_at=timezone.now())
    time_machine.move_to(timezone.now() + OVERLAP)
    Task.objects.update(priority="high")
    tell()
    assert receiver.read(webhook.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.read(old)
    forget_old()
    assert Webhook.objects.get(pk=webhook.pk).old_secret == ""


# --- Trying again


def state():
    row = WebhookDelivery.objects.get()
    return row.status, row.attempts


def test_what_does_not_arrive_is_told_again_under_the_same_id(
    webhook, receiver, task, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    receiver.tells = Told(500)
    for number, wait in enumerate(BACK_OFF, 1):
        tell()
        row = WebhookDelivery.objects.get()
        assert (row.status, row.attempts, row.answer) == ("pending", number, 500)
        assert row.wake_at == timezone.now() + wait
        time_machine.shift(wait)
    tell()
    assert state() == ("failed", len(BACK_OFF) + 1)
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1
    assert len({asked.body for asked in receiver.asked}) == 1
    receiver.tells = Told(200)
    resend(delivery=WebhookDelivery.objects.select_related("webhook").get())
    tell()
    assert state() == ("delivered", 1)
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1


def test_it_waits_as_long_as_it_is_told_to(webhook, receiver, task, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    receiver.tells = Told(429, headers=(("Retry-After", "1800"),))
    tell()
    assert WebhookDelivery.objects.get().wake_at == timezone.now() + timedelta(minutes=30)


def test_a_line_that_is_cut_is_a_failure(webhook, receiver, task):
    receiver.tells = None
    tell()
    row = WebhookDelivery.objects.get()
    assert (row.status, row.answer, row.reason) == ("pending", None, "The line was cut.")


def test_where_one_does_not_arrive_the_others_wait(webhook, receiver, ada):
    receiver.tells = Told(503)
    Task.objects.bulk_create([Task(title=f"Task {n}", creator=ada) for n in range(5)])
    tell()
    assert len(receiver.asked) == 1
    assert sorted(WebhookDelivery.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_an_address_inside_is_never_asked(webhook, receiver, task, settings):
    settings.OUTGOING_NETWORKS = ()
    tell()
    assert receiver.asked == []
    assert "nobody outside may ask" in WebhookDelivery.objects.get().reason


def test_a_redirect_is_not_followed(webhook, receiver, task):
    receiver.tells = Told(302, headers=(("Location", receiver.url),))
    tell()
    assert len(receiver.asked) == 1
    assert WebhookDelivery.objects.get().answer == 302


# --- Killed workers


def test_what_a_killed_worker_had_in_hand_is_told_again(webhook, receiver, task, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    row = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(status="sending", wake_at=timezone.now() + LEASE, attempts=1)
    deliver([row.pk])
    assert receiver.asked == []
    time_machine.shift(LEASE)
    wake_deliveries([row.pk], timezone.now())
    deliver([row.pk])
    assert state() == ("delivered", 2)


def test_who_lost_the_lease_writes_nothing_down(webhook, receiver, task):
    row = WebhookDelivery.objects.get()

    from webhooks import delivery

    claimed = delivery._claim(row.pk, set())
    WebhookDelivery.objects.update(wake_at=timezone.now() + 2 * LEASE)
    delivery._record(claimed, delivery.Result(is_good=True, answer=200))
    assert state()[0] == "sending"


# --- Giving up


def test_after_days_of_failures_it_is_switched_off_and_admins_are_told(
    webhook, receiver, task, ada, max_, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    receiver.tells = Told(500)
    tell()
    assert Webhook.objects.get().failing_since == timezone.now()
    time_machine.shift(GIVEN_UP_AFTER - timedelta(seconds=1))
    WebhookDelivery.objects.update(wake_at=timezone.now())
    tell()
    assert Webhook.objects.get().is_active
    time_machine.shift(timedelta(seconds=1))
    WebhookDelivery.objects.update(wake_at=timezone.now())
    tell()
    off = Webhook.objects.get()
    assert (off.is_active, off.disabled_why) == (False, "The server said 500.")
    letters = OutgoingMessage.objects.filter(kind="webhook_switched_off")
    assert [letter.recipient for letter in letters] == [ada]
    assert webhook.url in letters[0].text
    # What was still to be told is not, and nothing new is owed.
    tell()
    Task.objects.update(priority="low")
    assert "task.updated" not in told()
    change_webhook(webhook=off, changes={"is_active": True}, by=ada)
    assert (off.failing_since, off.disabled_why) == (None, "")


def test_one_success_forgets_the_failures(webhook, receiver, task):
    receiver.tells = Told(500)
    tell()
    receiver.tells = Told(200)
    tell()
    assert Webhook.objects.get().failing_since is None


def test_an_address_that_is_gone_is_switched_off_at_once(webhook, receiver, task):
    receiver.tells = Told(410)
    tell()
    assert not Webhook.objects.get().is_active


def test_what_was_told_a_month_ago_is_forgotten(webhook, receiver, task, time_machine):
    tell()
    forget_old()
    assert WebhookDelivery.objects.count() == 1
    time_machine.move_to(timezone.now() + KEPT_FOR + timedelta(minutes=1))
    forget_deliveries()
    assert WebhookDelivery.objects.count() == 0


def test_a_write_asks_nothing_more_where_there_is_no_webhook(in_acme, ada):
    """The trigger looks into one small table; Python asks nothing."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        Task.objects.create(title="Order badges", creator=ada)
    assert not [query for query in queries if "webhook" in query["sql"]]
    assert DeliveryStatus.PENDING not in told()
