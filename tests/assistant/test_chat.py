"""`POST /api/v1/assistant/chat` and `/undo`: done, proposed, asked back, taken back."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry, Role
from assistant.jobs import forget_old_states
from assistant.models import Action
from tasks.models import Comment, Reminder, Task
from tasks.services import (
    NewTask,
    complete_task,
    create_task,
    delete_reminder,
    delete_task,
    update_task,
)
from tests.plan_limits import allow


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def say(api, ada):
    def call(message, *, by=ada, **more):
        answer = api(by).post("/api/v1/assistant/chat", {"message": message, **more})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return call


@pytest.fixture
def undo(api, ada):
    def call(token, *, by=ada):
        return api(by).post("/api/v1/assistant/undo", {"undo_token": token})

    return call


@pytest.fixture
def own(ada):
    """A task of Ada's own."""
    return create_task(new=NewTask(title="Pay the Acme invoice", assignee_id=ada.pk), by=ada)


@pytest.fixture
def eves(ada, eve):
    """A task of Eve's."""
    return create_task(new=NewTask(title="Pay the Acme invoice", assignee_id=eve.pk), by=ada)


def token_of(answer):
    [action] = answer["actions"]
    return action["undo_token"]


def fresh(task):
    return Task.objects.get(pk=task.pk)


def assert_conflict(answer, code):
    assert answer.status_code == 409, answer.content
    assert answer.json()["errors"][0]["code"] == code


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


def test_undo_goes_back_step_by_step(say, own, clock):
    say("move the invoice to Friday")
    clock.shift(timedelta(seconds=1))
    say("move the invoice to Monday")
    say("undo")
    assert f"{fresh(own).due_date:%a}" == "Fri"
    say("undo that")
    assert fresh(own).due_date is None
    assert say("undo")["reply"] == "There is nothing to undo."


def test_an_overdue_task_gets_its_old_time_back(say, own, clock):
    update_task(task=own, changes={"due_date": timezone.now() + timedelta(hours=1)}, by=own.creator)
    was = fresh(own).due_date
    clock.shift(timedelta(hours=3))
    token = say("postpone the invoice to Friday")
    say("undo")
    assert fresh(own).due_date == was
    assert token


def test_the_successor_of_a_recurring_task_goes_with_the_undo(say, undo, ada):
    say("water the plants every Monday at 9am")
    token = token_of(say("done with the plants"))
    assert Task.objects.count() == 2
    assert undo(token).status_code == 200
    assert Task.objects.get().status == "pending"


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


# --- Proposals


def test_what_touches_others_work_waits_for_a_yes(say, eves):
    answer = say("done with the Acme invoice")
    [action] = answer["actions"]
    assert action == {"type": "complete", "id": str(eves.pk), "status": "proposed"}
    assert fresh(eves).is_open
    assert say("yes")["actions"][0]["status"] == "done"
    assert fresh(eves).status == "done"


def test_giving_away_waits_for_a_yes_and_can_be_undone(say, undo, own, ada, eve):
    assert say("give the invoice to Eve instead")["actions"][0]["status"] == "proposed"
    assert fresh(own).assignee == ada
    token = token_of(say("Yes!"))
    assert fresh(own).assignee == eve
    assert undo(token).status_code == 200
    assert fresh(own).assignee == ada


@pytest.mark.parametrize("word", ["ok, go ahead", "Sure, please!", "yes, do it"])
def test_a_yes_has_many_words(say, eves, word):
    say("done with the Acme invoice")
    assert say(word)["actions"][0]["status"] == "done"


@pytest.mark.parametrize("word", ["no", "rather not, thanks"])
def test_a_no_leaves_it(say, eves, word):
    say("done with the Acme invoice")
    assert say(word)["actions"][0]["status"] == "declined"
    assert say("yes")["reply"] == "There is nothing that waits for a yes."
    assert fresh(eves).is_open


def test_a_second_yes_is_harmless(say, eves):
    say("done with the Acme invoice")
    say("yes")
    before = AuditEntry.objects.count()
    assert say("yes")["actions"] == []
    assert AuditEntry.objects.count() == before


def test_nobody_says_yes_for_somebody_else(say, eves, eve, max_):
    say("done with the Acme invoice")
    for other in (eve, max_):
        assert say("yes", by=other)["reply"] == "There is nothing that waits for a yes."
    assert fresh(eves).is_open


def test_a_yes_in_another_conversation_says_nothing(say, eves):
    say("done with the Acme invoice", conversation_id="one")
    assert say("yes", conversation_id="two")["actions"] == []
    assert say("yes")["actions"] == []
    assert fresh(eves).is_open
    assert say("yes", conversation_id="one")["actions"][0]["status"] == "done"


def test_a_proposal_does_not_wait_for_ever(say, eves, clock):
    say("done with the Acme invoice")
    clock.shift(timedelta(minutes=16))
    assert say("yes")["actions"] == []
    assert fresh(eves).is_open


def test_a_newer_proposal_takes_the_place_of_the_older(say, eves):
    say("done with the Acme invoice")
    say("move the Acme invoice to Friday")
    say("yes")
    assert fresh(eves).is_open
    assert say("yes")["actions"] == []


def test_a_grant_that_was_lost_since_counts_at_the_yes(say, eves, max_, finance):
    update_task(task=eves, changes={"team_id": finance.pk}, by=eves.creator)
    say("done with the Acme invoice", by=max_)
    Role.objects.filter(name="manager").update(permissions=["task:read"])
    assert say("yes", by=max_)["reply"] == "You may not change tasks."
    assert fresh(eves).is_open


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


# --- Undo


def test_a_token_works_once(say, undo):
    token = token_of(say("Call Bob"))
    assert undo(token).status_code == 200
    assert_conflict(undo(token), "already_undone")


def test_a_token_belongs_to_its_person(say, undo, eve):
    token = token_of(say("Call Bob"))
    assert undo(token, by=eve).status_code == 400
    assert Task.objects.exists()


def test_a_token_lives_for_a_day(say, undo, clock, api, ada):
    token = token_of(say("Call Bob"))
    client = api(ada)
    clock.shift(timedelta(hours=24, seconds=1))
    assert_conflict(undo(token), "undo_expired")
    assert client
    assert Task.objects.exists()


def test_what_can_no_longer_be_taken_back_is_forgotten(say, undo, clock):
    token = token_of(say("Call Bob"))
    forget_old_states()
    assert Action.objects.get().after
    clock.shift(timedelta(hours=24, seconds=1))
    forget_old_states()
    action = Action.objects.get()
    assert (action.title, action.values, action.before, action.after) == ("Call Bob", {}, {}, {})
    assert_conflict(undo(token), "undo_expired")


def test_a_proposal_has_nothing_to_undo(say, undo, eves):
    say("done with the Acme invoice")
    assert undo(str(Action.objects.get().pk)).status_code == 400


@pytest.mark.parametrize(
    "meddle",
    [
        lambda task, by: update_task(task=task, changes={"title": "Call Rob"}, by=by),
        lambda task, by: complete_task(task=task, by=by),
        lambda task, by: Comment.objects.create(task=task, author=by, body="Tried."),
        lambda task, by: delete_reminder(reminder=task.reminders.get()) or by,
        lambda task, by: create_task(new=NewTask(title="Dial", parent_id=task.pk), by=by),
        lambda task, by: delete_task(task=task, by=by),
    ],
    ids=["renamed", "done", "commented", "reminders gone", "subtask", "deleted"],
)
def test_an_undo_that_would_lose_somebodys_work_is_refused(meddle, say, undo, ada):
    token = token_of(say("Call Bob tomorrow at 3pm"))
    meddle(Task.objects.get(), ada)
    before = list(Task.objects.order_by("pk").values())
    assert_conflict(undo(token), "changed_meanwhile")
    assert list(Task.objects.order_by("pk").values()) == before


def test_a_change_of_something_else_does_not_stand_in_the_way(say, undo, own, ada):
    token = token_of(say("move the invoice to Friday"))
    update_task(task=fresh(own), changes={"priority": "urgent"}, by=ada)
    assert undo(token).status_code == 200
    assert (fresh(own).priority, fresh(own).due_date) == ("urgent", None)


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
