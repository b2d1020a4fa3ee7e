"""Nobody overwrites what somebody else has changed in between (RFC 9110, section 13.1.1)."""

from uuid import uuid4

import pytest

from tasks.models import Reminder, Task

TASKS = "/api/v1/tasks"
OLD = '"0123456789abcdef0123456789abcdef"'
CHANGES = [("put", {"title": "Mine"}), ("patch", {"title": "Mine"}), ("delete", None)]


@pytest.fixture
def client(api, ada, in_acme):
    return api(ada)


@pytest.fixture
def address(task):
    return f"{TASKS}/{task.pk}"


def send(client, method, address, body, tag):
    return getattr(client, method)(address, body, HTTP_IF_MATCH=tag)


def test_every_answer_with_one_task_carries_its_tag(client, address, ada):
    read = client.get(address).headers["ETag"]
    assert read == client.get(address).headers["ETag"]
    assert read.startswith('"')
    assert read.endswith('"')
    patched = client.patch(address, {"priority": "low"}).headers["ETag"]
    assigned = client.post(f"{address}/assign", {"assignee_id": str(ada.pk)}).headers["ETag"]
    completed = client.post(f"{address}/complete").headers["ETag"]
    assert len({read, patched, assigned, completed}) == 4
    assert client.get(address).headers["ETag"] == completed
    made = client.post(TASKS, {"title": "x"})
    assert client.get(f"{TASKS}/{made.json()['id']}").headers["ETag"] == made.headers["ETag"]


@pytest.mark.parametrize(("method", "body"), CHANGES)
def test_a_change_on_an_old_state_is_412_and_changes_nothing(method, body, client, address, task):
    tag = client.get(address).headers["ETag"]
    client.patch(address, {"description": "changed by another"})
    answer = send(client, method, address, body, tag)
    assert answer.status_code == 412
    assert answer.json()["errors"][0]["code"] == "precondition_failed"
    task.refresh_from_db()
    assert (task.title, task.description) == ("Water the plants", "changed by another")


@pytest.mark.parametrize(("method", "body"), CHANGES)
@pytest.mark.parametrize("form", ["{}", "*", " * ", f"{OLD}, {{}}", f"{{}},{OLD}", " {} "])
def test_a_change_on_the_present_state_works(form, method, body, client, address):
    tag = form.format(client.get(address).headers["ETag"])
    assert send(client, method, address, body, tag).status_code < 300


@pytest.mark.parametrize("tag", [OLD, "W/{}", "", '"', "{}x", f"{OLD},{OLD}", '"*"', "\x00", "ü"])
def test_a_tag_that_is_not_the_strong_one_does_not_match(tag, client, address):
    sent = tag.format(client.get(address).headers["ETag"])
    assert send(client, "patch", address, {"title": "Mine"}, sent).status_code == 412


def test_without_the_header_the_last_writer_wins(client, address):
    assert client.patch(address, {"title": "Mine"}).status_code == 200


def test_any_tag_on_a_task_that_is_not_there_is_404(client):
    for tag in (OLD, "*"):
        assert send(client, "patch", f"{TASKS}/{uuid4()}", {}, tag).status_code == 404


def test_a_new_comment_or_reminder_of_a_task_counts_only_where_it_shows(client, address):
    tag = client.get(address).headers["ETag"]
    client.post(f"{address}/comments", {"body": "x"})
    assert client.get(address).headers["ETag"] == tag
    client.post(f"{address}/reminders", {"at": "2099-01-01T00:00:00Z"})
    assert client.get(address).headers["ETag"] != tag


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_reminders_have_tags_too(method, client, address):
    made = client.post(f"{address}/reminders", {"at": "2099-01-01T00:00:00Z"})
    place = f"/api/v1/reminders/{made.json()['id']}"
    assert send(client, method, place, {}, OLD).status_code == 412
    assert Reminder.objects.count() == 1
    assert send(client, method, place, {}, made.headers["ETag"]).status_code < 300


def test_a_refused_person_learns_nothing_from_tags(api, eve, task, ada):
    foreign = Task.objects.create(title="Ada's", creator=ada)
    answer = send(api(eve), "patch", f"{TASKS}/{foreign.pk}", {}, OLD)
    assert answer.status_code == 404
