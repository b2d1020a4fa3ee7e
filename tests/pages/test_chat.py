"""The page where people talk with the office, without a line of script."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assistant.models import Action
from tasks.models import Task
from tests.pages.conftest import text_of


def say(client, message):
    answer = client.post("/assistant", {"message": message})
    assert (answer.status_code, answer.url) == (302, "/assistant")
    return client.get("/assistant")


def token_on(answer, name) -> str:
    return re.findall(rf'name="{name}" value="([^"]+)"', answer.content.decode())[-1]


def test_a_new_conversation_is_empty_and_shows_what_can_be_said(browser, eve):
    page = text_of(browser(eve).get("/assistant"))
    assert "Nothing has been said yet." in page
    assert "What is due this week?" in page


def test_what_is_written_down_is_answered_and_can_be_undone(browser, eve):
    client = browser(eve)
    answer = say(client, "call the bank tomorrow at 3pm")
    assert "“Call the bank” is written down" in text_of(answer)
    token = token_on(answer, "undo_token")
    back = client.post("/quick-add/undo", {"undo_token": token, "next": "/assistant"})
    assert back.url == "/assistant"
    assert "Taken back." in text_of(client.get("/assistant"))
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("answered", "words", "status"),
    [("yes", "Done: “Water the plants”.", "done"), ("no", "Left as it is", "pending")],
)
def test_what_touches_others_waits_for_a_yes(browser, task, ada, answered, words, status):
    client = browser(ada)
    proposal = token_on(say(client, "done with water the plants"), "proposal")
    task.refresh_from_db()
    assert task.is_open
    facts = {"proposal": proposal, "answer": answered}
    assert client.post("/assistant/answer", facts).url == "/assistant"
    assert words in text_of(client.get("/assistant"))
    task.refresh_from_db()
    assert task.status == status
    client.post("/assistant/answer", facts)
    assert re.search("this is done already|was left as it is", text_of(client.get("/assistant")))


def test_a_yes_in_words_answers_what_this_browser_was_asked(browser, task, ada):
    first, second = browser(ada), browser(ada)
    say(first, "done with water the plants")
    assert "There is nothing that waits for a yes." in text_of(say(second, "yes"))
    assert "Done: “Water the plants”." in text_of(say(first, "yes"))


def test_a_proposal_of_somebody_else_is_nobodys(browser, task, ada, eve):
    proposal = token_on(say(browser(ada), "done with water the plants"), "proposal")
    client = browser(eve)
    client.post("/assistant/answer", {"proposal": proposal, "answer": "yes"})
    assert "There is nothing to answer here." in text_of(client.get("/assistant"))
    assert Action.objects.get(pk=proposal).status == "proposed"


@pytest.mark.parametrize("facts", [{}, {"proposal": "x", "answer": "yes"}, {"answer": "perhaps"}])
def test_nonsense_for_an_answer_says_so(browser, ada, facts):
    client = browser(ada)
    client.post("/assistant/answer", facts)
    assert "Answer yes or no." in text_of(client.get("/assistant"))


@pytest.mark.parametrize(
    ("message", "sentence"),
    [(" ", "Say something first."), ("x" * 2001, "at most 2000 characters")],
)
def test_what_cannot_be_said_is_refused_at_the_field(browser, eve, message, sentence):
    answer = browser(eve).post("/assistant", {"message": message})
    assert (answer.status_code, sentence in text_of(answer)) == (400, True)


def test_what_a_role_may_not_do_is_said_and_not_done(browser, eve):
    eve.role.permissions = ["task:read"]
    eve.role.save()
    answer = say(browser(eve), "call the bank tomorrow at 3pm")
    assert "You may not write tasks down." in text_of(answer)
    assert not Task.objects.exists()


def test_what_was_said_is_only_text_and_is_forgotten_on_demand(browser, eve):
    client = browser(eve)
    assert b"<b>bold" not in say(client, "note: <b>bold</b>").content
    assert client.post("/assistant/forget").url == "/assistant"
    assert "Nothing has been said yet." in text_of(client.get("/assistant"))


def test_twenty_exchanges_are_kept_and_cost_the_queries_of_one(browser, eve):
    client = browser(eve)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            answer = client.get("/assistant")
        return len(caught), len(answer.context["exchanges"])

    say(client, "call the bank tomorrow at 3pm")
    cost()
    few, one = cost()
    for number in range(21):
        say(client, f"call shop {number} tomorrow at 3pm")
    assert (cost(), one) == ((few, 20), 1)
