"""`POST /api/v1/assistant/chat`: what is written, found, read out and refused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Role
from assistant.models import Action
from tasks.models import Reminder, Task
from tasks.services import NewTask, create_task
from tests.assistant.conftest import fresh
from tests.plan_limits import allow

pytestmark = pytest.mark.usefixtures("clock")


# --- Writing


def test_a_new_task_is_written_and_can_be_taken_back(say, undo):
    answer = say("Call Bob tomorrow at 3pm")
    task = Task.objects.get()
    [action] = answer["actions"]
    assert set(answer) == {"reply", "actions"}
    assert action == {
        "type": "create_task",
        "id": str(task.pk),
        "status": "done",
        "undo_token": action["undo_token"],
    }
    assert answer["reply"] == "“Call Bob” is written down, due Wed 15 May 2024, 15:00."
    assert (task.title, task.source, task.reminders.count()) == ("Call Bob", "api", 1)
    assert undo(action["undo_token"]).json()["actions"][0]["status"] == "undone"
    assert not Task.objects.exists()
    assert not Reminder.objects.exists()


def test_one_s_own_task_is_done_moved_and_handed_on(say, own, eve):
    assert say("done with the Acme invoice")["actions"][0]["status"] == "done"
    assert fresh(own).status == "done"
    say("undo")
    assert fresh(own).status == "pending"
    say("move the Acme invoice to Friday at 4pm")
    assert fresh(own).due_date.isoformat() == "2024-05-17T16:00:00+00:00"
    say("undo")
    assert fresh(own).due_date is None


def test_a_task_is_moved_by_a_distance(say, own):
    assert say("postpone the invoice by two days")["reply"] == "To when shall it be moved?"
    say("move the invoice to Friday at 4pm")
    say("postpone the invoice by two days")
    assert fresh(own).due_date.isoformat() == "2024-05-19T16:00:00+00:00"
    say("bring the invoice forward by an hour")
    assert fresh(own).due_date.isoformat() == "2024-05-19T15:00:00+00:00"


def test_a_refusal_of_a_service_leaves_nothing_half_written(say, acme, own):
    allow(acme, tasks=1)
    # Whoever comes for the first time has a session and a device written down.
    say("help")
    before = AuditEntry.objects.count()
    assert say("Call Bob tomorrow")["reply"].startswith("Your plan allows 1 open task")
    assert Task.objects.get() == own
    assert AuditEntry.objects.count() == before


# --- Finding


def test_several_that_fit_are_asked_about(say, own, ada):
    create_task(new=NewTask(title="Check the Acme invoice", assignee_id=ada.pk), by=ada)
    answer = say("done with the Acme invoice")
    assert "“Pay the Acme invoice”" in answer["reply"]
    assert "“Check the Acme invoice”" in answer["reply"]
    assert answer["actions"] == []
    assert fresh(own).is_open


def test_words_that_name_nothing_are_not_looked_for(say, own):
    say("done with the task called Acme invoice")
    assert fresh(own).status == "done"


def test_one_that_is_called_just_so_is_meant(say, own, ada):
    create_task(new=NewTask(title="Acme invoice", assignee_id=ada.pk), by=ada)
    say("done with the Acme invoice")
    assert Task.objects.get(title="Acme invoice").status == "done"
    assert fresh(own).is_open


@pytest.mark.parametrize("words", ["the unicorn", "voice", "Acme unicorn"])
def test_none_that_fits_is_said(say, own, words):
    assert "There is no open task called" in say(f"done with {words}")["reply"]


def test_words_that_mean_something_to_a_database_find_nothing(say, own):
    for words in (".*", "%", "a' OR 1=1 --", "\\m(a+)+$"):
        say(f"done with {words}")
    assert fresh(own).is_open


def test_what_one_may_not_see_is_not_found(say, own, eve):
    assert "There is no open task" in say("done with the invoice", by=eve)["reply"]


def test_finding_costs_one_query(own, ada, django_assert_num_queries):
    from assistant.finding import find_task

    with django_assert_num_queries(1):
        assert find_task("the Acme invoice", by=ada) == own


# --- Who may


@pytest.mark.parametrize(
    "message", ["done with the invoice", "move the invoice to Friday", "Call Bob", "my tasks"]
)
def test_who_has_no_grant_changes_nothing(say, eves, eve, message):
    Role.objects.filter(name="employee").update(permissions=[])
    assert say(message, by=eve)["reply"].startswith("You may not")
    assert fresh(eves).is_open
    assert Task.objects.count() == 1


def test_who_may_not_give_work_to_others_is_refused(say, eves, eve):
    answer = say("give the invoice to Max instead", by=eve)
    assert answer["reply"] == "You may not give work to others."
    assert not Action.objects.exists()


# --- Reading


def test_a_list_names_what_is_due_until_then(say, ada, eve):
    for title, days in (("Today", 0), ("Friday", 3), ("Next month", 20)):
        due = timezone.now() + timedelta(days=days, hours=1)
        create_task(new=NewTask(title=title, assignee_id=ada.pk, due_date=due), by=ada)
    create_task(new=NewTask(title="Eve's", assignee_id=eve.pk), by=ada)
    assert say("what is due this week?")["reply"] == (
        "Your tasks due from Monday, 13 May to Sunday, 19 May:\n"
        "- Today (Tue 14 May 2024, 11:00)\n"
        "- Friday (Fri 17 May 2024, 11:00)"
    )
    assert "Next month" in say("show my tasks")["reply"]
    assert say("what is overdue?")["reply"] == "You have no overdue tasks."


def test_a_list_has_the_days_that_were_asked_for(say, own, clock):
    say("move the invoice to Friday at 4pm")
    line = "- Pay the Acme invoice (Fri 17 May 2024, 16:00)"
    assert say("what is due on Friday?")["reply"] == f"Your tasks due on Friday, 17 May:\n{line}"
    assert say("what is due by Friday?")["reply"] == f"Your tasks due until Friday, 17 May:\n{line}"
    assert "no tasks due on Thursday, 16 May" in say("what is due on Thursday?")["reply"]
    assert "no tasks due on Saturday, 18 May" in say("what is due on Saturday?")["reply"]
    clock.shift(timedelta(days=4))
    assert say("what is overdue?")["reply"] == f"Your overdue tasks:\n{line}"


def test_a_list_is_of_who_is_named_as_far_as_one_may_see(say, eves, eve, max_):
    assert say("what tasks does Eve have?")["reply"] == (
        "Eve Employee’s open tasks:\n- Pay the Acme invoice"
    )
    assert say("show Eve's tasks", by=max_)["reply"] == "Eve Employee has no open tasks."
    assert say("my tasks", by=eve)["reply"] == "Your open tasks:\n- Pay the Acme invoice"


def test_a_long_list_is_cut(say, ada):
    for number in range(12):
        create_task(new=NewTask(title=f"Task {number}", assignee_id=ada.pk), by=ada)
    assert say("my tasks")["reply"].endswith("… and 2 more.")


def test_help_and_what_is_not_understood(say):
    assert "Undo" in say("help")["reply"]
    assert "help" in say("hello")["reply"]


def test_german_is_understood(say, ada, own):
    ada.locale = "de"
    ada.save()
    say("Verschiebe Acme invoice auf Freitag")
    assert f"{fresh(own).due_date:%a}" == "Fri"


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, "message", "required"),
        ({"message": ""}, "message", "blank"),
        ({"message": "x" * 2001}, "message", "max_length"),
        ({"message": "a\0b"}, "message", "null_characters_not_allowed"),
        ({"message": "hi", "conversation_id": "x" * 101}, "conversation_id", "max_length"),
        ({"message": "hi", "surprise": 1}, "surprise", "unknown_field"),
    ],
)
def test_a_bad_message_is_refused_by_name(body, attr, code, api, ada):
    answer = api(ada).post("/api/v1/assistant/chat", body)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["attr"], error["code"]) == (attr, code)
