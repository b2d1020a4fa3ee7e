"""How often something repeats, as people say it, in both languages."""

import pytest
from django.utils import translation

from common.rule_words import rule_words

SAID = [
    ("FREQ=DAILY", "every day", "jeden Tag"),
    ("FREQ=DAILY;INTERVAL=3;COUNT=4", "every 3 days", "alle 3 Tage"),
    ("FREQ=WEEKLY;BYDAY=MO", "every week on Monday", "jede Woche am Montag"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every working day", "jeden Arbeitstag"),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
        "every 2 weeks on Monday, Wednesday and Friday",
        "alle 2 Wochen am Montag, Mittwoch und Freitag",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "every month on the 1st and the 15th",
        "jeden Monat am 1. und 15.",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day", "jeden Monat am letzten Tag"),
    (
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU",
        "every 3 months on the second Tuesday",
        "alle 3 Monate am zweiten Dienstag",
    ),
    (
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
        "every year on 25 December",
        "jedes Jahr am 25. Dezember",
    ),
    (
        "FREQ=YEARLY;BYMONTH=6;BYDAY=-1FR",
        "every year on the last Friday of June",
        "jedes Jahr am letzten Freitag im Juni",
    ),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-2", "on its own schedule", "nach eigenem Plan"),
    ("FREQ=MONTHLY;BYMONTHDAY=-3", "on its own schedule", "nach eigenem Plan"),
    ("FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=1", "on its own schedule", "nach eigenem Plan"),
    ("FREQ=HOURLY", "on its own schedule", "nach eigenem Plan"),
]


@pytest.mark.parametrize(("rule", "english", "german"), SAID)
def test_a_rule_is_said_in_both_languages(rule, english, german):
    assert rule_words(rule) == english
    with translation.override("de"):
        assert rule_words(rule) == german
