"""The local engine: who, what, how urgent, and when it does not understand."""

from datetime import UTC, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.interpreter import AssigneeStatus, Context, Directory
from assistant.local.engine import LocalInterpreter
from assistant.local.language import compile_tables
from assistant.local.makers import Makers
from tests.assistant.local_office import (
    ADA,
    DIRECTORY,
    EVE,
    FINANCE,
    MAX,
    OMAR,
    OTHER_MAX,
    SALES,
    SARAH,
    ZOE,
    codes,
    read,
)

SEED = "remind finance to approve Acme invoice tomorrow at 3pm"


def test_the_seed_sentence_is_understood():
    draft = read(SEED)
    assert draft.intent == "create_task"
    assert draft.title == "Approve Acme invoice"
    assert draft.due == datetime(2024, 5, 15, 15, tzinfo=UTC)
    assert draft.assignee_status is AssigneeStatus.FOUND
    assert (draft.assignee.user_id, draft.assignee.team_id) == (SARAH.id, FINANCE.id)
    assert (draft.priority, draft.reminder_offset, draft.recurrence) == ("medium", None, None)
    assert (draft.warnings, draft.engine) == ((), "local")


def test_the_spans_say_where_each_meaning_stands():
    spans = {span.kind: span for span in read(SEED).spans}
    assert {kind: span.text for kind, span in spans.items()} == {
        "intent": "remind",
        "assignee": "finance",
        "date": "tomorrow",
        "time": "at 3pm",
    }
    assert all(SEED[span.start : span.end] == span.text for span in spans.values())


FOUND = {
    "Remind the sales team to send the deck": (EVE, SALES, "Send the deck"),
    "remind Finance department to pay Acme": (SARAH, FINANCE, "Pay Acme"),
    "Ask Omar to call Bob": (OMAR, None, "Call Bob"),
    "tell Eve that the meeting moved": (None, None, "Tell Eve that the meeting moved"),
    "have Eve review the contract": (EVE, None, "Review the contract"),
    "get Omar to sign the form": (OMAR, None, "Sign the form"),
    "Sarah should review the contract": (SARAH, None, "Review the contract"),
    "Eve needs to pay the rent": (EVE, None, "Pay the rent"),
    "Omar must ship the parts": (OMAR, None, "Ship the parts"),
    "assign to Omar: check the logs": (OMAR, None, "Check the logs"),
    "Assign the Acme invoice to Eve": (EVE, None, "The Acme invoice"),
    "Prepare slides for Eve": (EVE, None, "Prepare slides"),
    "Prepare slides for Eve's party": (None, None, "Prepare slides for Eve's party"),
    "Prepare slides for Bob": (None, None, "Prepare slides for Bob"),
    "@omar order chairs": (OMAR, None, "Order chairs"),
    "order chairs @finance": (SARAH, FINANCE, "Order chairs"),
    "Zoe: order chairs": (ZOE, None, "Order chairs"),
    "remind ZOË MÜLLER to call": (ZOE, None, "Call"),
    "remind omar@acme.example to call": (OMAR, None, "Call"),
    "remind Lovelace to call": (ADA, None, "Call"),
    "remind Hadad to call": (OMAR, None, "Call"),
    "remind Max Weber to call": (MAX, None, "Call"),
    "remind Max S. to call": (OTHER_MAX, None, "Call"),
    "Please remind Omar tomorrow at 3pm to call": (OMAR, None, "Call"),
    "remind Omar to prepare the budget for Eve": (OMAR, None, "Prepare the budget for Eve"),
}


@pytest.mark.parametrize(("text", "expected"), FOUND.items())
def test_the_person_named_is_found_and_cut_from_the_title(text, expected):
    person, team, title = expected
    draft = read(text)
    assert draft.title == title
    assert (draft.assignee and draft.assignee.user_id) == (person and person.id)
    assert (draft.assignee and draft.assignee.team_id) == (team and team.id)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("remind Zaphod to fix the printer", "Zaphod"),
        ("tell Zaphod to fix the printer", "Zaphod"),
        ("remind legal to check the contract", "legal"),
        ("@zaphod fix the printer", "zaphod"),
        ("assign to Zaphod: fix the printer", "Zaphod"),
    ],
)
def test_nobody_is_put_in_the_place_of_a_stranger(text, named):
    draft = read(text)
    assert draft.assignee_status is AssigneeStatus.NOT_FOUND
    assert (draft.assignee, draft.assignee_text) == (None, named)


def test_several_who_fit_equally_well_are_all_named():
    draft = read("remind Max to call")
    assert draft.assignee_status is AssigneeStatus.AMBIGUOUS
    assert {one.user_id for one in draft.assignee_candidates} == {MAX.id, OTHER_MAX.id}
    assert draft.assignee is None
    assert read("remind Ada and Eve to call").assignee_status is AssigneeStatus.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "status", "title"),
    [
        ("remind me to call mom", AssigneeStatus.SELF, "Call mom"),
        ("Remind us that the rent is due", AssigneeStatus.SELF, "The rent is due"),
        ("I need to call mom", AssigneeStatus.SELF, "Call mom"),
        ("remind me to remind finance", AssigneeStatus.SELF, "Remind finance"),
        ("Call mom", AssigneeStatus.NONE, "Call mom"),
        ("get milk", AssigneeStatus.NONE, "Get milk"),
        ("don't forget to call mom", AssigneeStatus.NONE, "Call mom"),
    ],
)
def test_without_another_name_it_is_the_speakers_own(text, status, title):
    draft = read(text)
    assert (draft.assignee_status, draft.title, draft.assignee) == (status, title, None)


@pytest.mark.parametrize(
    ("text", "priority", "title"),
    [
        ("urgent: fix the server", "urgent", "Fix the server"),
        ("fix the server asap", "urgent", "Fix the server"),
        ("high priority: fix the server", "high", "Fix the server"),
        ("fix the server, important", "high", "Fix the server"),
        ("fix the server p1", "high", "Fix the server"),
        ("fix the server!!", "high", "Fix the server"),
        ("fix the server, no rush", "low", "Fix the server"),
        ("fix the server whenever", "low", "Fix the server"),
        ("low priority fix the server", "low", "Fix the server"),
        ("fix the important server", "medium", "Fix the important server"),
    ],
)
def test_words_of_priority_rank_the_task(text, priority, title):
    assert (read(text).priority, read(text).title) == (priority, title)


@pytest.mark.parametrize(
    ("words", "offset"),
    [
        (", remind me 30 minutes before", timedelta(minutes=30)),
        (" with a reminder 1 hour before", timedelta(hours=1)),
        (" (reminder 1 day before)", timedelta(days=1)),
        (" and remind me two hours in advance", timedelta(hours=2)),
    ],
)
def test_a_reminder_asked_for_has_its_offset(words, offset):
    draft = read(f"Call Bob tomorrow at 3pm{words}")
    assert (draft.reminder_offset, draft.title) == (offset, "Call Bob")
    assert draft.due == datetime(2024, 5, 15, 15, tzinfo=UTC)


def test_labels_are_taken_and_numbers_stay():
    draft = read("Pay invoice #123 #Finance #q2")
    assert (draft.labels, draft.title) == (("Finance", "q2"), "Pay invoice #123")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "?!",
        "hello",
        "Thanks!",
        "tomorrow at 3pm",
        "Tomorrow?",
    ],
)
def test_what_asks_for_nothing_is_unclear(text):
    draft = read(text)
    assert draft.intent == "unclear"
    assert draft.confidence < 0.4


def test_a_polite_question_is_a_request():
    draft = read("Can you send the report tomorrow?")
    assert (draft.intent, draft.title) == ("create_task", "Send the report")


def test_the_first_of_several_days_is_taken_unless_one_is_the_deadline():
    assert read("Call on friday about the trip on monday").title == "Call about the trip on monday"
    assert read("Plan the trip on monday by friday").due == datetime(2024, 5, 17, 17, tzinfo=UTC)
    assert "several_dates" in codes("Plan the trip on monday by friday")


def test_a_long_text_is_read_at_its_beginning_only():
    assert codes("word " * 2000) == ["text_too_long"]
    assert len(read("word " * 2000).title) <= 200


@pytest.mark.parametrize(
    "unit", ["1 ", "at 5 ", "1:1/", "every ", "in 2 hours ", "remind a b ", "!"]
)
def test_a_hostile_text_costs_no_more_than_a_moment(unit):
    text = (unit * 10_000)[:10_000]
    started = process_time()
    read(text)
    # A few hundredths of a second; what backtracks takes hours, however fast the machine is.
    assert process_time() - started < 10


def test_a_category_that_leads_to_itself_is_refused():
    with pytest.raises(ValueError, match="leads back"):
        compile_tables({"phrases": {"day": {"same": ["before <day>"]}}}, [Makers()])


WORDS = st.sampled_from(
    [
        "remind",
        "finance",
        "to",
        "tell",
        "Max",
        "Zaphod",
        "for",
        "@",
        "#",
        ":",
        ",",
        "'s",
        "every",
        "last",
        "friday",
        "of",
        "the",
        "month",
        "until",
        "in",
        "2",
        "3:30",
        "p.m.",
        "hours",
        "before",
        "1/2",
        "2024-02-30",
        "at",
        "the",
        "31st",
        "May",
        "may",
        "day",
        "week",
        "next",
        "and",
        "!",
        "tomorrow",
        "tonight",
        "February",
        "29",
        "9999",
        "years",
        "half",
        "past",
        "quarter",
        "24:00",
        "ago",
    ]
)
TEXTS = st.text(max_size=200) | st.lists(WORDS, max_size=25).map(" ".join)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns"])
MOMENTS = st.integers(0, 36_500 * 24 * 60).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, MOMENTS, ZONES, st.sampled_from([DIRECTORY, Directory((), ())]))
def test_any_text_gets_a_sound_draft(text, now, zone, directory):
    draft = LocalInterpreter().interpret(text, Context(now, ZoneInfo(zone), ADA, directory))
    edges = [0]
    for span in draft.spans:
        assert text[span.start : span.end] == span.text
        edges += [span.start, span.end]
    assert edges == sorted(edges)
    assert edges[-1] <= len(text)
    assert draft.due is None or (draft.due.tzinfo is UTC and draft.due >= now)
    assert (draft.assignee is not None) == (draft.assignee_status is AssigneeStatus.FOUND)
    assert 0 <= draft.confidence <= 1
