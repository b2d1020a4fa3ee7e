"""Events over HTTP: what can be given comes back, and nonsense is refused by name."""

from uuid import UUID, uuid4

import pytest

from accounts.models import TeamMembership
from calendar_app.models import Attendee, Calendar, Event
from tests.calendar_app.conftest import EVENTS, errors

MAY = "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z"


def test_a_title_and_a_start_are_enough(book, ada):
    event = book("Lunch", "2024-05-15T12:00:00+02:00")
    UUID(event.pop("id"))
    calendar = Calendar.objects.get(owner=ada)
    assert calendar.is_default
    assert event == {
        "title": "Lunch",
        "description": "",
        "location": "",
        "start": "2024-05-15T10:00:00Z",
        "end": "2024-05-15T11:00:00Z",
        "all_day": False,
        "start_date": None,
        "end_date": None,
        "timezone": "UTC",
        "recurrence": None,
        "attendees": [],
        "reminders": [],
        "organizer_id": str(ada.pk),
        "organizer_name": ada.full_name,
        "calendar_id": str(calendar.pk),
        "external_id": "",
        "status": "confirmed",
        "visibility": "default",
        "is_free": False,
        "conference_url": "",
        "series_id": None,
        "split_from_id": None,
        "occurrence": None,
        "is_hidden": False,
        "source": "api",
        "version": 1,
        "created_at": "2024-05-14T10:00:00Z",
        "updated_at": "2024-05-14T10:00:00Z",
    }


def test_every_field_that_can_be_given_comes_back(book, eve, room):
    body = {
        "description": "All of it.",
        "location": "Berlin",
        "end": "2024-05-15T10:30:00+02:00",
        "timezone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY;BYDAY=WE",
        "reminders": [10, 60],
        "status": "tentative",
        "visibility": "busy",
        "is_free": True,
        "conference_url": "https://meet.example/abc",
    }
    asked = [
        {"user_id": str(eve.pk)},
        {"room_id": str(room.pk)},
        {"email": "Guest@other.example", "name": "Guest"},
    ]
    event = book(**body, attendees=asked)
    assert {name: event[name] for name in body} == {**body, "end": "2024-05-15T08:30:00Z"}
    assert {(one["email"], one["name"], one["answer"]) for one in event["attendees"]} == {
        ("eve@acme.example", "Eve Employee", "needs_action"),
        (None, "Blue room", "accepted"),
        ("guest@other.example", "Guest", "needs_action"),
    }


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Tongatapu", "UTC"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-05-15", "2024-05-18"),
        ("2024-05-15T00:00:00-08:00", "2024-05-18T00:00:00-08:00"),
        ("2024-05-15T00:00:00Z", "2024-05-17T23:59:59Z"),
        ("2024-05-15T00:00:00+13:00", "2024-05-18T00:00:00+13:00"),
    ],
)
def test_whole_days_stay_the_same_dates_in_every_zone(start, end, zone, book, api, ada):
    event = book(start=start, end=end, all_day=True, timezone=zone)
    for _trip in range(10):
        assert (event["start_date"], event["end_date"]) == ("2024-05-15", "2024-05-18")
        same = {name: event[f"{name}_date"] for name in ("start", "end")}
        event = api(ada).patch(f"{EVENTS}/{event['id']}", same).json()


def test_changing_the_zone_of_whole_days_keeps_the_dates(book, api, ada):
    event = book(start="2024-05-15", all_day=True, timezone="Europe/Berlin")
    assert event["start"] == "2024-05-14T22:00:00Z"
    moved = api(ada).patch(f"{EVENTS}/{event['id']}", {"timezone": "America/New_York"}).json()
    assert (moved["start_date"], moved["end_date"]) == ("2024-05-15", "2024-05-16")
    assert moved["start"] == "2024-05-15T04:00:00Z"


def test_moving_the_start_moves_the_end_along(book, api, ada):
    event = book(end="2024-05-15T11:30:00+02:00")
    moved = api(ada).patch(f"{EVENTS}/{event['id']}", {"start": "2024-05-16T09:00:00Z"}).json()
    assert (moved["start"], moved["end"]) == ("2024-05-16T09:00:00Z", "2024-05-16T11:30:00Z")
    assert moved["version"] == 2


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"start": "2024-05-15T09:00:00"}, "start", "no_offset"),
        ({"start": "2024-02-30"}, "start", "invalid"),
        ({"start": "1024-05-15T09:00:00Z"}, "start", "bad_times"),
        ({"end": "2024-05-15T06:00:00Z"}, "end", "bad_times"),
        ({"end": "2054-05-15T06:00:00Z"}, "end", "bad_times"),
        ({"end": "2024-05-16"}, "end", "bad_times"),
        ({"start": "2024-05-15", "end": "2024-05-14"}, "end", "bad_times"),
        ({"timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
        ({"recurrence": "FREQ=SECONDLY"}, "recurrence", "bad_rule"),
        ({"recurrence": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"}, "recurrence", "bad_rule"),
        ({"recurrence": "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5"}, "recurrence",
         "bad_rule"),
        ({"attendees": [{"user_id": str(uuid4())}]}, "attendees.0.user_id", "does_not_exist"),
        ({"attendees": [{"room_id": str(uuid4())}]}, "attendees.0.room_id", "does_not_exist"),
        ({"attendees": [{"name": "Nobody"}]}, "attendees", "one_of"),
        ({"attendees": [{"email": "no address"}]}, "attendees.0.email", "invalid"),
        ({"calendar_id": str(uuid4())}, "calendar_id", "does_not_exist"),
        ({"reminders": [-1]}, "reminders.0", "min_value"),
        ({"conference_url": "javascript:alert(1)"}, "conference_url", "invalid"),
        ({"colour": "blue"}, "colour", "unknown_field"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(body, attr, code, api, ada):
    given = {"title": "Planning", "start": "2024-05-15T09:00:00Z", **body}
    answer = api(ada).post(EVENTS, given)
    assert answer.status_code == 400
    assert errors(answer) == [(attr, code)]
    assert not Event.objects.exists()


def test_somebody_of_another_office_cannot_be_asked_by_id(globex, api, ada):
    from accounts.models import User
    from tenants.context import tenant_context

    with tenant_context(globex):
        mia = User.objects.get(email="mia@globex.example")
    body = {"title": "x", "start": "2024-05-15T09:00:00Z", "attendees": [{"user_id": str(mia.pk)}]}
    answer = api(ada).post(EVENTS, body)
    assert errors(answer) == [("attendees.0.user_id", "does_not_exist")]


def test_an_address_of_the_office_is_its_person(book, eve):
    event = book(attendees=[{"email": "EVE@acme.example"}])
    assert event["attendees"][0]["user_id"] == str(eve.pk)


def test_who_stays_keeps_the_answer(book, api, ada, eve, max_):
    event = book(attendees=[{"user_id": str(eve.pk)}, {"email": "a@b.example"}])
    url = f"{EVENTS}/{event['id']}"
    assert api(eve).post(f"{url}/respond", {"answer": "accepted"}).status_code == 200
    asked = [{"user_id": str(eve.pk)}, {"user_id": str(max_.pk)}]
    event = api(ada).patch(url, {"attendees": asked}).json()
    answers = {one["user_id"]: one["answer"] for one in event["attendees"]}
    assert answers == {str(eve.pk): "accepted", str(max_.pk): "needs_action"}


def test_who_was_not_asked_cannot_answer(book, api, eve):
    event = book()
    answer = api(eve).post(f"{EVENTS}/{event['id']}/respond", {"answer": "accepted"})
    assert (answer.status_code, errors(answer)) == (403, [(None, "not_invited")])


def test_others_see_that_somebody_is_busy_and_nothing_else(book, api, ada, eve, max_):
    event = book(
        "Salaries",
        by=max_,
        visibility="busy",
        description="secret",
        attendees=[{"user_id": str(eve.pk)}],
    )
    url = f"{EVENTS}/{event['id']}"
    from accounts.models import User

    sarah = User.objects.get(email="sarah@acme.example")
    seen = api(sarah).get(url)
    assert b"alaries" not in seen.content
    assert b"secret" not in seen.content
    assert (seen.json()["title"], seen.json()["attendees"]) == ("Busy", [])
    for person in (ada, eve, max_):
        assert api(person).get(url).json()["title"] == "Salaries"
    for word in ("alari", "secret"):
        assert api(sarah).get(EVENTS, {"search": word}).json()["results"] == []
        assert len(api(eve).get(EVENTS, {"search": word}).json()["results"]) == 1
    answer = api(sarah).get(EVENTS, {"start": MAY[0], "end": MAY[1]})
    assert b"alaries" not in answer.content


def test_others_events_are_seen_and_not_changed(book, api, ada, max_):
    event = book()
    answer = api(max_).patch(f"{EVENTS}/{event['id']}", {"title": "Mine"})
    assert (answer.status_code, errors(answer)) == (403, [(None, "not_yours")])
    assert Event.objects.get(pk=event["id"]).title == "Planning"


def test_a_team_writes_into_its_calendar(api, max_, eve, ada, finance):
    made = api(max_).post(
        "/api/v1/calendar/calendars",
        {"name": "Finance", "kind": "team", "team_id": str(finance.pk)},
    )
    assert made.status_code == 201
    calendar = made.json()["id"]
    body = {"title": "Close", "start": "2024-05-31", "calendar_id": calendar}
    assert api(max_).post(EVENTS, body).status_code == 201
    own = api(max_).post("/api/v1/calendar/calendars", {"name": "Mine"}).json()["id"]
    ada_s = Calendar.objects.create(owner=ada, name="Ada")
    answer = api(max_).post(EVENTS, {**body, "calendar_id": str(ada_s.pk)})
    assert (answer.status_code, errors(answer)) == (403, [("calendar_id", "not_yours")])
    assert api(max_).post(EVENTS, {**body, "calendar_id": own}).status_code == 201
    TeamMembership.objects.create(team=finance, user=eve, position=3)
    assert Calendar.objects.writable_by(eve).get().name == "Finance"


def test_one_calendar_of_each_person_takes_what_names_none(api, max_, book):
    first = book(by=max_)["calendar_id"]
    body = {"name": "Other", "is_default": True}
    other = api(max_).post("/api/v1/calendar/calendars", body).json()["id"]
    assert book(by=max_)["calendar_id"] == other != first
    assert Calendar.objects.filter(owner=max_, is_default=True).count() == 1


def test_rooms_are_kept_by_admins(api, max_, ada):
    body = {"name": "Red room", "kind": "room"}
    assert api(max_).post("/api/v1/calendar/calendars", body).status_code == 403
    assert api(ada).post("/api/v1/calendar/calendars", body).status_code == 201


def test_an_old_state_is_not_overwritten(book, api, ada):
    event = book()
    url = f"{EVENTS}/{event['id']}"
    tag = api(ada).get(url).headers["ETag"]
    changed = api(ada).patch(url, {"title": "One"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert api(ada).patch(url, {"title": "Two"}, headers={"If-Match": tag}).status_code == 412
    assert api(ada).delete(url, headers={"If-Match": tag}).status_code == 412
    assert api(ada).delete(url, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert not Event.objects.exists()
    assert not Attendee.objects.exists()


def test_a_window_has_two_ends_and_a_bound(api, ada):
    for query, attr, code in (
        ({"start": MAY[0]}, "start", "one_of"),
        ({"start": MAY[1], "end": MAY[0]}, "end", "bad_window"),
        ({"start": MAY[0], "end": "2030-01-01T00:00:00Z"}, "end", "bad_window"),
    ):
        assert errors(api(ada).get(EVENTS, query)) == [(attr, code)]


def test_a_window_is_one_list_in_order_over_pages(book, api, ada):
    book("Daily", "2024-05-01T09:00:00Z", recurrence="FREQ=DAILY")
    book("Once", "2024-05-03T08:00:00Z")
    query = {"start": MAY[0], "end": MAY[1], "page_size": 10}
    first = api(ada).get(EVENTS, query).json()
    assert first["count"] == 32
    assert [row["title"] for row in first["results"][:4]] == ["Daily", "Daily", "Once", "Daily"]
    last = api(ada).get(EVENTS, {**query, "page": 4}).json()
    assert [row["start"][:10] for row in last["results"]] == ["2024-05-30", "2024-05-31"]
    assert last["results"][0]["occurrence"] == "2024-05-30T09:00:00Z"
