"""Changing a task on its page: every field, reminders, what has become of it, and undo."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Team
from tasks.models import Comment, Reminder, Task
from tasks.services import NewTask, create_task, update_task
from tenants.context import tenant_context
from tests.pages.conftest import HTMX, text_of

DUE = "2030-05-14T10:00"


@pytest.fixture
def foreign(mia, globex, in_acme) -> Task:
    """A task of another office."""
    with tenant_context(globex):
        return Task.objects.create(title="Theirs", creator=mia, assignee=mia)


def shown(client, task) -> dict[str, str]:
    """What the form shows, as a browser would send it back."""
    form = client.get(f"/tasks/{task.pk}/edit").context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def change(client, task, **facts):
    return client.post(f"/tasks/{task.pk}/edit", {**shown(client, task), **facts})


def undo_shown_on(client, path) -> str:
    html = client.get(path).content.decode()
    return re.findall(r'name="undo_token" value="([^"]+)"', html)[0]


def undo(client, token):
    return client.post("/quick-add/undo", {"undo_token": token, "next": "/tasks"})


def test_every_field_is_changed_and_taken_back(browser, task, ada, eve, finance):
    client, parent = browser(ada), Task.objects.create(title="Spring", creator=ada)
    Task.objects.filter(pk=task.pk).update(labels=["office"], description="Green ones.")
    before = Task.objects.filter(pk=task.pk).values().get()
    facts = {
        "title": "Water the palms",
        "assignee": str(ada.pk),
        "team": str(finance.pk),
        "due": DUE,
        "repeats": "FREQ=WEEKLY",
        "priority": "urgent",
        "status": "in_progress",
        "labels": "hall, green , ",
        "parent": str(parent.pk),
        "description": "All of them.\r\nTwice.",
    }
    answer = change(client, task, **facts)
    assert (answer.status_code, answer.url) == (302, f"/tasks/{task.pk}")
    task.refresh_from_db()
    assert (task.title, task.assignee, task.team) == ("Water the palms", ada, finance)
    assert (task.priority, task.status, task.parent) == ("urgent", "in_progress", parent)
    assert (task.labels, task.recurrence) == (["hall", "green"], "FREQ=WEEKLY")
    assert f"{task.due_date:%Y-%m-%dT%H:%M}" == DUE
    assert task.description == "All of them.\nTwice."
    token = undo_shown_on(client, f"/tasks/{task.pk}")
    assert undo(client, token).url == "/tasks"
    after = Task.objects.filter(pk=task.pk).values().get()
    changing = {"updated_at"}
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }


def test_what_the_form_showed_is_not_sent_as_a_change(browser, task, eve):
    Task.objects.filter(pk=task.pk).update(
        due_date=timezone.now() - timezone.timedelta(days=3, seconds=7), recurrence="FREQ=HOURLY"
    )
    task.refresh_from_db()
    assert change(browser(eve), task, title="Again").status_code == 302
    was = task.due_date
    task.refresh_from_db()
    assert (task.title, task.due_date, task.recurrence) == ("Again", was, "FREQ=HOURLY")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(browser, task, ada, eve):
    client = browser(eve)
    mine = {**shown(client, task), "title": "Mine"}
    update_task(task=Task.objects.get(pk=task.pk), changes={"title": "Theirs"}, by=ada)
    answer = client.post(f"/tasks/{task.pk}/edit", mine)
    assert answer.status_code == 412
    assert "Somebody has changed this task meanwhile." in text_of(answer)
    assert 'value="Mine"' in answer.content.decode()
    task.refresh_from_db()
    assert task.title == "Theirs"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"title": " "}, "This field is required."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"due": "nonsense"}, "Enter a valid date/time."),
        ({"due": "2001-01-01T10:00"}, "This time is past."),
        ({"repeats": "FREQ=DAILY"}, "A recurring task needs a due date."),
        ({"priority": "x"}, "Select a valid choice."),
        ({"labels": "x" * 51}, "At most 20 labels"),
        ({"parent": "11111111-1111-4111-8111-111111111111"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, task, ada, facts, sentence):
    answer = change(browser(ada), task, **facts)
    assert answer.status_code == 400
    assert sentence in text_of(answer)
    before = task.updated_at
    task.refresh_from_db()
    assert task.updated_at == before


def test_only_who_may_assign_sees_others_and_gives_them_work(browser, task, ada, eve):
    form = browser(eve).get(f"/tasks/{task.pk}/edit").context["form"]
    assert [name for _pk, name in form.fields["assignee"].choices] == [
        "Nobody yet",
        "Eve Employee (me)",
    ]
    assert change(browser(eve), task, assignee=str(ada.pk)).status_code == 400
    task.refresh_from_db()
    assert task.assignee == eve


def test_who_hands_a_task_out_of_sight_is_led_to_all_tasks(browser, ada, eve, sarah):
    sarah.role.permissions = [*sarah.role.permissions, "task:assign", "user:read"]
    sarah.role.save()
    task = create_task(new=NewTask(title="Give away", assignee_id=sarah.pk), by=ada)
    client = browser(sarah)
    assert change(client, task, assignee=str(eve.pk)).url == "/tasks"
    token = undo_shown_on(client, "/tasks")
    undo(client, token)
    task.refresh_from_db()
    assert task.assignee == sarah


def test_reminders_come_and_go_and_each_can_be_undone(browser, task, eve):
    Task.objects.filter(pk=task.pk).update(due_date=f"{DUE}:00Z")
    client, here = browser(eve), f"/tasks/{task.pk}"
    assert client.post(f"{here}/reminders", {"lead": "60"}).url == here
    assert client.post(f"{here}/reminders", {"lead": "at", "at": "2030-05-01T08:00"}).url == here
    page = text_of(client.get(here))
    assert "Tue 14 May 2030, 09:00 · 1 hour before" in page
    assert "Wed 1 May 2030, 08:00" in page
    reminder = Reminder.objects.get(minutes_before=60)
    assert client.post(f"/tasks/reminders/{reminder.pk}/remove").url == here
    assert Reminder.objects.count() == 1
    undo(client, undo_shown_on(client, here))
    assert Reminder.objects.get(pk=reminder.pk).minutes_before == 60
    assert client.post(f"{here}/reminders", {"lead": "0"}).url == here
    undo(client, undo_shown_on(client, here))
    assert not Reminder.objects.filter(minutes_before=0).exists()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"lead": "10"}, "The task has no due date to count from."),
        ({"lead": "at"}, "At which time?"),
        ({"lead": "at", "at": "2001-01-01T10:00"}, "This time is past."),
        ({"lead": "x"}, "Select a valid choice."),
    ],
)
def test_a_reminder_that_cannot_be_is_refused_at_its_field(browser, task, eve, facts, sentence):
    answer = browser(eve).post(f"/tasks/{task.pk}/reminders", facts)
    assert (answer.status_code, sentence in text_of(answer)) == (400, True)
    assert not Reminder.objects.exists()


def test_the_history_says_who_did_what(browser, task, ada, eve, finance):
    client = browser(ada)
    change(client, task, assignee=str(ada.pk), due=DUE, team=str(finance.pk), description="Secret")
    change(client, task, due="", priority="high", status="done")
    page = text_of(client.get(f"/tasks/{task.pk}"))
    for words in (
        "Who: Eve Employee became Ada Admin",
        "Team: nothing became Finance",
        "Due: nothing became Tue 14 May 2030, 10:00",
        "Due: Tue 14 May 2030, 10:00 became nothing",
        "Priority: Medium became High",
        "Ada Admin Description changed",
    ):
        assert words in page


def test_the_parts_are_shown_and_a_whole_only_to_who_may_see_it(browser, task, ada, eve):
    whole = create_task(new=NewTask(title="The whole garden"), by=ada)
    Task.objects.filter(pk=task.pk).update(parent=whole)
    assert "Water the plants" in text_of(browser(ada).get(f"/tasks/{whole.pk}"))
    assert "The whole garden" in text_of(browser(ada).get(f"/tasks/{task.pk}"))
    assert "The whole garden" not in text_of(browser(eve).get(f"/tasks/{task.pk}"))
    assert "The whole garden" not in text_of(browser(eve).get(f"/tasks/{task.pk}/edit"))
    assert change(browser(eve), task, title="Still a part").status_code == 302
    task.refresh_from_db()
    assert task.parent == whole


def test_a_task_is_deleted_by_who_may(browser, task, ada, eve):
    assert browser(eve).post(f"/tasks/{task.pk}/delete").status_code == 403
    assert "Delete it" not in text_of(browser(eve).get(f"/tasks/{task.pk}"))
    client = browser(ada)
    assert "Delete it" in text_of(client.get(f"/tasks/{task.pk}"))
    assert client.post(f"/tasks/{task.pk}/delete").url == "/tasks"
    assert "“Water the plants” is deleted." in text_of(client.get("/tasks"))
    assert client.post(f"/tasks/{task.pk}/delete").status_code == 404


@pytest.mark.parametrize("end", ["/edit", "/reminders", "/delete"])
def test_what_i_may_not_see_is_not_changed(browser, task, sarah, foreign, end):
    sarah.role.permissions = [*sarah.role.permissions, "task:delete"]
    sarah.role.save()
    facts = {"title": "Mine", "lead": "0"}
    for hidden in (task, foreign):
        assert browser(sarah).post(f"/tasks/{hidden.pk}{end}", facts).status_code == 404


def test_a_reminder_of_what_i_may_not_see_does_not_exist(browser, task, sarah):
    reminder = Reminder.objects.create(task=task, minutes_before=5)
    assert browser(sarah).post(f"/tasks/reminders/{reminder.pk}/remove").status_code == 404
    assert Reminder.objects.exists()


def test_reading_alone_changes_nothing(browser, task, eve):
    eve.role.permissions = ["task:read"]
    eve.role.save()
    client, reminder = browser(eve), Reminder.objects.create(task=task, minutes_before=5)
    for path in ("edit", "reminders"):
        assert client.post(f"/tasks/{task.pk}/{path}").status_code == 403
    assert client.post(f"/tasks/reminders/{reminder.pk}/remove").status_code == 403
    html = client.get(f"/tasks/{task.pk}").content.decode()
    assert "/edit" not in html
    assert "/reminders" not in html


def test_completing_and_moving_can_be_undone(browser, task, eve):
    client = browser(eve)
    for path, facts in (("complete", {}), ("move", {"status": "in_progress", "next": "/tasks"})):
        client.post(f"/tasks/{task.pk}/{path}", facts)
        task.refresh_from_db()
        assert task.status != "pending"
        undo(client, undo_shown_on(client, "/tasks"))
        assert "is taken back." in text_of(client.get("/tasks"))
        task.refresh_from_db()
        assert (task.status, task.completed_at) == ("pending", None)
    html = client.post(f"/tasks/{task.pk}/complete", **HTMX).content.decode()
    undo(client, re.findall(r'name="undo_token" value="([^"]+)"', html)[0])
    task.refresh_from_db()
    assert task.is_open


def test_fifty_of_each_cost_the_queries_of_one(browser, task, ada, max_, eve):
    client, people = browser(ada), [ada, max_, eve]
    Task.objects.filter(pk=task.pk).update(due_date=f"{DUE}:00Z")

    def add(number):
        Comment.objects.create(task=task, author=people[number % 3], body="Yes")
        Reminder.objects.create(task=task, minutes_before=number)
        Task.objects.create(title=str(number), creator=ada, assignee=eve, parent=task)
        team = Team.objects.create(name=f"T{number}")
        change = {"assignee_id": people[number % 2].pk, "team_id": team.pk}
        update_task(task=Task.objects.get(pk=task.pk), changes=change, by=ada)

    def cost(path):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    add(0)
    paths = [f"/tasks/{task.pk}", f"/tasks/{task.pk}/edit"]
    few = [(cost(path), cost(path))[1] for path in paths]
    for number in range(1, 20):
        add(number)
    assert [cost(path) for path in paths] == few
    assert max(few) <= 16
