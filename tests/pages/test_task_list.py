"""All tasks, as a list and as a board, by one filter that stands in the address."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.models import Task
from tenants.context import tenant_context
from tests.pages.conftest import HTMX, text_of


def titles(answer) -> list[str]:
    return [row.task.title for row in answer.context["rows"]]


def columns(answer) -> dict[str, list[str]]:
    found = answer.context["columns"]
    return {each.status.value: [row.task.title for row in each.rows] for each in found}


def add(number, by, **facts):
    return Task.objects.create(title=f"Task {number}", creator=by, assignee=by, **facts)


LOOKS = ["/tasks", "/tasks?view=board", "/tasks?view=month", "/tasks?view=timeline"]


def test_many_come_page_by_page(browser, ada):
    for number in range(51):
        add(number, ada, due_date=timezone.now() + timezone.timedelta(days=number + 1))
    client = browser(ada)
    first, second = client.get("/tasks?search=task"), client.get("/tasks?search=task&page=2")
    assert (len(titles(first)), titles(second)) == (50, ["Task 50"])
    assert "?search=task&amp;page=2" in first.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Late", "Soon", "Undated"]),
        ("status=done", ["Done"]),
        ("status=all", ["Late", "Soon", "Done", "Undated"]),
        ("priority=urgent", ["Soon"]),
        ("label=green", ["Undated"]),
        ("due=overdue", ["Late"]),
        ("due=week", ["Soon"]),
        ("search=unda", ["Undated"]),
        ("search=unda&priority=urgent", []),
        ("ordering=title", ["Late", "Soon", "Undated"]),
    ],
)
def test_the_address_holds_the_filter(browser, ada, query, found):
    now = timezone.now()
    add(1, ada, labels=["green"])
    Task.objects.update(title="Undated")
    for title, hours, more in (("Late", -30, {}), ("Soon", 50, {"priority": "urgent"})):
        due = now + timezone.timedelta(hours=hours)
        Task.objects.create(title=title, creator=ada, assignee=ada, due_date=due, **more)
    done = {"status": "done", "completed_at": now, "due_date": now + timezone.timedelta(days=9)}
    Task.objects.create(title="Done", creator=ada, assignee=ada, **done)
    answer = browser(ada).get(f"/tasks?{query}")
    assert titles(answer) == found


def test_whose_tasks_is_asked_by_those_who_know_everybody(browser, task, ada, eve):
    assert titles(browser(ada).get(f"/tasks?assignee={eve.pk}")) == ["Water the plants"]
    assert titles(browser(ada).get(f"/tasks?assignee={ada.pk}")) == []
    answer = browser(eve).get(f"/tasks?assignee={ada.pk}")
    assert (answer.status_code, titles(answer)) == (400, [])
    assert "Ada Admin" not in str(answer.context["form"]["assignee"])


@pytest.mark.parametrize(
    "query",
    ["status=x", "priority=x", "assignee=x", "due=x", "ordering=x", "month=x", "label=" + "x" * 51],
)
@pytest.mark.parametrize("look", ["", "&view=board", "&view=month", "&view=timeline"])
def test_nonsense_is_refused_at_its_field(browser, task, ada, query, look):
    answer = browser(ada).get(f"/tasks?{query}{look}")
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert "Water the plants" not in text_of(answer)


def test_what_i_may_not_see_is_not_there(browser, task, sarah):
    assert titles(browser(sarah).get("/tasks?status=all")) == []
    for look in ("board", "month", "timeline"):
        assert "Water the plants" not in text_of(browser(sarah).get(f"/tasks?view={look}"))


def test_a_role_without_the_right_is_refused(browser, task, eve):
    eve.role.permissions = ["note:read"]
    eve.role.save()
    assert browser(eve).get("/tasks").status_code == 403
    assert browser(eve).post(f"/tasks/{task.pk}/move", {"status": "done"}).status_code == 403


def test_completing_leads_back_to_the_list_as_it_was(browser, task, eve):
    here = "/tasks?search=plants"
    assert f'name="next" value="{here}"' in browser(eve).get(here).content.decode()
    assert browser(eve).post(f"/tasks/{task.pk}/complete", {"next": here}).url == here
    assert browser(eve).post(f"/tasks/{task.pk}/complete", **HTMX).status_code == 200


def test_the_board_has_a_column_for_each_state(browser, task, eve):
    answer = browser(eve).get("/tasks?view=board")
    shown = {"pending": ["Water the plants"], "in_progress": [], "done": [], "cancelled": []}
    assert columns(answer) == shown
    assert columns(browser(eve).get("/tasks?view=board&status=done")) == {"done": []}


def test_a_card_is_moved_and_leads_back(browser, task, eve):
    client, here = browser(eve), "/tasks?view=board"
    for state in ("in_progress", "done", "done", "pending"):
        answer = client.post(f"/tasks/{task.pk}/move", {"status": state, "next": here})
        assert (answer.status_code, answer.url) == (302, here)
        task.refresh_from_db()
        assert (task.status, bool(task.completed_at)) == (state, state == "done")


def test_a_state_that_there_is_not_moves_nothing(browser, task, eve):
    assert browser(eve).post(f"/tasks/{task.pk}/move", {"status": "x"}).status_code == 400
    task.refresh_from_db()
    assert task.status == "pending"


def test_a_foreign_task_is_not_moved(browser, task, sarah, ada, mia, globex):
    assert browser(sarah).post(f"/tasks/{task.pk}/move", {"status": "done"}).status_code == 404
    with tenant_context(globex):
        theirs = Task.objects.create(title="Theirs", creator=mia, assignee=mia)
    assert browser(ada).post(f"/tasks/{theirs.pk}/move", {"status": "done"}).status_code == 404


@pytest.mark.parametrize("path", LOOKS)
def test_fifty_cost_the_queries_of_one(browser, ada, eve, finance, path):
    client = browser(ada)
    due = timezone.now()
    add(0, ada, due_date=due)
    client.get(path)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    few = cost()
    for number in range(50):
        facts = {"assignee": eve, "team": finance, "due_date": due}
        Task.objects.create(title=str(number), creator=eve, **facts)
    assert cost() == few


def test_the_month_stands_on_the_readers_calendar(browser, ada, time_machine):
    time_machine.move_to("2030-05-15T12:00:00Z", tick=False)
    ada.timezone = "Pacific/Auckland"
    ada.save()
    add(1, ada, due_date="2030-05-31T13:00:00Z")
    add(2, ada, due_date="2030-06-30T13:00:00Z")
    client = browser(ada)

    def days(query):
        month = client.get(f"/tasks?view=month{query}").context["month"]
        found = {f"{day.date}": day.items for day in month.days if day.items}
        return f"{month.first}", {
            day: [when for when, _minute, _task in each] for day, each in found.items()
        }

    assert days("") == ("2030-05-01", {"2030-06-01": ["01:00"]})
    assert days("&month=2030-06-17") == (
        "2030-06-01",
        {"2030-06-01": ["01:00"], "2030-07-01": ["01:00"]},
    )
    assert days("&month=2030-06-17&search=2") == ("2030-06-01", {"2030-07-01": ["01:00"]})
    assert client.get("/tasks?view=month&month=0001-01-01").status_code == 400


def test_the_timeline_goes_from_written_down_to_due(browser, ada, time_machine):
    time_machine.move_to("2030-05-15T12:00:00Z", tick=False)
    week = timezone.timedelta(days=7)
    add(1, ada, due_date=timezone.now() + 2 * week)
    add(2, ada)
    add(3, ada, due_date=timezone.now() - 9 * week)
    bars = browser(ada).get("/tasks?view=timeline&ordering=title").context["bars"]
    assert [(bar.x, bar.width) for bar in bars] == [(333, 334), (333, 667), (0, 12)]
