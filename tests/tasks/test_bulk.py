"""Many tasks with one request: each has its own outcome, by the rights and rules of one alone."""

from uuid import uuid4

import pytest

from accounts.models import AuditEntry, Role
from tasks.models import Task
from tests.conftest import person

BULK = "/api/v1/tasks/bulk"


def create(title="Order badges", **fields):
    return {"op": "create", "task": {"title": title, **fields}}


def update(task, **fields):
    return {"op": "update", "id": str(task.pk), "task": fields}


def complete(task):
    return {"op": "complete", "id": str(task.pk)}


@pytest.fixture
def send(api, in_acme):
    """`send(who, item, …)` returns the outcomes."""

    def ask(who, *items, **headers):
        answer = api(who).post(BULK, {"items": list(items)}, **headers)
        assert answer.status_code == 200, answer.json()
        return answer.json()["results"]

    return ask


def codes(outcomes):
    return [
        (one["status"], one["errors"][0]["code"] if one["errors"] else None) for one in outcomes
    ]


def test_each_is_done_and_shown_as_its_own_call_shows_it(send, api, ada, task):
    done = Task.objects.create(title="Done soon", creator=ada, assignee=ada)
    made, changed, completed = send(
        ada, create(priority="high"), update(task, title="Water the palms"), complete(done)
    )
    assert codes([made, changed, completed]) == [(201, None), (200, None), (200, None)]
    assert changed["task"]["title"] == "Water the palms"
    assert completed["task"]["status"] == "done"
    for outcome in (made, changed, completed):
        address = f"/api/v1/tasks/{outcome['task']['id']}"
        assert outcome["task"] == api(ada).get(address).json()


def test_what_fails_leaves_the_others_alone(send, ada, task):
    outcomes = send(
        ada,
        create("First"),
        create(""),
        update(task, priority="vague"),
        create("Of nobody", assignee_id=str(uuid4())),
        {"op": "complete", "id": str(uuid4())},
        create("Last"),
    )
    assert [one["status"] for one in outcomes] == [201, 400, 400, 400, 404, 201]
    assert outcomes[1]["errors"][0]["attr"] == "title"
    assert [one["task"] is None for one in outcomes] == [False, True, True, True, True, False]
    titles = set(Task.objects.values_list("title", flat=True))
    assert titles == {"First", "Last", task.title}
    task.refresh_from_db()
    assert task.priority != "vague"


def test_a_task_out_of_scope_is_not_there(send, ada, eve):
    of_ada = Task.objects.create(title="Of Ada", creator=ada, assignee=ada)
    for item in (update(of_ada, title="Mine"), complete(of_ada)):
        assert codes(send(eve, item)) == [(404, "not_found")]
    of_ada.refresh_from_db()
    assert (of_ada.title, of_ada.status) == ("Of Ada", "pending")


def test_each_asks_for_the_grant_of_its_own(send, ada, eve):
    own, other = (
        Task.objects.create(title=title, creator=eve, assignee=eve) for title in ("One", "Other")
    )
    items = (create(), update(own, priority="low"), complete(other))
    for grants, allowed in (
        (["task:read"], [403, 403, 403]),
        (["task:read", "task:create"], [201, 403, 403]),
        (["task:read", "task:update"], [403, 200, 200]),
    ):
        eve.role, _made = Role.objects.update_or_create(
            name="clerk", defaults={"permissions": grants}
        )
        eve.save()
        assert [one["status"] for one in send(eve, *items)] == allowed
    sarah = person("sarah@acme.example")
    eve.role = Role.objects.get(name="employee")
    eve.save()
    assert codes(send(eve, create("For Sarah", assignee_id=str(sarah.pk))))[0][0] == 403


def test_each_write_is_audited(send, ada, task):
    written = AuditEntry.objects.filter(content_type__model="task")
    before = written.count()
    send(ada, create(), create(""), update(task, title="Water the palms"))
    assert written.count() == before + 2


def test_a_hundred_are_taken_and_no_more(send, api, ada):
    assert {one["status"] for one in send(ada, *(create(f"Task {n}") for n in range(100)))} == {201}
    for wrong in ([create()] * 101, []):
        answer = api(ada).post(BULK, {"items": wrong})
        assert answer.status_code == 400
    assert Task.objects.count() == 100


def test_one_wrongly_shaped_item_refuses_all_of_them(api, ada, task):
    for wrong in (
        {"op": "delete", "id": str(task.pk)},
        {"op": "update", "id": str(task.pk)},
        {"op": "update", "task": {}},
        {"op": "complete", "id": str(task.pk), "task": {}},
        {"op": "create", "id": str(task.pk), "task": {"title": "x"}},
        {"op": "create", "task": []},
        {"op": "create", "task": {"title": "x"}, "surprise": 1},
        7,
    ):
        answer = api(ada).post(BULK, {"items": [create(), wrong]})
        assert answer.status_code == 400, wrong
        assert answer.json()["errors"][0]["attr"].startswith("items.1")
    assert Task.objects.count() == 1


def test_a_task_that_is_named_again_is_found_as_it_was_left(send, ada, task):
    items = [
        update(task, title="One"),
        update(task, priority="nonsense"),
        update(task, description="Two"),
        complete(task),
        complete(task),
    ]
    found = send(ada, *items)
    assert [one["status"] for one in found[:4]] == [200, 400, 200, 200]
    assert found[4]["status"] >= 400
    assert [found[2]["task"][name] for name in ("title", "description")] == ["One", "Two"]
    task.refresh_from_db()
    assert (task.title, task.description, task.status) == ("One", "Two", "done")


def test_each_may_say_which_state_it_means(send, ada, api, task):
    tag = api(ada).get(f"/api/v1/tasks/{task.pk}")["ETag"]
    first = {**update(task, title="One"), "if_match": tag}
    found = send(ada, first, {**update(task, title="Two"), "if_match": tag}, create("Another"))
    assert codes(found) == [(200, None), (412, found[1]["errors"][0]["code"]), (201, None)]
    assert Task.objects.get(pk=task.pk).title == "One"
    wrong = {**create("x"), "if_match": tag}
    assert api(ada).post(BULK, {"items": [wrong]}).status_code == 400


def test_a_key_makes_them_once(send, ada):
    first = send(ada, create(), create(""), HTTP_IDEMPOTENCY_KEY="once")
    assert send(ada, create(), create(""), HTTP_IDEMPOTENCY_KEY="once") == first
    assert Task.objects.count() == 1
