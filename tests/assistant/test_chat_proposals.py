"""A proposal in the chat: what touches the work of others waits for a yes."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, Role
from tasks.services import update_task
from tests.assistant.conftest import fresh, token_of

pytestmark = pytest.mark.usefixtures("clock")


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
