"""`POST /api/v1/tasks/from-text`: what is understood is stored, what is not is asked back."""

import pytest
import time_machine

from accounts.models import AuditEntry
from tasks.models import Reminder, Task
from tenants.context import public_context
from tenants.settings import TenantSettings

ADDRESS = "/api/v1/tasks/from-text"
SEED = "remind finance to approve Acme invoice tomorrow at 3pm"


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False):
        yield


@pytest.fixture
def say(api, ada):
    def call(text, *, by=ada, **more):
        return api(by).post(ADDRESS, {"text": text, **more})

    return call


def audited():
    return AuditEntry.objects.filter(content_type__app_label="tasks").exists()


def assert_refused(answer, status, code, attr="text"):
    assert answer.status_code == status, answer.content
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == (code, attr)
    assert not Task.objects.exists()
    assert not audited()


def test_the_answer_shows_what_was_understood(say, sarah, finance):
    parse = say(SEED).json()["parse"]
    assert (parse["engine"], parse["warnings"]) == ("local", [])
    assert 0.4 < parse["confidence"] <= 1
    assert [(span["kind"], SEED[span["start"] : span["end"]]) for span in parse["spans"]] == [
        ("intent", "remind"),
        ("assignee", "finance"),
        ("date", "tomorrow"),
        ("time", "at 3pm"),
    ]
    [candidate] = parse["assignee_candidates"]
    assert (candidate["user_id"], candidate["full_name"]) == (str(sarah.pk), "Sarah Finance")
    assert (candidate["team_id"], candidate["team_name"]) == (str(finance.pk), "Finance")


def test_the_task_and_its_reminder_are_stored(say, ada, sarah, finance):
    answer = say(SEED)
    assert answer.status_code == 201
    task = Task.objects.get(pk=answer.json()["id"])
    assert (task.creator, task.assignee, task.team) == (ada, sarah, finance)
    assert (task.source, task.description) == ("api", SEED)
    reminder = Reminder.objects.get(task=task)
    assert (reminder.next_at, reminder.minutes_before) == (task.due_date, 0)


def test_a_reminder_asked_for_earlier_comes_earlier(say):
    answer = say("Call Bob tomorrow at 3pm, remind me 30 minutes before").json()
    reminder = Reminder.objects.get(task_id=answer["id"])
    assert (reminder.minutes_before, f"{reminder.next_at:%H:%M}") == (30, "14:30")


def test_without_a_date_there_is_no_reminder(say, ada):
    answer = say("Order new badges").json()
    assert (answer["due_date"], answer["reminder_set"]) == (None, False)
    assert answer["assignee_id"] == str(ada.pk)
    assert not Reminder.objects.exists()


def test_a_try_shows_the_same_and_stores_nothing(say):
    tried = say(SEED, dry_run=True)
    assert tried.status_code == 200
    assert not Task.objects.exists()
    assert not audited()
    made = say(SEED).json()
    fresh = dict.fromkeys(("id", "created_at", "updated_at", "undo_token"))
    assert tried.json() == {**made, **fresh}


def test_the_language_and_the_order_of_dates_are_the_writers(say, ada):
    ada.locale = "de"
    ada.save()
    answer = say("Erinnere mich am 3.6. um 15 Uhr an die Miete").json()
    assert (answer["title"], answer["due_date"]) == ("Die Miete", "2024-06-03T15:00:00Z")
    assert say("Pay the rent on 5/6 at 3pm").json()["due_date"] == "2024-06-05T15:00:00Z"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("schedule a meeting with Bob tomorrow at 3pm", "Meeting with Bob"),
        ("note: the printer is broken", "The printer is broken"),
    ],
)
def test_a_meeting_or_a_note_is_a_task_in_the_field_for_tasks(text, title, say):
    assert say(text).json()["title"] == title


def test_the_clock_is_the_writers(say, ada):
    ada.timezone = "Asia/Tokyo"
    ada.save()
    answer = say("Call Bob tomorrow at 3pm").json()
    assert (answer["due_date"], answer["timezone"]) == ("2024-05-15T06:00:00Z", "Asia/Tokyo")


def test_what_was_stored_can_be_taken_back(say, api, ada):
    answer = say("Call Bob tomorrow at 3pm").json()
    undone = api(ada).post("/api/v1/assistant/undo", {"undo_token": answer["undo_token"]})
    assert undone.json()["actions"][0] == {
        "type": "create_task",
        "id": answer["id"],
        "status": "undone",
    }
    assert not Task.objects.exists()


# --- What is not stored


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "unclear"),
        ("tomorrow at 3pm", "unclear"),
        ("what is due this week?", "unclear"),
        ("done with the invoice", "unclear"),
        ("remind Zaphod to fix the printer", "assignee_not_found"),
        ("remind Ada and Eve to call", "assignee_ambiguous"),
        ("pay the rent on February 30", "impossible_date"),
        ("pay the rent yesterday", "past_date"),
    ],
)
def test_what_cannot_be_meant_is_asked_back(text, code, dry_run, say):
    assert_refused(say(text, dry_run=dry_run), 422, code)


def test_several_who_fit_are_offered(say, ada, eve):
    candidates = say("remind Ada and Eve to call").json()["assignee_candidates"]
    assert {one["user_id"] for one in candidates} == {str(ada.pk), str(eve.pk)}


def test_a_rule_that_tasks_refuse_is_a_matter_of_the_text(say):
    assert_refused(say("water the plants every 2 hours"), 422, "bad_rule")


@pytest.mark.parametrize("named", ["finance", "Max", "Zaphod", "Ada and Sarah"])
def test_who_may_not_give_work_to_others_is_refused_alike(named, say, eve):
    assert_refused(say(f"remind {named} to pay", by=eve), 403, "may_not_assign")


@pytest.mark.parametrize("named", ["me", "Eve"])
def test_everybody_may_write_their_own(named, say, eve):
    assert say(f"remind {named} to pay", by=eve).json()["assignee_id"] == str(eve.pk)


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, "text", "required"),
        ({"text": ""}, "text", "blank"),
        ({"text": " \n"}, "text", "blank"),
        ({"text": None}, "text", "null"),
        ({"text": ["a"]}, "text", "invalid"),
        ({"text": "x" * 2001}, "text", "max_length"),
        ({"text": "pay\0"}, "text", "null_characters_not_allowed"),
        ({"text": "pay", "dry_run": "perhaps"}, "dry_run", "invalid"),
        ({"text": "pay", "now": "2024-05-14T10:00:00Z"}, "now", "unknown_field"),
        ({"text": "pay", "timezone": "UTC"}, "timezone", "unknown_field"),
    ],
)
def test_a_bad_body_is_refused_by_name(body, attr, code, api, ada):
    assert_refused(api(ada).post(ADDRESS, body), 400, code, attr)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("File the report by EOD", "2024-05-14T18:30:00Z"),
        ("File the report in 3 business days", "2024-05-20T18:30:00Z"),
        ("Plan the budget by Q1", "2025-04-01T18:30:00Z"),
    ],
)
def test_the_offices_own_hours_days_and_year_count(say, acme, text, due):
    acme.settings = TenantSettings(
        office_closes="18:30", working_days=[0, 1, 2, 3], fiscal_year_starts=4
    )
    with public_context():
        acme.save()
    assert say(text).json()["due_date"] == due
