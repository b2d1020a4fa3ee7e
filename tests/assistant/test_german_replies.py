"""The office answers a German person in German, and understands everybody the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from assistant.chat_views import KEY
from tasks.models import Task
from tests.assistant.local_office import read
from tests.assistant.test_utterances import LINES, interpret
from tests.pages.conftest import text_of

NOW = "2024-05-14T10:00:00Z"


@pytest.fixture
def german(browser, ada):
    ada.locale = "de"
    ada.save()
    with time_machine.travel(NOW, tick=False):
        yield browser(ada)


def said(client, text):
    """What the office answers on the page of the conversation."""
    client.post("/assistant", {"message": text})
    return client.session[KEY]["lines"][-1]["reply"]


def test_a_conversation_on_a_page_is_german(german, ada, sarah):
    assert said(german, "Rechnung bezahlen am Freitag um 15 Uhr").startswith("„Rechnung bezahlen“")
    due = datetime(2024, 5, 17, 15, tzinfo=UTC)
    assert Task.objects.get().due_date == due
    listed = said(german, "was ist diese Woche fällig?")
    assert listed.startswith("Ihre von Montag, 13. Mai bis Sonntag, 19. Mai fälligen Aufgaben:")
    assert said(german, "Rechnung bezahlen ist erledigt").startswith("Erledigt:")
    assert said(german, "ja") == "Nichts wartet auf ein Ja."
    assert said(german, "Hilfe").startswith("Sagen Sie mir, was zu tun ist")
    assert said(german, "danke!") == (
        "Das habe ich nicht verstanden. Schreiben Sie „Hilfe“, um zu sehen, was ich kann."
    )


EXAMPLES = {
    "remind finance to approve Acme invoice tomorrow at 3pm": "create_task",
    "Remind me to call the bank tomorrow at 3pm": "create_task",
    "What is due this week?": "list",
    "Note: the door code is 4711": "create_note",
}


@pytest.mark.parametrize(("example", "intent"), EXAMPLES.items())
def test_the_examples_on_german_pages_are_german_and_understood(example, intent):
    with translation.override("de"):
        text = translation.gettext(example)
    assert text != example
    draft = read(text, locale="de")
    assert draft.intent == intent
    if intent == "create_task":
        assert f"{draft.due:%F %R}" == "2024-05-15 15:00"
    if "finance" in example:
        assert draft.assignee.team_name == "Finance"


def test_what_the_reading_assumes_is_said_in_german(german):
    page = german.get("/quick-add/preview", {"text": "Rechnung bezahlen am Freitag"})
    assert "Ohne Uhrzeit; 17:00 Uhr wurde angenommen." in text_of(page)


def test_the_api_answers_in_english(german, api, ada):
    answer = api(ada).post("/api/v1/assistant/chat", {"message": "Hilfe"})
    assert answer.json()["reply"].startswith("Tell me what there is to do")


def test_the_language_that_is_spoken_changes_no_draft():
    """Only the sentences of the warnings are in another one."""
    for line in LINES[::4]:
        plain = interpret(line)
        with translation.override("de"):
            again = interpret(line)
        assert [each.code for each in again.warnings] == [each.code for each in plain.warnings]
        assert replace(again, warnings=()) == replace(plain, warnings=())
