"""The sweep turns what is due in any office into owed messages, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from messaging import due as registry
from messaging.due import DueKind
from messaging.models import OutgoingMessage
from tasks.models import Reminder, Task
from tenants.context import current_tenant, public_context, tenant_context
from tenants.models import DueInstant
from tenants.services import resume_tenant, suspend_tenant
from tests.conftest import person
from tests.messaging.conftest import NOW, later, sweep

pytestmark = pytest.mark.usefixtures("clock")


def waiting(**values):
    with public_context():
        return list(DueInstant.objects.filter(**values).order_by("due_at"))


def messages():
    return list(OutgoingMessage.objects.order_by("created_at"))


@pytest.fixture
def in_globex(globex, in_acme):
    """A reminder of Mia's that is due, in the other office."""
    with tenant_context(globex):
        mia = person("mia@globex.example")
        task = Task.objects.create(title="Mia's own", creator=mia)
        return Reminder.objects.create(task=task, at=NOW)


def test_due_reminders_of_two_offices_become_one_message_each(remind, in_globex, globex, eve):
    ours = remind("Water the plants")
    assert sweep() == 2
    [message] = messages()
    assert (message.recipient, message.address, message.channel) == (eve, eve.email, "email")
    assert message.subject == "Reminder: Water the plants"
    assert (message.kind, message.about_id) == ("task_reminder", ours.pk)
    assert (message.status, message.attempts, message.due_at) == ("queued", 0, NOW)
    assert "Water the plants" in message.text
    assert "Water the plants" in message.html
    assert "Mia" not in message.text + message.html
    with tenant_context(globex):
        [theirs] = messages()
        assert theirs.address == "mia@globex.example"
        assert (theirs.about_id, theirs.subject) == (in_globex.pk, "Reminder: Mia's own")


def test_sweeping_twice_owes_once(remind):
    reminder = remind()
    assert (sweep(), sweep()) == (1, 0)
    assert len(messages()) == 1
    reminder.refresh_from_db()
    assert (reminder.fired_for, reminder.next_at) == (NOW, None)
    assert not waiting(kind="task_reminder")


def test_a_sweep_that_was_lost_after_owing_owes_nothing_twice(remind):
    """The note that it has fired is gone, the message is there: the ledger's key decides."""
    reminder = remind()
    sweep()
    Reminder.objects.update(fired_for=None)
    assert waiting(object_id=reminder.pk)
    assert sweep() == 1
    assert len(messages()) == 1
    assert not waiting(object_id=reminder.pk), "it is settled, and not postponed as a failure"


def test_what_is_not_due_yet_waits(remind, clock):
    reminder = remind()
    Reminder.objects.update(at=later(seconds=1))
    assert sweep() == 0
    clock.shift(1)
    assert sweep() == 1
    assert messages()[0].about_id == reminder.pk


def test_a_reminder_is_sent_again_for_a_later_due_time(ada, eve, clock):
    task = Task.objects.create(title="x", creator=ada, assignee=eve, due_date=later(minutes=5))
    Reminder.objects.create(task=task, minutes_before=5)
    sweep()
    task.due_date = later(days=1)
    task.save()
    clock.shift(timedelta(days=2))
    sweep()
    assert [message.due_at for message in messages()] == [NOW, later(days=1, minutes=-5)]


@pytest.mark.parametrize(
    "change", [{"status": "done", "completed_at": NOW}, {"status": "cancelled"}]
)
def test_a_reminder_of_a_closed_task_owes_nothing(change, remind):
    reminder = remind()
    Task.objects.filter(pk=reminder.task_id).update(**change)
    assert sweep() == 0
    assert not messages()


def test_a_reminder_of_a_deleted_task_owes_nothing(remind):
    remind().task.delete()
    assert sweep() == 0


def test_the_reminder_goes_to_the_creator_when_the_assignee_has_left(remind, ada, eve):
    eve.is_active = False
    eve.save()
    remind()
    sweep()
    assert messages()[0].recipient == ada


def test_nobody_is_left_to_be_reminded(remind, ada, eve):
    for user in (ada, eve):
        user.is_active = False
        user.save()
    remind()
    assert (sweep(), sweep()) == (1, 0)
    assert not messages()


def test_the_reminders_of_a_suspended_office_wait_and_come_after_it_is_resumed(
    remind, acme, in_globex, globex, clock
):
    remind()
    with public_context():
        suspend_tenant(tenant=acme)
    assert sweep() == 1
    assert not messages()
    with tenant_context(globex):
        assert len(messages()) == 1
    clock.shift(timedelta(days=3))
    with public_context():
        resume_tenant(tenant=acme)
    sweep()
    [message] = messages()
    assert message.due_at == NOW


def test_more_than_a_batch_is_worked_off_in_one_sweep(remind, monkeypatch):
    monkeypatch.setattr("messaging.sweep.BATCH", 3)
    for number in range(8):
        remind(f"Task {number}")
    assert sweep() == 8
    assert len(messages()) == 8


def test_a_sweep_ends_even_if_an_app_leaves_everything_due(acme, db, monkeypatch):
    monkeypatch.setattr("messaging.sweep.BATCH", 2)
    monkeypatch.setattr("messaging.sweep.MAX_BATCHES", 4)
    monkeypatch.setitem(registry._due, "lazy", DueKind(handle=lambda _ids, _now: None))
    rows(acme, "lazy", 3)
    assert sweep() == 8


# --- Poison


def rows(tenant, kind, number):
    with public_context():
        return [
            DueInstant.objects.create(
                tenant=tenant, kind=kind, object_id=uuid4(), due_at=NOW - timedelta(seconds=count)
            )
            for count in range(number)
        ]


@pytest.fixture
def poison(acme, db, monkeypatch):
    """Five due objects, of which one makes its handler raise."""
    there = rows(acme, "odd", 5)
    handled = []

    def handle(ids, now):
        assert current_tenant() == acme
        if there[2].object_id in ids:
            raise RuntimeError("poison")
        handled.extend(ids)
        with public_context():
            DueInstant.objects.filter(object_id__in=ids).delete()

    monkeypatch.setitem(registry._due, "odd", DueKind(handle=handle))
    return there[2], handled


def test_a_poisonous_object_does_not_hold_up_the_others(poison, remind, in_globex, globex):
    remind()
    sweep()
    bad, handled = poison
    assert len(handled) == 4
    assert bad.object_id not in handled
    assert len(messages()) == 1
    with tenant_context(globex):
        assert len(messages()) == 1


def test_a_poisonous_object_is_tried_less_and_less_often(poison, clock):
    bad, _handled = poison
    waits = []
    for failures in range(1, 9):
        assert sweep() == (5 if failures == 1 else 1)
        [row] = waiting(kind="odd")
        assert (row.pk, row.failures) == (bad.pk, failures)
        assert sweep() == 0
        waits.append((row.due_at - timezone.now()).total_seconds() / 60)
        clock.move_to(row.due_at)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_failed_try_leaves_nothing_of_itself_behind(acme, in_acme, ada, monkeypatch):
    def handle(ids, now):
        Task.objects.create(title="half done", creator=ada)
        raise RuntimeError

    monkeypatch.setitem(registry._due, "odd", DueKind(handle=handle))
    rows(acme, "odd", 1)
    sweep()
    assert not Task.objects.exists()


def test_a_kind_that_nobody_knows_waits_for_the_version_that_does(acme, db):
    rows(acme, "of tomorrow", 1)
    sweep()
    assert waiting()[0].failures == 1


def test_a_database_that_is_away_is_not_the_objects_fault(acme, db, monkeypatch):
    def handle(ids, now):
        raise OperationalError("the connection is lost")

    monkeypatch.setitem(registry._due, "odd", DueKind(handle=handle))
    rows(acme, "odd", 1)
    with pytest.raises(OperationalError):
        sweep()
    assert waiting()[0].failures == 0
