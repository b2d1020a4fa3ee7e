"""Short answers to a question of the office."""

import pytest

from assistant.local.answers import Answer, read_answer

YES, NO = Answer("yes"), Answer("no")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", YES),
        ("Yes, please!", YES),
        ("ok, go ahead", YES),
        ("No.", NO),
        ("no, thanks", NO),
        ("2", Answer("choice", 2)),
        ("the second one", Answer("choice", 2)),
        ("number 3, please", Answer("choice", 3)),
        ("the 1st", Answer("choice", 1)),
    ],
)
def test_a_short_answer_is_understood(text, answer):
    assert read_answer(text, "en") == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "yes no",
        "sure, call Bob",
        "no report yet",
        "2 reports",
        "done",
        "x" * 50,
        "?" * 99,
    ],
)
def test_what_says_more_or_something_else_is_no_answer(text):
    assert read_answer(text, "en") is None


def test_answers_are_read_in_the_speakers_language_and_in_english():
    assert read_answer("Ja, bitte", "de") == read_answer("yes", "de") == YES
    assert read_answer("nummer 2", "de-AT") == Answer("choice", 2)
    assert read_answer("ja", "en") is None
