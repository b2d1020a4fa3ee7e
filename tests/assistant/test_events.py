"""Sentences that become events: by the field of the calendar and in a conversation."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from calendar_app.models import Attendee, Event
from calendar_app.services import NewEvent, create_event
from messaging.models import OutgoingMessage
from tasks.models import Task

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
    letter = OutgoingMessage.objects.get(kind="event_invitation")
    assert (letter.recipient, "METHOD:REQUEST" in letter.calendar) == (eve, True)
    assert say("undo", ada)["actions"][0]["status"] == "undone"
    assert not Event.objects.exists()
    assert OutgoingMessage.objects.get(kind="event_called_off").recipient == eve


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


def at(hour, by, **values):
    start = datetime(2024, 5, 17, hour, tzinfo=UTC)
    return create_event(new=NewEvent(start=start, **{"title": f"At {hour}", **values}), by=by)


def test_a_list_names_what_takes_place_after_what_is_to_be_done(say, ada, eve):
    User.objects.filter(pk=ada.pk).update(timezone="Asia/Tokyo")
    at(20, ada, title="Too late in Tokyo")
    at(3, ada, location="Blue room", recurrence="FREQ=DAILY;COUNT=5", title="Stand-up")
    at(2, eve, title="Secret", visibility="busy", attendees=[])
    at(1, eve, title="Planning", attendees=[{"user_id": ada.pk}])
    at(4, ada, title="Off", status="cancelled")
    due = datetime(2024, 5, 17, 6, tzinfo=UTC)
    Task.objects.create(title="Write the report", creator=ada, assignee=ada, due_date=due)
    reply = say("what is due on friday?", ada)["reply"]
    tasks, events = reply.split("\n\n")
    assert "Write the report" in tasks
    assert events.splitlines() == [
        "In the calendar:",
        "- Planning (Fri 17 May 2024, 10:00–11:00)",
        "- Stand-up (Fri 17 May 2024, 12:00–13:00, Blue room)",
    ]
    assert say("what is on Friday", ada)["reply"] == reply
    week = say("what is due this week?", ada)["reply"]
    assert week.count("Stand-up") == 3
    of_eve = say("what is due for Eve on friday?", User.objects.get(email="max@acme.example"))
    assert "Planning" in of_eve["reply"]
    assert "- Busy (" in of_eve["reply"]
    assert "Secret" not in of_eve["reply"]


def test_many_events_are_counted_and_none_are_not_mentioned(say, ada):
    assert say("what is due on friday?", ada)["reply"] == "You have no tasks due on Friday, 17 May."
    for hour in range(12, 24):
        at(hour, ada)
    reply = say("what is due on friday?", ada)["reply"]
    assert reply.startswith("You have no tasks due on Friday, 17 May.\n\nIn the calendar:\n- At 12")
    assert reply.endswith("… and 2 more.")
