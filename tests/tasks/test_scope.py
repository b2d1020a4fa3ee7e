"""Who sees and changes which task: own, led teams', all."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts.models import Team
from tasks.models import Comment, Reminder, Task

TASKS = "/api/v1/tasks"


@pytest.fixture
def world(ada, max_, eve, sarah, finance):
    """Named after whose they are."""
    legal = Team.objects.create(name="Legal", lead=ada)
    rows = {
        "ada's": {"creator": ada},
        "ada's for eve": {"creator": ada, "assignee": eve},
        "eve's": {"creator": eve},
        "eve's for ada": {"creator": eve, "assignee": ada},
        "max's": {"creator": max_},
        "ada's for max": {"creator": ada, "assignee": max_},
        "finance's": {"creator": ada, "team": finance},
        "sarah's in finance": {"creator": sarah, "team": finance},
        "sarah's": {"creator": sarah},
        "legal's": {"creator": ada, "team": legal},
    }
    return {title: Task.objects.create(title=title, **row) for title, row in rows.items()}


@pytest.fixture
def people(ada, max_, eve, sarah):
    return {"ada": ada, "max": max_, "eve": eve, "sarah": sarah}


SEEN = {
    "eve": {"ada's for eve", "eve's", "eve's for ada"},
    "sarah": {"sarah's in finance", "sarah's"},
    "max": {"max's", "ada's for max", "finance's", "sarah's in finance"},
}


@pytest.mark.parametrize("name", ["ada", "max", "eve", "sarah"])
def test_each_sees_the_tasks_in_scope_in_lists_and_one_by_one(name, world, people, api):
    client, seen = api(people[name]), SEEN.get(name, set(world))
    body = client.get(TASKS).json()
    assert {row["title"] for row in body["results"]} == seen
    assert body["count"] == len(seen)
    for title, task in world.items():
        answer = client.get(f"{TASKS}/{task.pk}")
        assert answer.status_code == (200 if title in seen else 404)


@pytest.mark.parametrize("name", ["max", "eve"])
def test_what_is_out_of_scope_does_not_exist_for_any_operation(name, world, people, api, ada):
    task = world["ada's"]
    reminder = Reminder.objects.create(task=task, at=datetime(2099, 1, 1, tzinfo=UTC))
    Comment.objects.create(task=task, author=ada, body="secret")
    client, absent = api(people[name]), uuid4()
    calls = [
        ("get", "/tasks/{task}", None),
        ("put", "/tasks/{task}", {"title": "taken"}),
        ("patch", "/tasks/{task}", {"title": "taken"}),
        ("post", "/tasks/{task}/complete", None),
        ("get", "/tasks/{task}/comments", None),
        ("post", "/tasks/{task}/comments", {"body": "hello"}),
        ("get", "/tasks/{task}/reminders", None),
        ("post", "/tasks/{task}/reminders", {"at": "2099-01-01T00:00Z"}),
        ("patch", "/reminders/{reminder}", {"at": "2099-01-02T00:00Z"}),
        ("delete", "/reminders/{reminder}", None),
    ]
    for method, path, body in calls:
        there = path.format(task=task.pk, reminder=reminder.pk)
        nowhere = path.format(task=absent, reminder=absent)
        answers = [getattr(client, method)(f"/api/v1{place}", body) for place in (there, nowhere)]
        assert [answer.status_code for answer in answers] == [404, 404], (method, path)
        assert answers[0].json() == answers[1].json()
    task.refresh_from_db()
    assert (task.title, task.status) == ("ada's", "pending")
    assert (task.comments.count(), task.reminders.get().at.year) == (1, 2099)


@pytest.mark.parametrize("name", ["max", "eve"])
def test_what_one_sees_and_may_not_delete_is_refused(name, world, people, api):
    task = world[f"ada's for {name}"]
    answer = api(people[name]).delete(f"{TASKS}/{task.pk}")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "permission_denied"
    assert Task.objects.filter(pk=task.pk).exists()


def test_an_employee_who_names_another_is_refused_and_nothing_is_stored(api, eve, ada, task):
    client = api(eve)
    body = {"title": "Do my work", "assignee_id": str(ada.pk)}
    for answer in (
        client.post(TASKS, body),
        client.patch(f"{TASKS}/{task.pk}", body),
        client.put(f"{TASKS}/{task.pk}", body),
        client.patch(f"{TASKS}/{task.pk}", {"title": "Not mine", "assignee_id": None}),
    ):
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["attr"] == "assignee_id"
        assert answer.json()["errors"][0]["code"] == "may_not_assign"
    task.refresh_from_db()
    assert (task.title, task.assignee_id, Task.objects.count()) == ("Water the plants", eve.pk, 1)


def test_an_employee_may_not_learn_who_is_there_by_naming_people(api, eve, ada):
    client = api(eve)
    known, unknown = (
        client.post(TASKS, {"title": "x", "assignee_id": str(key)}) for key in (ada.pk, uuid4())
    )
    assert known.status_code == unknown.status_code == 403
    assert known.json() == unknown.json()


def test_an_employee_names_oneself_and_keeps_an_assignee_that_stands(api, eve, task):
    client = api(eve)
    own = client.post(TASKS, {"title": "Mine", "assignee_id": str(eve.pk)})
    assert own.status_code == 201
    kept = client.put(f"{TASKS}/{task.pk}", {"title": "Kept", "assignee_id": str(eve.pk)})
    assert kept.status_code == 200


@pytest.mark.parametrize("grants", [["task:create", "task:read", "task:update"]])
def test_a_lead_without_a_managers_role_sees_the_led_team(grants, api, sarah, finance, world):
    finance.lead = sarah
    finance.save()
    titles = {row["title"] for row in api(sarah).get(TASKS).json()["results"]}
    assert titles == SEEN["sarah"] | {"finance's"}


def test_an_employee_names_only_own_teams(api, eve, sarah, finance):
    body = {"title": "For the team", "team_id": str(finance.pk)}
    refused = api(eve).post(TASKS, body)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "team_id"
    assert api(sarah).post(TASKS, body).status_code == 201
    assert Task.objects.count() == 1


def test_a_task_that_is_given_away_out_of_ones_scope_is_shown_a_last_time(api, max_, world, eve):
    task = world["ada's for max"]
    client = api(max_)
    answer = client.post(f"{TASKS}/{task.pk}/assign", {"assignee_id": str(eve.pk)})
    assert answer.status_code == 200
    assert answer.json()["assignee_name"] == "Eve Employee"
    assert client.get(f"{TASKS}/{task.pk}").status_code == 404


def test_a_task_that_is_taken_out_of_the_led_team_is_shown_a_last_time(api, max_, world):
    task = world["finance's"]
    answer = api(max_).patch(f"{TASKS}/{task.pk}", {"team_id": None})
    assert (answer.status_code, answer.json()["team_id"]) == (200, None)
