"""What nobody means as office language: it costs little, and nothing is guessed from it."""

import sys
from importlib import import_module

import pytest

from assistant.local.grammar import Lexeme
from assistant.local.language import load
from tests.assistant.local_office import codes, due, read

LIMIT = 2_000  # characters that are read
# What takes 50 ms of CPU; docs/performance.md has what the worst of these take.
MOST_CALLS = 200_000
# Characters that one pattern may match, and how often it may try one of its parts.
WIDEST = 60
# How Python itself reads a pattern.
PARSER = import_module("re._parser")
REPEATS = {PARSER.MAX_REPEAT, PARSER.MIN_REPEAT}
UNITS = [
    *("1 ", "at 5 ", "1:1/", "1/2 ", "1 may ", "one ", "the ", "for 2 ", "every ", "!"),
    *("in 2 hours ", "from 2 to 4 ", "twenty ", "remind a b ", "12:00 ", "2024-01-01 ", "a "),
    *("monday, ", "the day before ", "2 weeks from ", "every monday and ", "half past ", "( "),
    *("set a reminder ", "invite a, b, ", "@a ", "#a ", "is done ", "' s ", "o ' clock ", '"a" '),
    *(
        "9" * 2_000,
        "x" * 2_000,
        "a.b@c.d ",
        "http://a ",
        "a-" * 1_000,
        "p.m. ",
        "😀",
        "\u200f",
        "\0",
    ),
]


def calls_made(text, **context):
    """How many functions of Python are called to read the text: the same on every machine."""
    made = 0

    def count(_frame, event, _argument):
        nonlocal made
        made += event == "call"

    sys.setprofile(count)
    try:
        read(text, **context)
    finally:
        sys.setprofile(None)
    return made


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: repr(unit[:20]))
def test_no_text_takes_more_than_a_moment(unit, locale):
    read("warm up", locale=locale)
    assert calls_made((unit * LIMIT)[:LIMIT], locale=locale) <= MOST_CALLS


def test_what_lies_behind_the_limit_costs_nothing():
    read("warm up")
    assert calls_made("1 " * LIMIT) <= calls_made("1 " * (LIMIT // 2)) + 10


def patterns():
    """Every regular expression by which something spelled with signs is read."""
    grammars = [load(language) for language in ("en", "de")]
    ways = {
        way for one in grammars for by in one.index.values() for all_ in by.values() for way in all_
    }
    return {way.pattern.pattern for way in ways if isinstance(way, Lexeme)}


def repeats(parsed, within=1):
    """How often the innermost part of a pattern may be repeated, at most."""
    most = within
    for operation, argument in parsed:
        inner = [part for part in _flat(argument) if isinstance(part, PARSER.SubPattern)]
        times = argument[1] if operation in REPEATS and argument[0] != argument[1] else 1
        most = max([most, *(repeats(part, within * max(times, 1)) for part in inner)])
    return most


def _flat(argument):
    for part in argument if isinstance(argument, list | tuple) else ():
        yield part
        if isinstance(part, list):
            yield from part


def test_no_pattern_can_go_back_and_forth():
    found = patterns()
    assert len(found) > 30
    for pattern in found:
        parsed = PARSER.parse(pattern)
        assert parsed.getwidth()[1] <= WIDEST, pattern
        assert repeats(parsed) <= WIDEST, pattern


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\0", "\u200f\u200e", "😀", "👍🏽👍🏽 🎉", "…", "?!?", "'\"`"]
)
def test_a_text_without_words_is_unclear(text):
    draft = read(text)
    assert (draft.intent, draft.due, draft.assignee) == ("unclear", None, None)


def test_a_long_text_is_read_at_its_beginning_and_says_so():
    draft = read("Call Bob tomorrow at 3pm. " + "word " * 2_000)
    assert [warning.code for warning in draft.warnings] == ["text_too_long"]
    assert f"{draft.due:%d %H:%M}" == "15 15:00"
    assert len(draft.title) <= 200


@pytest.mark.parametrize(
    "text",
    [
        "Robert'); DROP TABLE tasks;--",
        "<script>alert(1)</script> the form",
        "{{ 7*7 }} {% include x %} ${jndi:ldap://x}",
        "Check %s %d %(name)s",
    ],
)
def test_code_in_a_text_is_only_text(text):
    draft = read(text)
    assert (draft.intent, draft.due, draft.recurrence) == ("create_task", None, None)
    assert draft.title[1:10] == text[1:10]


def test_marks_of_direction_and_nul_do_not_hide_the_time():
    assert due("Call Bob \u200ftomorrow\u200e at 3pm") == "2024-05-15 15:00"
    assert due("Call Bob\0 tomorrow at 3pm") == "2024-05-15 15:00"


def test_letters_that_only_look_alike_name_no_day_and_nobody():
    assert due("Call Bob tоmоrrоw") is None  # with Cyrillic letters
    assert read("remind Оmаr to call").assignee is None


def test_full_width_letters_and_digits_are_the_same_letters():
    assert due("Call Bob ｔｏｍｏｒｒｏｗ at ３pm") == "2024-05-15 15:00"


def test_of_two_hundred_dates_the_first_is_taken_and_it_says_so():
    dates = ", ".join(f"May {day}" for day in range(20, 30)) + ", "
    text = "Call Bob on " + dates * 20
    assert due(text) == "2024-05-20 17:00"
    assert "several_dates" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pay on 31 February",
        "Pay on February 31st",
        "Pay on 2/31",
        "Pay on 31.2.2025",
        "Pay on June 31",
    ],
)
def test_a_day_that_no_month_has_is_reported(text):
    assert (due(text), codes(text)) == (None, ["impossible_date"])


def test_friday_the_13th_is_the_next_that_is_one():
    # The coming 13th, of June 2024, is a Thursday.
    assert due("Pay on Friday the 13th") == "2024-09-13 17:00"
    assert "weekday_far" in codes("Pay on Friday the 13th")
    assert "weekday_far" not in codes("Pay on Friday the 17th")


def test_a_weekday_that_contradicts_its_date_is_reported():
    assert due("Pay on Friday, May 20 2024") == "2024-05-20 17:00"
    assert "weekday_mismatch" in codes("Pay on Friday, May 20 2024")
    assert "weekday_mismatch" not in codes("Pay on Monday, May 20 2024")


@pytest.mark.parametrize(
    "text",
    ["in 9999 years", "in 99999999 days", "on 1/1/9999", "99999 weeks ago", "at 99:99", "at 25:00"],
)
def test_what_lies_beyond_the_calendar_gives_no_date(text):
    assert due(f"Call Bob {text}") is None
