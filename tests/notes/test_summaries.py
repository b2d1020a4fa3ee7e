"""Summaries in the note's own words, and action items with the sentences that say so."""

from datetime import UTC, datetime

import pytest
import time_machine

from notes.language.actions import chance_of_action, is_marked
from notes.language.promises import promise_in
from notes.language.summary import summary_of
from notes.language.tone import tone_of
from notes.language.topics import topics_of
from notes.language.transcript import sentences_in
from notes.models import Note
from notes.services import NewNote, create_note
from tasks.models import Task

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)  # a Tuesday
BODY = """# Budget meeting

Ada: um, the budget for the new office is {vocalsound} twenty thousand.
Max: The new office opens in June, and the budget has to cover the furniture.
Eve: I'll send the budget to the landlord by Friday.
Max: Great.
Max: Could you please ask Acme for the new contract?
Nobody: I will buy a cake.
- [ ] Max: order the badges by Thursday 3pm
- [x] book the room
TODO: call the landlord tomorrow
Eve to prepare the contract for the furniture
The furniture of the office is terrible, and everybody hates the awful old chairs.
"""


@pytest.fixture
def minutes(eve, ada, max_):
    """Eve's minutes of a meeting of Eve, Ada and Max, written at noon of a Tuesday."""
    new = NewNote(title="Budget", body=BODY, kind="meeting", attendee_ids=[ada.pk, max_.pk, eve.pk])
    note = create_note(new=new, by=eve)
    Note.objects.filter(pk=note.pk).update(created_at=NOON)
    return note


@pytest.fixture
def summarize(api, eve, minutes):
    """`summarize()` asks for the summary of the minutes."""

    def ask(by=None):
        answer = api(by or eve).post(f"/api/v1/notes/{minutes.pk}/summarize")
        assert answer.status_code == 200
        return answer.json()

    return ask


def make_task(client, note, index):
    return client.post(f"/api/v1/notes/{note.pk}/action-items/{index}/task")


# --- Over the API


def test_action_items_have_people_times_and_the_sentences_that_say_so(summarize, eve, max_):
    items = {item["task"]: item for item in summarize()["action_items"]}
    send = items["Send the budget to the landlord"]
    assert (send["assignee"], send["assignee_id"]) == (eve.full_name, str(eve.pk))
    assert send["due_date"].startswith("2024-05-17")
    assert send["evidence"] == "I'll send the budget to the landlord by Friday."
    assert BODY[send["start"] :].startswith(send["evidence"])
    badges = items["Order the badges"]
    assert (badges["assignee"], badges["confidence"]) == (max_.full_name, 1.0)
    assert badges["due_date"].startswith("2024-05-16T13:00") or badges["due_date"].startswith(
        "2024-05-16T15:00"
    )
    assert items["Prepare the contract for the furniture"]["assignee"] == eve.full_name
    assert "Call the landlord" in items
    assert any("Acme" in task for task in items)
    assert not any("cake" in task or "room" in task for task in items)


def test_a_summary_is_made_of_the_notes_own_sentences(summarize, minutes):
    told = summarize()
    plain = " ".join(BODY.replace("um, ", "").replace("{vocalsound} ", "").split()).lower()
    assert told["summary"]
    for sentence in told["summary"].split(". "):
        assert sentence.rstrip(".?").lower() in plain
    assert "budget" in told["key_topics"]
    assert told["sentiment"] in {"positive", "neutral", "negative"}


def test_a_summary_is_kept_and_called_old_when_the_text_changes(summarize, api, eve, minutes):
    url = f"/api/v1/notes/{minutes.pk}"
    summarize()
    shown = api(eve).get(url).json()
    assert (bool(shown["summary"]), shown["summary_is_old"]) == (True, False)
    assert api(eve).patch(url, {"body": "Something else."}).json()["summary_is_old"] is True


def test_nothing_to_summarise_is_no_mistake(api, eve):
    note = create_note(new=NewNote(title="Empty"), by=eve)
    told = api(eve).post(f"/api/v1/notes/{note.pk}/summarize").json()
    assert (told["summary"], told["action_items"], told["key_topics"]) == ("", [], [])
    assert told["sentiment"] == "neutral"


def test_only_who_sees_the_note_has_it_summarised(api, sarah, minutes):
    assert api(sarah).post(f"/api/v1/notes/{minutes.pk}/summarize").status_code == 404


def index_of(told, words):
    return next(n for n, item in enumerate(told["action_items"]) if words in item["task"])


@time_machine.travel(NOON, tick=False)
def test_an_action_item_becomes_a_task_that_quotes_its_sentence(summarize, api, max_, minutes):
    told = summarize()
    number = index_of(told, "Order the badges")
    answer = make_task(api(max_), minutes, number)
    assert answer.status_code == 201
    task = Task.objects.get()
    assert (task.title, task.assignee, task.source) == ("Order the badges", max_, "note")
    assert "Max: order the badges by Thursday 3pm" in task.description
    assert answer.json()["due_date"] == told["action_items"][number]["due_date"]
    again = make_task(api(max_), minutes, number)
    assert (again.status_code, again.json()["task_id"]) == (409, str(task.pk))
    [found] = api(max_).get("/api/v1/notes", {"task": str(task.pk)}).json()["results"]
    assert (found["id"], found["task_ids"]) == (str(minutes.pk), [str(task.pk)])
    # The link outlives another summary.
    assert summarize()["action_items"][number]["task_id"] == str(task.pk)


def test_key_points_say_who_says_it_where(summarize):
    told = summarize()
    assert (told["status"], told["progress"], told["mode"]) == ("ready", 100, "local")
    speakers = {point["evidence"]: point["speaker"] for point in told["key_points"]}
    assert speakers["um, the budget for the new office is {vocalsound} twenty thousand."] == "Ada"
    for point in told["key_points"]:
        assert BODY[point["start"] :].startswith(point["evidence"])
        assert point["section"] == "Budget meeting"


def test_a_summary_is_as_long_as_the_call_wishes(api, eve):
    words = "The {0} team reports that the {0} project is on time and the {0} budget is kept.\n"
    names = ("sales", "legal", "travel", "garden", "kitchen", "security", "training", "press")
    body = "".join(words.format(name) for name in names * 3)
    note = api(eve).post("/api/v1/notes", {"title": "Reports", "body": body}).json()
    url = f"/api/v1/notes/{note['id']}/summarize"
    lengths = []
    for length in ("short", "medium", "long"):
        told = api(eve).post(url, {"length": length}).json()
        assert told["length"] == length
        lengths.append(len(told["summary"].split()))
    assert lengths == sorted(set(lengths))
    assert api(eve).post(url, {"length": "endless"}).status_code == 400


def test_tomorrow_is_the_day_after_the_meeting_whenever_it_was_written_down(api, eve):
    body = {"title": "Kick-off", "body": "TODO: order the badges tomorrow at 3pm"}
    for held_at, due in (
        ("2026-03-02T10:00:00Z", "2026-03-03T15:00:00Z"),
        ("2027-06-30T10:00:00Z", "2027-07-01T15:00:00Z"),
    ):
        note = api(eve).post("/api/v1/notes", {**body, "held_at": held_at}).json()
        assert note["held_at"] == held_at
        told = api(eve).post(f"/api/v1/notes/{note['id']}/summarize").json()
        assert [item["due_date"] for item in told["action_items"]] == [due]


def test_what_was_due_long_ago_becomes_a_task_without_a_date(summarize, api, max_, minutes):
    number = index_of(summarize(), "Order the badges")
    assert make_task(api(max_), minutes, number).json()["due_date"] is None


def test_who_may_not_assign_makes_no_task_for_others(summarize, api, eve, minutes):
    number = index_of(summarize(), "Order the badges")
    assert make_task(api(eve), minutes, number).status_code == 403
    assert not Task.objects.exists()
    minutes.refresh_from_db()
    assert minutes.action_items[number]["task_id"] is None


def test_there_is_no_task_of_an_item_that_is_not_there(summarize, api, eve, minutes):
    summarize()
    assert make_task(api(eve), minutes, 99).status_code == 404


def test_people_who_were_not_there_get_no_work(api, eve, minutes):
    Note.objects.filter(pk=minutes.pk).update(attendee_ids=[eve.pk])
    told = api(eve).post(f"/api/v1/notes/{minutes.pk}/summarize").json()
    assert {item["assignee"] for item in told["action_items"]} <= {eve.full_name, None}


# --- The words


@pytest.mark.parametrize(
    ("line", "speaker", "text"),
    [
        ("Ada: We begin.", "Ada", "We begin."),
        ("**Ada Lovelace:** We begin.", "Ada Lovelace", "We begin."),
        ("**Ada Lovelace**: We begin.", "Ada Lovelace", "We begin."),
        ("[12:05] Ada: We begin.", "Ada", "We begin."),
        ("- Ada: We begin.", "Ada", "We begin."),
        ("Date: today", "", "Date: today"),
        ("We begin at 3: nobody is late.", "", "We begin at 3: nobody is late."),
    ],
)
def test_speakers_are_told_from_words(line, speaker, text):
    [sentence] = sentences_in(line)
    assert (sentence.speaker, sentence.text) == (speaker, text)


def test_sentences_stand_where_they_say():
    for sentence in sentences_in(BODY):
        assert BODY[sentence.start : sentence.start + len(sentence.text)] == sentence.text


@pytest.mark.parametrize(
    ("sentence", "name", "what"),
    [
        ("I'll send it.", "", "send it."),
        ("Okay, I will send it.", "", "send it."),
        ("Max will send it.", "Max", "send it."),
        ("Max Mustermann to send it", "Max Mustermann", "send it"),
        ("Max, please send it", "Max", "send it"),
    ],
)
def test_promises_are_read(sentence, name, what):
    assert promise_in(sentence) == (name, what)


@pytest.mark.parametrize("sentence", ["It will rain.", "we will see", "I send it.", "The office."])
def test_what_promises_nothing_is_left_alone(sentence):
    found = promise_in(sentence)
    assert found is None or found.name == "It"


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("- [ ] order badges", True),
        ("TODO: order badges", True),
        ("Action item: order badges", True),
        ("- [x] order badges", False),
        ("order badges", False),
    ],
)
def test_marks_are_read(line, is_one):
    assert is_marked(line) is is_one


def test_the_model_tells_requests_from_statements():
    assert chance_of_action("Please send me the report by Friday.") > 0.8
    assert chance_of_action("Can you call the bank?") > 0.8
    assert chance_of_action("The weather was nice in Paris.") < 0.2


def test_hostile_and_long_texts_are_summarised_in_time():
    for body in ("a" * 200_000, "word " * 40_000, ". " * 50_000, "\n" * 50_000, "Ada: " * 20_000):
        summary_of(body)
        topics_of(body)
        tone_of(body)


def test_topics_are_what_is_repeated():
    assert topics_of("The solar roof is new. The solar roof costs money. Nice.")[0] == "solar roof"


def test_tone_is_that_of_most_sentences():
    assert tone_of("I love it. It is wonderful. A great success.") == "positive"
    assert tone_of("I hate it. It is terrible. A horrible failure.") == "negative"
    assert tone_of("The table has four legs.") == "neutral"
