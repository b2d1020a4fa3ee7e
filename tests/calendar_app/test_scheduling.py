"""When people are busy, and when they could meet."""

import pytest

from accounts.models import User
from tests.calendar_app.conftest import EVENTS, errors

FREE_BUSY = "/api/v1/calendar/free-busy"
FIND_SLOT = "/api/v1/calendar/find-slot"
# Wednesday to Friday; it is Tuesday, 14 May.
DAYS = {"start": "2024-05-15T00:00:00Z", "end": "2024-05-18T00:00:00Z"}


@pytest.fixture
def busy(api, ada):
    def read(*people, **window):
        users = ",".join(str(person.pk) for person in people)
        answer = api(ada).get(FREE_BUSY, {"users": users, **DAYS, **window})
        assert answer.status_code == 200, answer.content
        return [
            [(span["start"][8:16], span["end"][8:16]) for span in person["busy"]]
            for person in answer.json()["people"]
        ]

    return read


@pytest.fixture
def slots(api, ada):
    def find(*people, by=None, **wanted):
        body = {"duration_minutes": 60, "users": [str(each.pk) for each in people], **DAYS}
        answer = api(by or ada).post(FIND_SLOT, {**body, **wanted})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return find


def starts(found):
    return [each["start"][8:16] for each in found["proposals"]]


def test_who_is_asked_is_busy_until_they_say_no(book, busy, api, ada, eve, max_):
    event = book(start="2024-05-15T09:00:00Z", attendees=[{"user_id": str(eve.pk)}])
    assert busy(ada, eve, max_) == [[("15T09:00", "15T10:00")]] * 2 + [[]]
    api(eve).post(f"{EVENTS}/{event['id']}/respond", {"answer": "declined"})
    assert busy(ada, eve) == [[("15T09:00", "15T10:00")], []]


def test_what_touches_is_one_and_what_is_free_or_cancelled_is_none(book, busy, ada):
    book(start="2024-05-15T09:00:00Z")
    book(start="2024-05-15T09:30:00Z")
    book(start="2024-05-15T10:30:00Z", recurrence="FREQ=DAILY;COUNT=2")
    book(start="2024-05-16", all_day=True, is_free=True)
    book(start="2024-05-15T20:00:00Z", status="cancelled")
    assert busy(ada) == [[("15T09:00", "15T11:30"), ("16T10:30", "16T11:30")]]


def test_a_moved_occurrence_is_busy_where_it_is(book, busy, api, ada, eve):
    series = book(
        start="2024-05-15T09:00:00Z",
        recurrence="FREQ=DAILY;COUNT=2",
        attendees=[{"user_id": str(eve.pk)}],
    )
    url = f"{EVENTS}/{series['id']}?occurrence=2024-05-16T09:00:00Z"
    api(ada).patch(url, {"start": "2024-05-16T15:00:00Z"})
    assert busy(eve) == [[("15T09:00", "15T10:00"), ("16T15:00", "16T16:00")]]


def test_busy_says_nothing_but_when(book, api, ada, eve):
    book("Salaries", start="2024-05-15T09:00:00Z")
    answer = api(eve).get(FREE_BUSY, {"users": ada.email, **DAYS})
    assert b"alaries" not in answer.content
    assert answer.json()["people"][0]["user_id"] == str(ada.pk)


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({"users": "nobody@acme.example"}, "users", "does_not_exist"),
        ({"users": "mia@globex.example"}, "users", "does_not_exist"),
        ({"users": "ada@acme.example", "end": "2034-01-01T00:00:00Z"}, "end", "bad_window"),
        ({"users": "ada@acme.example", "end": "2024-01-01T00:00:00Z"}, "end", "bad_window"),
    ],
)
def test_a_bad_question_is_refused(query, attr, code, api, ada):
    assert errors(api(ada).get(FREE_BUSY, {**DAYS, **query})) == [(attr, code)]


def test_the_earliest_time_at_which_all_are_free_comes_first(book, slots, eve):
    book(start="2024-05-15T09:00:00Z", end="2024-05-15T11:00:00Z")
    book(start="2024-05-15T11:30:00Z", end="2024-05-15T16:30:00Z",
         attendees=[{"user_id": str(eve.pk)}])  # fmt: skip
    found = slots(eve)
    assert starts(found)[:3] == ["16T09:00", "16T10:00", "16T11:00"]
    assert found["proposals"][0]["reason"] == "Everybody is free, within working hours."
    assert starts(slots(eve, duration_minutes=30))[:2] == ["15T11:00", "15T16:30"]
    assert starts(slots(eve, duration_minutes=15, buffer_minutes=15))[:2] == [
        "15T16:45",
        "16T09:00",
    ]


def test_each_has_working_hours_on_their_own_clock(slots, ada, eve):
    User.objects.filter(pk=eve.pk).update(timezone="America/New_York")
    found = slots(eve)
    assert starts(found)[0] == "15T13:00"
    assert found["proposals"][0]["people"][1]["start"] == "2024-05-15T09:00"
    User.objects.filter(pk=eve.pk).update(timezone="Australia/Sydney")
    first = slots(eve)["proposals"][0]
    assert first["start"] == "2024-05-15T09:00:00Z"
    assert "outside the working hours of Eve Employee (Wed 19:00 there)" in first["reason"]
    assert [one["within_hours"] for one in first["people"]] == [True, False]


def test_days_and_rooms_are_kept(book, slots, room):
    assert starts(slots(days=[4]))[0] == "17T09:00"
    room_s = [{"room_id": str(room.pk)}]
    book(start="2024-05-15T09:00:00Z", end="2024-05-15T12:00:00Z", attendees=room_s)
    assert starts(slots(room_id=str(room.pk)))[0] == "15T12:00"
    assert starts(slots(days=[5])) == []


def test_nothing_free_says_so(book, slots):
    book(start="2024-05-15T00:00:00Z", end="2024-05-18T00:00:00Z")
    found = slots()
    assert found["proposals"] == []
    assert found["reason"] == "There is no such time at which everybody is free."
