"""Filters of tasks that are kept under a name, for oneself or for everybody."""

import pytest

from tasks.models import SavedFilter, Task
from tasks.saving import MOST
from tenants.context import tenant_context
from tests.pages.conftest import text_of

QUERY = "priority=urgent&view=board"


def keep(client, name="Urgent", query=QUERY, **more):
    return client.post("/tasks/filters", {"name": name, "query": query, **more})


def names(answer) -> list[str]:
    return [each.name for each in answer.context["saved"]]


def test_a_filter_is_kept_shown_and_forgotten(browser, task, eve):
    client = browser(eve)
    assert "Keep this filter" not in text_of(client.get("/tasks"))
    assert "Keep this filter" in text_of(client.get(f"/tasks?{QUERY}"))
    assert keep(client).url == f"/tasks?{QUERY}"
    answer = client.get("/tasks")
    assert "“Urgent” is kept." in text_of(answer)
    assert 'href="/tasks?priority=urgent&amp;view=board"' in answer.content.decode()
    saved = SavedFilter.objects.get()
    assert client.post(f"/tasks/filters/{saved.pk}/forget").url == "/tasks"
    assert names(client.get("/tasks")) == []
    assert Task.objects.exists()


def test_others_see_what_is_shared_and_cannot_forget_it(browser, ada, eve):
    keep(browser(ada), "Mine")
    keep(browser(ada), "Ours", is_shared="on")
    client = browser(eve)
    assert names(client.get("/tasks")) == ["Ours"]
    for saved in SavedFilter.objects.all():
        assert f"/tasks/filters/{saved.pk}" not in client.get("/tasks").content.decode()
        assert client.post(f"/tasks/filters/{saved.pk}/forget").status_code == 404
    assert SavedFilter.objects.count() == 2


def test_a_filter_of_another_office_does_not_exist(browser, ada, mia, globex):
    with tenant_context(globex):
        theirs = SavedFilter.objects.create(owner=mia, name="Theirs", is_shared=True)
    assert names(browser(ada).get("/tasks")) == []
    assert browser(ada).post(f"/tasks/filters/{theirs.pk}/forget").status_code == 404


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_filter_needs_a_name(browser, eve, name):
    client = browser(eve)
    keep(client, name)
    assert "Give it a name of at most 80 letters." in text_of(client.get("/tasks"))
    assert not SavedFilter.objects.exists()


def test_a_name_is_kept_once_and_fifty_are_enough(browser, eve):
    client = browser(eve)
    keep(client)
    keep(client)
    assert "You keep a filter of this name already." in text_of(client.get("/tasks"))
    for number in range(1, MOST):
        SavedFilter.objects.create(owner=eve, name=str(number))
    keep(client, "One too many")
    assert f"You keep {MOST} filters already." in text_of(client.get("/tasks"))
    assert SavedFilter.objects.count() == MOST


def test_only_what_the_list_knows_is_kept(browser, eve):
    keep(browser(eve), query='next=//evil.example&priority=low&x="><script>&page=3&search=a%26b')
    assert SavedFilter.objects.get().query == "search=a%26b&priority=low"


def test_who_reads_no_tasks_keeps_no_filter(browser, eve):
    eve.role.permissions = ["note:read"]
    eve.role.save()
    assert keep(browser(eve)).status_code == 403
