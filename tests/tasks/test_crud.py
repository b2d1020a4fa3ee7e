"""Tasks are stored, read, changed and deleted as the contract says."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import time_machine

from tasks.models import Comment, Reminder, Task

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
TASKS = "/api/v1/tasks"
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def url(task, *rest):
    return "/".join([TASKS, str(getattr(task, "pk", task)), *rest])


def errors(answer):
    return [(item["attr"], item["code"]) for item in answer.json()["errors"]]


def test_a_bare_title_is_enough(api, ada):
    answer = api(ada).post(TASKS, {"title": "Order badges"})
    assert answer.status_code == 201
    task = answer.json()
    UUID(task.pop("id"))
    assert task == {
        "title": "Order badges",
        "description": "",
        "assignee_id": None,
        "assignee_name": None,
        "creator_id": str(ada.pk),
        "team_id": None,
        "due_date": None,
        "timezone": "UTC",
        "priority": "medium",
        "status": "pending",
        "recurrence": None,
        "labels": [],
        "parent_id": None,
        "reminder_set": False,
        "source": "api",
        "created_at": "2024-05-14T10:00:00Z",
        "updated_at": "2024-05-14T10:00:00Z",
        "completed_at": None,
    }


def test_every_field_that_can_be_given_comes_back(api, ada, eve, finance, task):
    body = {
        "title": "Order badges",
        "description": "The blue ones.\nTwo hundred.",
        "assignee_id": str(eve.pk),
        "team_id": str(finance.pk),
        "due_date": "2024-05-20T12:00:00+02:00",
        "timezone": "Europe/Berlin",
        "priority": "urgent",
        "status": "in_progress",
        "recurrence": "FREQ=WEEKLY;BYDAY=MO",
        "labels": ["office", "größer", "office"],
        "parent_id": str(task.pk),
    }
    client = api(ada)
    made = client.post(TASKS, body).json()
    expected = {
        **body,
        "labels": ["office", "größer"],
        "due_date": "2024-05-20T10:00:00Z",
        "assignee_name": "Eve Employee",
        "creator_id": str(ada.pk),
    }
    assert {name: made[name] for name in expected} == expected
    assert client.get(url(made["id"])).json() == made


def test_text_is_kept_as_it_was_given_apart_from_the_space_around(api, ada):
    title = "  <script>alert('x')</script> 💐 'quoted' %s {{ 7 }} ; DROP TABLE  "
    made = api(ada).post(TASKS, {"title": title}).json()
    assert made["title"] == title.strip()


@pytest.mark.parametrize(
    ("title", "code"), [("x" * 200, None), ("x" * 201, "max_length"), (" \t\n", "blank")]
)
def test_a_title_has_one_to_two_hundred_characters(title, code, api, ada):
    answer = api(ada).post(TASKS, {"title": title})
    assert answer.status_code == (400 if code else 201)
    if code:
        assert errors(answer) == [("title", code)]
        assert not Task.objects.exists()


def test_patch_changes_the_given_fields_only(api, ada, task):
    before = api(ada).get(url(task)).json()
    with time_machine.travel("2024-05-14T11:00:00Z", tick=False):
        after = api(ada).patch(url(task), {"priority": "high"}).json()
    assert after == {**before, "priority": "high", "updated_at": "2024-05-14T11:00:00Z"}


def test_put_sets_what_it_leaves_out_to_its_default(api, ada, eve, finance):
    client = api(ada)
    ada.timezone = "Europe/Berlin"
    ada.save()
    full = {
        "title": "Old",
        "description": "Old",
        "assignee_id": str(eve.pk),
        "team_id": str(finance.pk),
        "due_date": "2024-05-20T10:00:00Z",
        "timezone": "Asia/Tokyo",
        "priority": "urgent",
        "recurrence": "FREQ=DAILY",
        "labels": ["old"],
    }
    made = client.post(TASKS, full).json()
    answer = client.put(url(made["id"]), {"title": "New"})
    assert answer.status_code == 200
    fresh = client.post(TASKS, {"title": "New"}).json()
    assert {**answer.json(), "id": fresh["id"]} == fresh
    assert fresh["timezone"] == "Europe/Berlin"


def test_put_needs_a_title(api, ada, task):
    answer = api(ada).put(url(task), {"priority": "low"})
    assert (answer.status_code, errors(answer)) == (400, [("title", "required")])


def test_deleting_takes_everything_that_hangs_on_the_task(api, ada, task):
    Reminder.objects.create(task=task, at=NOW)
    Comment.objects.create(task=task, author=ada, body="Hm.")
    Task.objects.create(title="below", creator=ada, parent=task)
    client = api(ada)
    assert client.delete(url(task)).status_code == 204
    assert not any(model.objects.exists() for model in (Task, Reminder, Comment))
    assert client.get(url(task)).status_code == client.delete(url(task)).status_code == 404


@pytest.mark.parametrize("name", ["id", "source", "creator_id", "created_at", "reminder_set"])
def test_what_the_office_sets_cannot_be_written(name, api, ada, task):
    client = api(ada)
    for answer in (
        client.post(TASKS, {"title": "x", name: None}),
        client.patch(url(task), {name: None}),
    ):
        assert (answer.status_code, errors(answer)) == (400, [(name, "read_only")])
    assert Task.objects.count() == 1


def test_a_task_that_does_not_exist_is_404_for_every_method(api, ada):
    client = api(ada)
    for method in ("get", "put", "patch", "delete"):
        answer = getattr(client, method)(url(uuid4()), {"title": "x"})
        assert answer.status_code == 404
        assert answer.json()["type"] == "client_error"
        assert errors(answer) == [(None, "not_found")]


# --- Sub-tasks


def test_a_task_cannot_stand_below_itself_or_its_own_sub_task(api, ada):
    client = api(ada)
    top = client.post(TASKS, {"title": "top"}).json()["id"]
    middle = client.post(TASKS, {"title": "middle", "parent_id": top}).json()["id"]
    low = client.post(TASKS, {"title": "low", "parent_id": middle}).json()["id"]
    for parent in (top, middle, low):
        answer = client.patch(url(top), {"parent_id": parent})
        assert (answer.status_code, errors(answer)) == (400, [("parent_id", "cycle")])
    assert Task.objects.get(pk=top).parent is None


def chain(client, length, parent=None):
    for number in range(length):
        body = {"title": f"level {number}", "parent_id": parent}
        parent = client.post(TASKS, body).json()["id"]
    return parent


def test_tasks_stand_at_most_ten_levels_deep(api, ada):
    client = api(ada)
    tenth = chain(client, 10)
    answer = client.post(TASKS, {"title": "eleventh", "parent_id": tenth})
    assert (answer.status_code, errors(answer)) == (400, [("parent_id", "too_deep")])


def test_a_whole_branch_cannot_be_hung_deeper_than_ten_levels(api, ada):
    client = api(ada)
    seventh = chain(client, 7)
    head = client.post(TASKS, {"title": "head"}).json()["id"]
    chain(client, 2, parent=head)
    assert client.patch(url(head), {"parent_id": seventh}).status_code == 200
    assert client.patch(url(head), {"parent_id": None}).status_code == 200
    chain(client, 3, parent=head)
    answer = client.patch(url(head), {"parent_id": seventh})
    assert (answer.status_code, errors(answer)) == (400, [("parent_id", "too_deep")])


def test_a_parent_out_of_scope_is_as_unknown_as_one_that_is_not_there(api, ada, eve):
    foreign = Task.objects.create(title="Ada's", creator=ada)
    client = api(eve)
    answers = [
        client.post(TASKS, {"title": "x", "parent_id": str(key)}) for key in (foreign.pk, uuid4())
    ]
    assert answers[0].json() == answers[1].json()
    assert errors(answers[0]) == [("parent_id", "does_not_exist")]
    assert Task.objects.count() == 1
