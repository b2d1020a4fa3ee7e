"""Reminders of a task: planned, moved, forgotten; the sweep is tested with the messages."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from tasks.models import Reminder, Task

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
DUE = datetime(2024, 5, 20, 10, tzinfo=UTC)
TASKS = "/api/v1/tasks"
REMINDERS = "/api/v1/reminders"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def dated(task):
    task.due_date = DUE
    task.save()
    return task


@pytest.fixture
def client(api, eve, in_acme):
    return api(eve)


def url(task):
    return f"{TASKS}/{task.pk}/reminders"


def error(answer):
    [found] = answer.json()["errors"]
    return answer.status_code, found["attr"], found["code"]


def next_of(reminder):
    return Reminder.objects.get(pk=getattr(reminder, "pk", reminder)).next_at


def test_a_relative_reminder_counts_back_from_the_due_time(client, dated):
    answer = client.post(url(dated), {"minutes_before": 90})
    assert answer.status_code == 201
    body = answer.json()
    body.pop("id")
    assert body == {
        "task_id": str(dated.pk),
        "minutes_before": 90,
        "at": None,
        "next_at": "2024-05-20T08:30:00Z",
        "fired_for": None,
        "created_at": "2024-05-14T10:00:00Z",
    }


def test_an_absolute_reminder_needs_no_due_time(client, task):
    answer = client.post(url(task), {"at": "2024-05-15T12:00:00+02:00"})
    assert answer.status_code == 201
    assert answer.json()["at"] == answer.json()["next_at"] == "2024-05-15T10:00:00Z"


def test_a_task_shows_whether_a_reminder_waits(client, dated):
    address = f"{TASKS}/{dated.pk}"
    assert client.get(address).json()["reminder_set"] is False
    client.post(url(dated), {"minutes_before": 0})
    assert client.get(address).json()["reminder_set"] is True
    assert client.get(TASKS).json()["results"][0]["reminder_set"] is True
    Reminder.objects.update(fired_for=DUE)
    assert client.get(address).json()["reminder_set"] is False


def test_the_list_shows_the_next_one_first(client, dated):
    for body in ({"minutes_before": 5}, {"minutes_before": 60}, {"at": "2024-05-15T00:00:00Z"}):
        client.post(url(dated), body)
    rows = client.get(url(dated)).json()["results"]
    assert [row["minutes_before"] for row in rows] == [None, 60, 5]


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, "minutes_before", "one_of"),
        ({"minutes_before": None, "at": None}, "minutes_before", "one_of"),
        ({"minutes_before": 5, "at": "2024-05-15T10:00:00Z"}, "minutes_before", "one_of"),
        ({"at": "2024-05-14T09:58:59Z"}, "at", "in_the_past"),
        ({"at": "0001-01-01T00:00:00Z"}, "at", "in_the_past"),
        ({"at": "9999-12-31T23:59:59Z"}, "at", "too_far_ahead"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "at", "overflow"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at", "overflow"),
        ({"at": "2024-02-30T00:00:00Z"}, "at", "invalid"),
        ({"at": "2024-05-15T10:00:00"}, "at", "no_offset"),
        ({"at": 7}, "at", "invalid"),
        ({"at": ["2024-05-15T10:00:00Z"]}, "at", "invalid"),
        ({"minutes_before": -1}, "minutes_before", "min_value"),
        ({"minutes_before": 10**9}, "minutes_before", "max_value"),
        ({"minutes_before": 10**4000}, "minutes_before", "max_value"),
        ({"minutes_before": 1.5}, "minutes_before", "invalid"),
        ({"minutes_before": True}, "minutes_before", "invalid"),
        ({"minutes_before": "soon"}, "minutes_before", "invalid"),
        ({"minutes_before": "1" * 2000}, "minutes_before", "max_string_length"),
        ({"minutes_before": [5]}, "minutes_before", "invalid"),
        ({"minutes_before": {}}, "minutes_before", "invalid"),
        ({"minutes_before": 5, "next_at": None}, "next_at", "read_only"),
        ({"minutes_before": 5, "channel": "sms"}, "channel", "unknown_field"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(body, attr, code, client, dated):
    assert error(client.post(url(dated), body)) == (400, attr, code)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("body", [{"minutes_before": 0}, {"minutes_before": 30}])
def test_a_relative_reminder_needs_a_due_time_ahead(body, client, task):
    assert error(client.post(url(task), body)) == (400, "minutes_before", "no_due_date")
    Task.objects.update(due_date=NOW - timedelta(hours=1))
    assert error(client.post(url(task), body)) == (400, "minutes_before", "in_the_past")
    assert not Reminder.objects.exists()


def test_a_reminder_that_should_have_come_before_now_comes_at_once(client, task):
    """Due in ten minutes, wanted half an hour before: late is better than refused."""
    Task.objects.update(due_date=NOW + timedelta(minutes=10))
    answer = client.post(url(task), {"minutes_before": 30})
    assert (answer.status_code, answer.json()["next_at"]) == (201, "2024-05-14T09:40:00Z")


@pytest.mark.parametrize("body", [{"minutes_before": 30}, {"at": "2024-05-15T10:00:00Z"}])
def test_the_same_reminder_twice_is_409(body, client, dated):
    assert client.post(url(dated), body).status_code == 201
    assert error(client.post(url(dated), body)) == (409, None, "unique")
    other = client.post(url(dated), {"minutes_before": 29}).json()["id"]
    assert error(client.patch(f"{REMINDERS}/{other}", body)) == (409, None, "unique")
    assert Reminder.objects.count() == 2


def test_a_task_has_at_most_twenty_reminders(client, dated):
    for minutes in range(20):
        assert client.post(url(dated), {"minutes_before": minutes}).status_code == 201
    assert error(client.post(url(dated), {"minutes_before": 20})) == (400, None, "too_many")


def test_a_patch_moves_and_replaces_one_kind_by_the_other(client, dated):
    made = client.post(url(dated), {"minutes_before": 30}).json()
    address = f"{REMINDERS}/{made['id']}"
    moved = client.patch(address, {"at": "2024-05-16T10:00:00Z"}).json()
    assert (moved["minutes_before"], moved["next_at"]) == (None, "2024-05-16T10:00:00Z")
    back = client.patch(address, {"minutes_before": 60, "at": None}).json()
    assert (back["at"], back["next_at"]) == (None, "2024-05-20T09:00:00Z")
    assert client.patch(address, {}).json() == back
    assert error(client.patch(address, {"minutes_before": None}))[1] == "minutes_before"
    assert error(client.patch(address, {"at": "2020-01-01T00:00:00Z"}))[1] == "at"
    assert next_of(made["id"]) == datetime(2024, 5, 20, 9, tzinfo=UTC)


def test_a_deleted_reminder_is_gone(client, dated):
    made = client.post(url(dated), {"minutes_before": 30}).json()
    address = f"{REMINDERS}/{made['id']}"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert client.patch(address, {"minutes_before": 5}).status_code == 404
    assert client.patch(f"{REMINDERS}/{uuid4()}", {}).status_code == 404


def test_a_moved_due_time_moves_the_reminder_and_arms_it_again(client, dated):
    made = client.post(url(dated), {"minutes_before": 30}).json()["id"]
    planned = DUE - timedelta(minutes=30)
    Reminder.objects.update(fired_for=planned)
    assert next_of(made) is None
    client.patch(f"{TASKS}/{dated.pk}", {"due_date": "2024-05-21T10:00:00Z"})
    assert next_of(made) == planned + timedelta(days=1)
    client.patch(f"{TASKS}/{dated.pk}", {"due_date": "2024-05-19T10:00:00Z"})
    assert next_of(made) is None, "it was sent for a later time already"
    client.patch(f"{TASKS}/{dated.pk}", {"due_date": None})
    assert next_of(made) is None


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_a_closed_task_disarms_its_reminders_and_a_reopened_one_arms_them(status, client, dated):
    relative = client.post(url(dated), {"minutes_before": 30}).json()
    absolute = client.post(url(dated), {"at": "2024-05-16T00:00:00Z"}).json()
    client.patch(f"{TASKS}/{dated.pk}", {"status": status})
    assert next_of(relative["id"]) is next_of(absolute["id"]) is None
    late = client.post(url(dated), {"minutes_before": 5}).json()
    assert late["next_at"] is None
    client.patch(f"{TASKS}/{dated.pk}", {"status": "pending"})
    for reminder in (relative, absolute):
        assert next_of(reminder["id"]) == datetime.fromisoformat(reminder["next_at"])
    assert next_of(late["id"]) == DUE - timedelta(minutes=5)
