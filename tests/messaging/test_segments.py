"""What a text costs as SMS (3GPP TS 23.038)."""

import pytest

from messaging.segments import cost_of, plain


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("€" * 80, ("GSM-7", 160, 1)),
        # The escape is not torn apart: 76 of two places fit into 153.
        ("€" * 81, ("GSM-7", 162, 2)),
        ("€" * 153, ("GSM-7", 306, 3)),
        ("Grüße Ö ñ à Δ", ("GSM-7", 13, 1)),
        ("ж" * 70, ("UCS-2", 70, 1)),
        ("ж" * 71, ("UCS-2", 71, 2)),
        ("ж" * 134, ("UCS-2", 134, 2)),
        ("😀" * 35, ("UCS-2", 70, 1)),
        ("😀" * 36, ("UCS-2", 72, 2)),
        # 33 pairs fit into 67.
        ("😀" * 67, ("UCS-2", 134, 3)),
    ],
)
def test_parts_are_counted(text, cost):
    assert cost_of(text) == cost


def test_one_emoji_makes_it_ucs2():
    text = "a" * 100
    assert cost_of(text).segments == 1
    assert cost_of(text + "😀") == ("UCS-2", 102, 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Don’t forget “Acme” – today…", 'Don\'t forget "Acme" - today...'),
        ("Grüße – an “Öz”", 'Grüße - an "Öz"'),
        # Nothing is won where something else needs UCS-2 anyhow.
        ("“Привет”", "“Привет”"),
        ("plain", "plain"),
    ],
)
def test_marks_of_printers_are_simplified_where_that_saves_money(text, shown):
    assert plain(text) == shown
