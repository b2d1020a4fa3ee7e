"""`DueInstant` follows the rows by trigger, whatever path changes them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from messaging.models import MessageStatus, OutgoingMessage
from tasks.models import Reminder, Task
from tenants.context import public_context, tenant_context
from tenants.models import DueInstant
from tests.conftest import person
from tests.messaging.conftest import NOW, later

pytestmark = pytest.mark.usefixtures("clock")
DUE = later(days=2)


def instants(kind="task_reminder"):
    with public_context():
        rows = DueInstant.objects.filter(kind=kind)
        return {row.object_id: row.due_at for row in rows}


@pytest.fixture
def reminder(task):
    Task.objects.update(due_date=DUE)
    return Reminder.objects.create(task=task, minutes_before=60)


def hour_before(due):
    return due - timedelta(hours=1)


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_new_row_has_its_instant_of_its_office(reminder, acme):
    with public_context():
        row = DueInstant.objects.get()
    assert (row.tenant_id, row.kind, row.object_id) == (acme.pk, "task_reminder", reminder.pk)
    assert (row.due_at, row.failures) == (hour_before(DUE), 0)


def by_save(reminder):
    reminder.minutes_before = 30
    reminder.save()


def by_save_of_one_field(reminder):
    reminder.minutes_before = 30
    reminder.save(update_fields=["minutes_before"])


def by_update(reminder):
    Reminder.objects.filter(pk=reminder.pk).update(minutes_before=30)


def by_bulk_update(reminder):
    reminder.minutes_before = 30
    Reminder.objects.bulk_update([reminder], ["minutes_before"])


def by_sql(reminder):
    sql("UPDATE tasks_reminder SET minutes_before = 30 WHERE id = %s", reminder.pk)


def by_task_save(reminder):
    reminder.task.due_date = DUE + timedelta(minutes=30)
    reminder.task.save()


def by_task_update(reminder):
    Task.objects.update(due_date=DUE + timedelta(minutes=30))


def by_task_sql(reminder):
    sql("UPDATE tasks_task SET due_date = due_date + interval '30 minutes'")


def by_lying_about_next_at(reminder):
    Reminder.objects.update(next_at=NOW, minutes_before=30)


CHANGES = [
    *(by_save, by_save_of_one_field, by_update, by_bulk_update, by_sql),
    *(by_task_save, by_task_update, by_task_sql, by_lying_about_next_at),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_moves_the_instant(change, reminder):
    change(reminder)
    assert instants() == {reminder.pk: DUE - timedelta(minutes=30)}
    reminder.refresh_from_db()
    assert reminder.next_at == DUE - timedelta(minutes=30)


def end_by_delete(reminder):
    reminder.delete()


def end_by_queryset(reminder):
    Reminder.objects.all().delete()


def end_by_raw_delete(reminder):
    Reminder.objects.all()._raw_delete("default")


def end_by_cascade(reminder):
    reminder.task.delete()


def end_by_sql(reminder):
    sql("DELETE FROM tasks_reminder")


def end_by_completion(reminder):
    Task.objects.update(status="done", completed_at=NOW)


def end_by_cancelling(reminder):
    reminder.task.status = "cancelled"
    reminder.task.save()


def end_by_having_fired(reminder):
    Reminder.objects.update(fired_for=hour_before(DUE))


def end_by_task_without_due_date(reminder):
    Task.objects.update(due_date=None)


ENDS = [
    *(end_by_delete, end_by_queryset, end_by_raw_delete, end_by_cascade, end_by_sql),
    *(end_by_completion, end_by_cancelling, end_by_having_fired, end_by_task_without_due_date),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_what_is_not_wanted_any_more_has_no_instant(end, reminder):
    assert instants()
    end(reminder)
    assert not instants()


def test_bulk_creation_makes_an_instant_for_each(task):
    Task.objects.update(due_date=DUE)
    made = Reminder.objects.bulk_create(
        Reminder(task=task, minutes_before=number) for number in range(5)
    )
    assert set(instants()) == {row.pk for row in made}


def test_a_reopened_task_has_its_instants_again(reminder):
    end_by_completion(reminder)
    Task.objects.update(status="pending", completed_at=None)
    assert instants() == {reminder.pk: hour_before(DUE)}


def test_a_rolled_back_change_takes_its_instant_back(reminder):
    with transaction.atomic():
        by_update(reminder)
        assert instants() != {reminder.pk: hour_before(DUE)}
        transaction.set_rollback(True)
    assert instants() == {reminder.pk: hour_before(DUE)}


def test_an_unrelated_change_keeps_the_count_of_failures(reminder):
    with public_context():
        DueInstant.objects.update(failures=3)
    task = Task.objects.get(pk=reminder.task_id)
    task.title = "New words"
    task.save()
    Reminder.objects.update(updated_at=timezone.now())
    with public_context():
        assert DueInstant.objects.get().failures == 3
    by_update(reminder)
    with public_context():
        assert DueInstant.objects.get().failures == 0


def test_each_office_has_its_own_instants(reminder, globex):
    with tenant_context(globex):
        mia = person("mia@globex.example")
        theirs = Task.objects.create(title="x", creator=mia)
        twin = Reminder.objects.create(pk=reminder.pk, task=theirs, at=DUE)
    with public_context():
        assert DueInstant.objects.filter(object_id=reminder.pk).count() == 2
    with tenant_context(globex):
        twin.delete()
    assert instants() == {reminder.pk: hour_before(DUE)}


@pytest.fixture
def message(eve):
    return OutgoingMessage.objects.create(
        recipient=eve,
        channel="email",
        address=eve.email,
        subject="x",
        text="x",
        kind="test",
        dedupe_key="x",
        due_at=NOW,
        wake_at=later(seconds=10),
    )


def test_a_waiting_message_has_an_instant_until_it_is_settled(message):
    assert instants("message") == {message.pk: later(seconds=10)}
    message.change(status=MessageStatus.SENDING, wake_at=later(seconds=60))
    assert instants("message") == {message.pk: later(seconds=60)}
    sql("UPDATE messaging_outgoingmessage SET wake_at = wake_at + interval '1 second'")
    assert instants("message") == {message.pk: later(seconds=61)}
    message.change(status=MessageStatus.SENT, sent_at=NOW, wake_at=None)
    assert not instants("message")


def test_a_deleted_message_has_no_instant(message):
    message.delete()
    assert not instants("message")
