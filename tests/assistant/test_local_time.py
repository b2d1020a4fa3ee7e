"""The local engine: when."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.assistant.local_office import codes, due, read

DATES = {
    "today": "2024-05-14 17:00",
    "tomorrow": "2024-05-15 17:00",
    "the day after tomorrow": "2024-05-16 17:00",
    "friday": "2024-05-17 17:00",
    "on fri": "2024-05-17 17:00",
    "by friday": "2024-05-17 17:00",
    "before friday": "2024-05-16 17:00",
    "this friday": "2024-05-17 17:00",
    "next friday": "2024-05-24 17:00",
    "on tuesday": "2024-05-21 17:00",
    "next week": "2024-05-20 17:00",
    "next month": "2024-06-01 17:00",
    "next year": "2025-01-01 17:00",
    "at the end of the month": "2024-05-31 17:00",
    "by the end of the week": "2024-05-17 17:00",
    "by end of next week": "2024-05-24 17:00",
    "wednesday next week": "2024-05-22 17:00",
    "in 3 days": "2024-05-17 17:00",
    "in a couple of days": "2024-05-16 17:00",
    "in two weeks": "2024-05-28 17:00",
    "in 1 month": "2024-06-14 17:00",
    "2024-05-20": "2024-05-20 17:00",
    "on 5/20": "2024-05-20 17:00",
    "by 20/5": "2024-05-20 17:00",
    "on 20.5.2024": "2024-05-20 17:00",
    "on May 20": "2024-05-20 17:00",
    "by May 20": "2024-05-20 17:00",
    "on 20 May": "2024-05-20 17:00",
    "on the 20th of May 2025": "2025-05-20 17:00",
    "on the 15th": "2024-05-15 17:00",
    "on the 1st": "2024-06-01 17:00",
    "on the last friday of october": "2024-10-25 17:00",
    "2 days after friday": "2024-05-19 17:00",
    "on monday, may 20": "2024-05-20 17:00",
}

TIMES = {
    "at 15:00": "2024-05-14 15:00",
    "at 3pm": "2024-05-14 15:00",
    "at 3:30 p.m.": "2024-05-14 15:30",
    "at 9am": "2024-05-15 09:00",
    "at 5": "2024-05-14 17:00",
    "at 8": "2024-05-15 08:00",
    "at 12": "2024-05-14 12:00",
    "at noon": "2024-05-14 12:00",
    "before noon": "2024-05-14 12:00",
    "at midnight": "2024-05-15 00:00",
    "quarter past three": "2024-05-14 15:15",
    "half past 4": "2024-05-14 16:30",
    "at quarter to five": "2024-05-14 16:45",
    "at 15h": "2024-05-14 15:00",
    "at 15h30": "2024-05-14 15:30",
    "by eod": "2024-05-14 17:00",
    "by end of day": "2024-05-14 17:00",
    "by cob": "2024-05-14 17:00",
    "tonight": "2024-05-14 20:00",
    "this afternoon": "2024-05-14 14:00",
    "in the morning": "2024-05-15 09:00",
    "tomorrow morning": "2024-05-15 09:00",
    "tomorrow evening": "2024-05-15 18:00",
    "tomorrow evening at 8": "2024-05-15 20:00",
    "tomorrow at 5": "2024-05-15 17:00",
    "on friday at 10:30": "2024-05-17 10:30",
    "at 4pm on may 20": "2024-05-20 16:00",
    "today at 8": "2024-05-14 20:00",
    "in 2 hours": "2024-05-14 12:00",
    "in 90 minutes": "2024-05-14 11:30",
    "in half an hour": "2024-05-14 10:30",
    "in two and a half hours": "2024-05-14 12:30",
    "in 2 days at 9": "2024-05-16 09:00",
    "2024-05-20T08:15": "2024-05-20 08:15",
    "tomorrow at 4pm CET": "2024-05-15 15:00",
}

NO_TIME = [
    "Look at 3 invoices",
    "Read the 3rd chapter",
    "Buy 3/4 inch screws",
    "Review Friday's report",
    "Fix the 1:1 ratio",
    "Call +86 2010-2015-86",
    "Open https://acme.example/2024-05-20/report",
    "We may ask 20 people",
    "Book a room for two to four people",
]


@pytest.mark.parametrize(("words", "expected"), (DATES | TIMES).items())
def test_words_of_time_give_the_due_time_and_leave_the_title(words, expected):
    assert due(f"Send the report {words}") == expected
    assert read(f"Send the report {words}").title == "Send the report"


@pytest.mark.parametrize("text", NO_TIME)
def test_numbers_and_names_are_no_dates(text):
    assert (due(text), read(text).title) == (None, text)


def test_a_date_without_a_time_says_that_one_was_assumed():
    assert codes("Send the report tomorrow") == ["time_assumed"]
    assert codes("Send the report tomorrow at 3pm") == []


def test_today_is_still_today_after_work():
    late = datetime(2024, 5, 14, 19, tzinfo=UTC)
    assert due("Send the report today", now=late) == "2024-05-14 23:59"


@pytest.mark.parametrize("date", ["on February 30", "2024-13-45", "on 31.4.2025", "on may 32nd"])
def test_an_impossible_date_is_not_guessed(date):
    assert (due(f"Pay the rent {date}"), codes(f"Pay the rent {date}")) == (
        None,
        ["impossible_date"],
    )


@pytest.mark.parametrize("date", ["yesterday", "on May 1 2023", "2020-01-01", "today at 9am"])
def test_a_past_date_is_reported_and_not_used(date):
    assert (due(f"Pay the rent {date}"), codes(f"Pay the rent {date}")) == (None, ["past_date"])


def test_a_bare_hour_is_read_in_office_hours_and_says_so():
    assert codes("Call Bob tomorrow at 5") == ["ambiguous_time"]


def test_a_swappable_date_says_how_it_was_read():
    assert "ambiguous_date" in codes("Pay the rent on 5/6 at 3pm")


def test_relative_days_follow_the_wall_clock_of_the_zone():
    evening = datetime(2024, 5, 14, 23, tzinfo=UTC)  # already Wednesday in Tokyo
    assert due("Call Bob tomorrow at 3pm", now=evening, zone="Asia/Tokyo") == "2024-05-16 15:00"


def test_a_wall_time_in_the_gap_moves_forward_by_the_gap():
    before = datetime(2024, 3, 30, 12, tzinfo=UTC)
    assert due("Call Bob tomorrow at 02:30", now=before, zone="Europe/Berlin") == "2024-03-31 03:30"


def test_a_wall_time_that_comes_twice_is_the_first():
    before = datetime(2024, 10, 26, 12, tzinfo=UTC)
    draft = read("Call Bob tomorrow at 02:30", now=before, zone="Europe/Berlin")
    assert draft.due == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def test_hours_are_added_exactly_across_a_clock_change():
    before = datetime(2024, 3, 31, 0, 30, tzinfo=UTC)
    draft = read("Call Bob in 2 hours", now=before, zone="Europe/Berlin")
    assert draft.due == before + timedelta(hours=2)


RHYTHMS = {
    "every monday at 9": ("FREQ=WEEKLY;BYDAY=MO", "2024-05-20 09:00"),
    "daily": ("FREQ=DAILY", "2024-05-14 17:00"),
    "every day at 9": ("FREQ=DAILY", "2024-05-15 09:00"),
    "every weekday at 8am": ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2024-05-15 08:00"),
    "every 2 weeks on tuesday": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2024-05-14 17:00"),
    "every other day": ("FREQ=DAILY;INTERVAL=2", "2024-05-14 17:00"),
    "every tuesday and thursday": ("FREQ=WEEKLY;BYDAY=TU,TH", "2024-05-14 17:00"),
    "monthly on the 15th": ("FREQ=MONTHLY;BYMONTHDAY=15", "2024-05-15 17:00"),
    "every last friday of the month": ("FREQ=MONTHLY;BYDAY=-1FR", "2024-05-31 17:00"),
    "every first monday of the month": ("FREQ=MONTHLY;BYDAY=1MO", "2024-06-03 17:00"),
    "on the last day of every month": ("FREQ=MONTHLY;BYMONTHDAY=-1", "2024-05-31 17:00"),
    "yearly": ("FREQ=YEARLY", "2024-05-14 17:00"),
    "every year on June 1": ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", "2024-06-01 17:00"),
    "quarterly": ("FREQ=MONTHLY;INTERVAL=3", "2024-05-14 17:00"),
    "every morning": ("FREQ=DAILY", "2024-05-15 09:00"),
    "every 2 hours": ("FREQ=HOURLY;INTERVAL=2", "2024-05-14 12:00"),
    "every day until friday": ("FREQ=DAILY;UNTIL=20240517T235900Z", "2024-05-14 17:00"),
    "weekly starting tomorrow": ("FREQ=WEEKLY", "2024-05-15 17:00"),
}


@pytest.mark.parametrize(("words", "expected"), RHYTHMS.items())
def test_a_rhythm_gives_a_rule_and_its_first_time(words, expected):
    draft = read(f"Water the plants {words}")
    assert (draft.recurrence, due(f"Water the plants {words}")) == expected
    assert draft.title == "Water the plants"


def test_a_rhythm_in_a_name_is_part_of_the_name():
    draft = read("Send the weekly report tomorrow")
    assert (draft.recurrence, draft.title) == (None, "Send the weekly report")
