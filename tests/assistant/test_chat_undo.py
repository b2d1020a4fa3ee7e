"""“Undo” in the chat and `POST /api/v1/assistant/undo`: what is taken back, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assistant.jobs import forget_old_states
from assistant.models import Action
from tasks.models import Comment, Task
from tasks.services import (
    NewTask,
    complete_task,
    create_task,
    delete_reminder,
    delete_task,
    update_task,
)
from tests.assistant.conftest import fresh, token_of

pytestmark = pytest.mark.usefixtures("clock")


def assert_conflict(answer, code):
    assert answer.status_code == 409, answer.content
    assert answer.json()["errors"][0]["code"] == code


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


# --- By its token


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
