"""Sentences that become events: by the field of the calendar and in a conversation."""

from datetime import UTC, datetime

import pytest
import time_machine

from calendar_app.models import Attendee, Event

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
FROM_TEXT, CHAT = "/api/v1/calendar/events/from-text", "/api/v1/assistant/chat"
UNDO = "/api/v1/assistant/undo"
SENTENCE = "Meeting with Eve tomorrow at 3pm for 45 minutes"
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def say(api):
    def said(message, by):
        answer = api(by).post(CHAT, {"message": message, "conversation_id": "c"})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return said


def test_the_field_stores_what_the_sentence_says(api, ada, eve):
    answer = api(ada).post(FROM_TEXT, {"text": SENTENCE})
    assert answer.status_code == 201, answer.content
    event = answer.json()
    assert (event["start"], event["end"]) == ("2024-05-15T15:00:00Z", "2024-05-15T15:45:00Z")
    assert [one["user_id"] for one in event["attendees"]] == [str(eve.pk)]
    assert event["description"] == SENTENCE
    assert event["parse"]["engine"] == "local"
    undone = api(ada).post(UNDO, {"undo_token": event["undo_token"]})
    assert undone.status_code == 200
    assert not Event.objects.exists()


def test_a_dry_run_shows_the_same_and_stores_nothing(api, ada):
    dry = api(ada).post(FROM_TEXT, {"text": SENTENCE, "dry_run": True})
    assert dry.status_code == 200
    assert not Event.objects.exists()
    real = api(ada).post(FROM_TEXT, {"text": SENTENCE}).json()
    differs = {"id", "created_at", "updated_at", "undo_token", "calendar_id"}
    assert {k: v for k, v in dry.json().items() if k not in differs} == {
        k: v for k, v in real.items() if k not in differs
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Meeting with Eve", "no_date"),
        ("Meeting with Eve on 30 February at 3pm", "impossible_date"),
        ("undo", "unclear"),
    ],
)
def test_what_is_no_event_is_asked_back(text, code, api, ada):
    answer = api(ada).post(FROM_TEXT, {"text": text})
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["code"] == code
    assert not Event.objects.exists()


def test_in_a_conversation_an_invitation_waits_for_a_yes(say, ada, eve):
    said = say(SENTENCE, ada)
    assert said["actions"][0]["status"] == "proposed"
    assert "Eve Employee" in said["reply"]
    assert not Event.objects.exists()
    done = say("yes", ada)
    assert done["actions"][0]["status"] == "done"
    assert Attendee.objects.get().person_id == eve.pk
    assert say("undo", ada)["actions"][0]["status"] == "undone"
    assert not Event.objects.exists()


def test_what_concerns_nobody_else_is_written_down_at_once(say, ada):
    said = say("Dentist appointment tomorrow at 3pm", ada)
    if not Event.objects.exists():
        pytest.fail(said["reply"])
    assert said["actions"][0]["status"] == "done"
    assert Event.objects.get().start == datetime(2024, 5, 15, 15, tzinfo=UTC)


def test_an_event_that_was_changed_is_not_taken_back(api, say, ada):
    event = api(ada).post(FROM_TEXT, {"text": SENTENCE}).json()
    api(ada).patch(f"/api/v1/calendar/events/{event['id']}", {"title": "Other"})
    answer = api(ada).post(UNDO, {"undo_token": event["undo_token"]})
    assert answer.status_code == 409
    assert Event.objects.exists()


def test_who_may_not_write_events_is_told_so(say, api, eve):
    assert say(SENTENCE, eve)["reply"] == "You may not write events down."
    assert api(eve).post(FROM_TEXT, {"text": SENTENCE}).status_code == 403
    assert not Event.objects.exists()
