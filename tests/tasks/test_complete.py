"""Completing, reopening and assigning."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine

from tasks.models import Reminder, Task
from tasks.services import NewTask, complete_task, create_task

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
TASKS = "/api/v1/tasks"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_a_completed_task_says_when(api, eve, task):
    answer = api(eve).post(f"{TASKS}/{task.pk}/complete")
    assert answer.status_code == 200
    assert answer.json()["status"] == "done"
    assert answer.json()["completed_at"] == "2024-05-14T10:00:00Z"


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_the_second_click_is_409_and_changes_nothing(status, api, eve, task, noon):
    client = api(eve)
    client.patch(f"{TASKS}/{task.pk}", {"status": status})
    before = client.get(f"{TASKS}/{task.pk}").json()
    noon.shift(60)
    answer = client.post(f"{TASKS}/{task.pk}/complete")
    assert answer.status_code == 409
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == ("already_done", None)
    assert error["detail"].endswith(".")
    assert client.get(f"{TASKS}/{task.pk}").json() == before


def test_patching_the_status_to_done_completes_and_back_reopens(api, eve, task):
    client = api(eve)
    done = client.patch(f"{TASKS}/{task.pk}", {"status": "done"}).json()
    assert done["completed_at"] == "2024-05-14T10:00:00Z"
    for status in ("pending", "in_progress", "cancelled"):
        client.patch(f"{TASKS}/{task.pk}", {"status": "done"})
        again = client.patch(f"{TASKS}/{task.pk}", {"status": status}).json()
        assert (again["status"], again["completed_at"]) == (status, None)


def recurring(by, **values):
    due = datetime(2024, 5, 14, 12, tzinfo=UTC)
    new = NewTask(title="Report", due_date=due, recurrence="FREQ=DAILY", **values)
    return create_task(new=new, by=by)


def test_a_completed_recurring_task_leaves_a_successor_with_all_but_its_past(
    api, ada, eve, finance, task
):
    values = {"assignee_id": eve.pk, "team_id": finance.pk, "parent_id": task.pk}
    first = recurring(ada, labels=["a"], priority="high", description="Long", **values)
    Reminder.objects.create(task=first, minutes_before=30)
    Reminder.objects.create(task=first, at=NOW)
    api(eve).post(f"{TASKS}/{first.pk}/complete")
    second = Task.objects.get(title="Report", status="pending")
    assert second.due_date == datetime(2024, 5, 15, 12, tzinfo=UTC)
    kept = ("description", "assignee", "creator", "team", "parent", "priority", "labels")
    for name in (*kept, "timezone", "recurrence", "source"):
        assert getattr(second, name) == getattr(first, name)
    assert [item.minutes_before for item in second.reminders.all()] == [30]
    assert second.reminders.get().next_at == datetime(2024, 5, 15, 11, 30, tzinfo=UTC)
    assert second.completed_at is None


def test_a_late_completion_skips_to_the_next_time_ahead(api, ada, noon):
    first = recurring(ada)
    noon.move_to("2024-06-01T12:30:00Z")
    api(ada).post(f"{TASKS}/{first.pk}/complete")
    second = Task.objects.get(status="pending")
    assert second.due_date == datetime(2024, 6, 2, 12, tzinfo=UTC)


def test_a_task_that_is_reopened_and_done_again_has_one_successor(api, ada, noon):
    client, first = api(ada), recurring(ada)
    for status in ("done", "pending", "done"):
        client.patch(f"{TASKS}/{first.pk}", {"status": status})
        noon.shift(3)
    client.patch(f"{TASKS}/{first.pk}", {"status": "pending"})
    client.post(f"{TASKS}/{first.pk}/complete")
    assert Task.objects.filter(status="pending").count() == 1


def test_cancelling_a_recurring_task_ends_the_series(api, ada):
    first = recurring(ada)
    api(ada).patch(f"{TASKS}/{first.pk}", {"status": "cancelled"})
    assert Task.objects.count() == 1


def test_a_series_with_a_count_ends_after_that_many(api, ada, noon):
    recurring(ada)
    Task.objects.update(recurrence="FREQ=DAILY;COUNT=3")
    for _time in range(3):
        [task] = Task.objects.filter(status="pending")
        api(ada).post(f"{TASKS}/{task.pk}/complete")
        noon.shift(24 * 3600)
    assert not Task.objects.filter(status="pending").exists()
    assert Task.objects.count() == 3


def test_completing_what_was_just_deleted_is_404(ada, task, api, monkeypatch):
    client = api(ada)
    seen = Task.objects.get(pk=task.pk)
    task.delete()
    monkeypatch.setattr("tasks.api.TaskViewSet.get_object", lambda _view: seen)
    monkeypatch.setattr("tasks.api.OfTask.task", lambda _view: seen)
    for path, body in (
        ("complete", None),
        ("assign", {"assignee_id": None}),
        ("comments", {"body": "x"}),
        ("reminders", {"at": "2024-05-15T00:00:00Z"}),
    ):
        answer = client.post(f"{TASKS}/{seen.pk}/{path}", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")


def test_two_who_complete_at_once_make_one_successor(ada, in_acme):
    """Both have read the open task; the second waits for the lock and is refused."""
    first = recurring(ada)
    both = [Task.objects.get(pk=first.pk) for _person in range(2)]
    complete_task(task=both[0], by=ada)
    with pytest.raises(Exception, match="already closed"):
        complete_task(task=both[1], by=ada)
    assert Task.objects.count() == 2


# --- Assigning


def test_assigning_gives_the_task_to_somebody_and_null_takes_it_away(api, max_, ada, eve, task):
    Task.objects.update(creator=max_)
    client = api(max_)
    for person in (ada, eve, None):
        body = {"assignee_id": str(person.pk) if person else None}
        answer = client.post(f"{TASKS}/{task.pk}/assign", body)
        assert answer.status_code == 200
        assert answer.json()["assignee_id"] == body["assignee_id"]
        assert answer.json()["assignee_name"] == (person.full_name if person else None)


def test_only_an_active_member_can_be_given_work(api, ada, eve, task):
    eve.is_active = False
    eve.save()
    client = api(ada)
    Task.objects.update(assignee=None)
    for key in (eve.pk, uuid4()):
        for answer in (
            client.post(f"{TASKS}/{task.pk}/assign", {"assignee_id": str(key)}),
            client.patch(f"{TASKS}/{task.pk}", {"assignee_id": str(key)}),
            client.post(TASKS, {"title": "x", "assignee_id": str(key)}),
        ):
            assert answer.status_code == 400
            [error] = answer.json()["errors"]
            assert (error["attr"], error["code"]) == ("assignee_id", "does_not_exist")
    assert Task.objects.filter(assignee=None).count() == Task.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"assignee_id": "x"}, {"assignee_id": [1]}, {"who": "me"}, [], None, "eve"]
)
def test_assigning_nonsense_is_400(body, api, ada, task):
    answer = api(ada).post(f"{TASKS}/{task.pk}/assign", body)
    assert answer.status_code == 400
    task.refresh_from_db()
    assert task.assignee_id is not None
