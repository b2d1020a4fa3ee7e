"""Team and reports: who has how much to do, handing on, how the work goes; and as CSV."""

import csv
import re
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.cells import csv_of, harmless
from tasks import team_views
from tasks.models import Task
from tenants.context import tenant_context
from tests.pages.conftest import text_of

NOW = datetime(2030, 5, 15, 12, tzinfo=UTC)  # a Wednesday


def add(title, by, to, *, due=None, done=None, written=None, **facts):
    row = Task.objects.create(title=title, creator=by, assignee=to, due_date=due, **facts)
    if done:
        Task.objects.filter(pk=row.pk).update(status="done", completed_at=done)
    if written:
        Task.objects.filter(pk=row.pk).update(created_at=written)
    return row


def ago(**much):
    return timezone.now() - timezone.timedelta(**much)


def loads(answer):
    return {one.name: (one.open, one.late, one.soon, one.done) for one in answer.context["loads"]}


def test_an_office_without_work_says_so(browser, ada):
    client = browser(ada)
    assert "Nobody has anything to do." in text_of(client.get("/team"))
    assert "There is nothing to count yet." in text_of(client.get("/reports"))


def test_the_load_of_each_person_is_counted(browser, ada, eve, sarah):
    add("Late", ada, eve, due=ago(days=1))
    add("Soon", ada, eve, due=ago(days=-2))
    add("Some day", ada, eve)
    add("Done", ada, sarah, done=ago(days=2))
    add("Done long ago", ada, sarah, done=ago(days=30))
    add("Nobody's", ada, None)
    answer = browser(ada).get("/team")
    assert loads(answer) == {"Eve Employee": (3, 1, 1, 0), "Sarah Finance": (0, 0, 0, 1)}
    assert [row.task.title for row in answer.context["rows"]] == ["Late", "Nobody's"]


def test_a_lead_sees_the_teams_that_are_led_alone(browser, ada, eve, max_, finance):
    add("Ours", ada, eve, due=ago(days=1), team=finance)
    add("Not ours", ada, eve, due=ago(days=1))
    answer = browser(max_).get("/team")
    assert loads(answer) == {"Eve Employee": (1, 1, 0, 0)}
    assert [row.task.title for row in answer.context["rows"]] == ["Ours"]


def test_what_is_late_is_handed_on_and_taken_back(browser, ada, eve, sarah):
    task, client = add("Late", ada, eve, due=ago(days=1)), browser(ada)
    facts = {"assignee": sarah.pk, "next": "/team?page=1"}
    answer = client.post(f"/team/{task.pk}/hand-on", facts)
    assert answer.url == "/team?page=1"
    task.refresh_from_db()
    assert task.assignee == sarah
    html = client.get("/team").content.decode()
    assert "“Late” is handed on." in html
    token = re.findall(r'name="undo_token" value="([^"]+)"', html)[0]
    client.post("/quick-add/undo", {"undo_token": token})
    task.refresh_from_db()
    assert task.assignee == eve


def test_for_more_people_than_a_box_holds_there_is_the_tasks_own_form(
    browser, ada, eve, monkeypatch
):
    task = add("Late", ada, eve, due=ago(days=1))
    own = f"/tasks/{task.pk}/edit#id_assignee"
    page = browser(ada).get("/team").content.decode()
    assert (f"/team/{task.pk}/hand-on" in page, own in page) == (True, False)
    monkeypatch.setattr(team_views, "MOST_OFFERED", 3)
    page = browser(ada).get("/team").content.decode()
    assert (f"/team/{task.pk}/hand-on" in page, own in page) == (False, True)
    assert 'id="id_assignee"' in browser(ada).get(own).content.decode()


@pytest.mark.parametrize("who", ["", "x", "11111111-1111-4111-8111-111111111111"])
def test_a_task_is_not_handed_to_nobody(browser, ada, task, eve, who):
    answer = browser(ada).post(f"/team/{task.pk}/hand-on", {"assignee": who})
    assert (answer.status_code, "There is nobody with this id." in text_of(answer)) == (400, True)
    task.refresh_from_db()
    assert task.assignee == eve


def test_who_may_not_assign_is_refused(browser, task, eve, sarah):
    assert browser(eve).get("/team").status_code == 403
    path = f"/team/{task.pk}/hand-on"
    assert browser(eve).post(path, {"assignee": sarah.pk}).status_code == 403
    assert "/team" not in browser(eve).get("/").content.decode()
    eve.role.permissions = ["note:read"]
    eve.role.save()
    assert browser(eve).get("/reports").status_code == 403
    assert browser(eve).get("/reports/tasks.csv").status_code == 403


def test_what_i_may_not_see_is_not_handed_on(browser, task, max_, eve, mia, globex):
    with tenant_context(globex):
        theirs = Task.objects.create(title="Theirs", creator=mia, assignee=mia)
    for hidden in (task, theirs):
        answer = browser(max_).post(f"/team/{hidden.pk}/hand-on", {"assignee": max_.pk})
        assert answer.status_code == 404


def test_the_weeks_are_counted_on_the_readers_calendar(browser, ada, eve, time_machine):
    time_machine.move_to(NOW, tick=False)
    ada.timezone = "Pacific/Auckland"
    ada.save()
    # Sunday evening in UTC is Monday in Auckland.
    add("One", ada, eve, written=datetime(2030, 5, 12, 20, tzinfo=UTC), done=NOW)
    add("Two", ada, eve, written=datetime(2030, 5, 12, 20, tzinfo=UTC), done=NOW)
    late = datetime(2030, 5, 1, tzinfo=UTC)
    add("Late", ada, eve, written=datetime(2030, 4, 20, tzinfo=UTC), due=late)
    add("Called off", ada, eve, written=late, due=late, status="cancelled")
    weeks = {
        f"{week.monday}": week for _name, week in browser(ada).get("/reports").context["weeks"]
    }
    assert len(weeks) == 12
    now, before = weeks["2030-05-13"], weeks["2030-05-06"]
    assert (now.written, now.done, now.days, now.late) == (2, 2, 2.7, 1)
    assert (before.written, before.done, before.days, before.late) == (0, 0, None, 1)
    assert weeks["2030-04-15"].late == 0
    assert weeks["2030-04-15"].written == 1


def test_the_report_counts_what_one_may_see_alone(browser, ada, eve, sarah):
    add("Eve's", ada, eve, done=ago(hours=1))
    this = browser(sarah).get("/reports")
    assert "There is nothing to count yet." in text_of(this)
    assert browser(eve).get("/reports").context["weeks"][-1][1].done == 1
    assert "<svg" in browser(eve).get("/reports").content.decode()


def test_the_csv_has_the_same_and_no_formula(browser, ada, eve):
    eve.full_name = "=HYPERLINK(1)"
    eve.save()
    add("Done", ada, eve, done=ago(minutes=1))
    answer = browser(ada).get("/reports/tasks.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="tasks.csv"' in answer["Content-Disposition"]
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 12 + 1
    assert rows[12][2] == "1"
    assert rows[13][0] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\r=1"])
def test_what_a_spreadsheet_would_compute_becomes_text(text):
    assert harmless(text) == f"'{text}"
    assert harmless(-1) == "-1"
    assert "'=1" in csv_of(["x"], [["=1"]])


def test_fifty_cost_the_queries_of_one(browser, ada, eve, sarah, finance):
    client, people = browser(ada), [eve, sarah, ada]

    def cost(path):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    def fill(number):
        person = people[number % 3]
        add(str(number), person, person, due=ago(days=number % 60), team=finance)
        add(str(number), person, person, done=ago(days=number % 60))

    fill(0)
    paths = ["/team", "/reports", "/reports/tasks.csv"]
    few = [(cost(path), cost(path))[1] for path in paths]
    for number in range(1, 50):
        fill(number)
    assert [cost(path) for path in paths] == few
    assert max(few) <= 12
