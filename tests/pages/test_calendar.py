"""The calendar as people see it: days around a date, an event, and writing one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calendar_app.models import Attendee, Calendar, CalendarKind, Event
from calendar_app.services import NewEvent, create_event
from tenants.context import tenant_context
from tests.pages.conftest import text_of

NOON = "2030-05-15T12:00:00Z"
FORM = {
    "title": "Jour fixe",
    "day": "2030-05-20",
    "begins": "10:00",
    "ends": "11:30",
    "visibility": "default",
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOON, tick=False):
        yield


def plan(by, title="Jour fixe", *, days=0, hours=0, **facts):
    start = timezone.now() + timedelta(days=days, hours=hours)
    return create_event(new=NewEvent(title=title, start=start, **facts), by=by)


def asked(*people):
    return [{"user_id": person.pk} for person in people]


def shown(answer) -> dict[str, list[str]]:
    """What stands on which day."""
    days = answer.context["days"]
    return {f"{d.date}": [item.event["title"] for item in d.items] for d in days if d.items}


# --- The days


@pytest.mark.parametrize(
    ("look", "days", "first"),
    [
        ("month", 42, "2030-04-29"),
        ("week", 7, "2030-05-13"),
        ("day", 1, "2030-05-15"),
        ("agenda", 30, "2030-05-15"),
    ],
)
def test_each_look_shows_its_days_also_when_nothing_happens(browser, ada, look, days, first):
    answer = browser(ada).get(f"/calendar?view={look}")
    found = answer.context["days"]
    assert (len(found), f"{found[0].date}") == (days, first)
    assert [f"{day.date}" for day in found if day.is_today] == ["2030-05-15"]
    assert "Nothing stands here." in text_of(answer)


@pytest.mark.parametrize(
    ("look", "before", "after"),
    [
        ("month", "2030-04-01", "2030-06-01"),
        ("week", "2030-05-24", "2030-06-07"),
        ("day", "2030-05-30", "2030-06-01"),
        ("agenda", "2030-05-01", "2030-06-30"),
    ],
)
def test_one_goes_on_and_back_without_a_script(browser, ada, look, before, after):
    page = browser(ada).get(f"/calendar?view={look}&date=2030-05-31").content.decode()
    found = re.findall(r'href="\?view=\w+&amp;date=([0-9-]+)" rel="(\w+)"', page)
    assert found == [(before, "prev"), (after, "next")]


def test_an_event_stands_on_its_day_in_the_zone_of_the_reader(browser, ada):
    plan(ada, hours=11)
    assert shown(browser(ada).get("/calendar")) == {"2030-05-15": ["Jour fixe"]}
    ada.timezone = "Asia/Tokyo"
    ada.save()
    answer = browser(ada).get("/calendar")
    assert shown(answer) == {"2030-05-16": ["Jour fixe"]}
    assert "08:00 Jour fixe" in text_of(answer)


def test_a_series_and_days_without_hours_stand_on_each_of_their_days(browser, ada):
    plan(ada, recurrence="FREQ=DAILY;COUNT=2")
    fair = NewEvent(
        title="Fair", start=timezone.now().date(), end=timezone.now().date() + timedelta(days=2)
    )
    create_event(new=fair, by=ada)
    answer = browser(ada).get("/calendar?view=week")
    both = ["Fair", "Jour fixe"]
    assert shown(answer) == {"2030-05-15": both, "2030-05-16": both}


def test_one_sees_ones_own_and_everybodys_on_demand(browser, ada, eve, max_):
    plan(max_, "Theirs")
    plan(max_, "Asked", attendees=asked(eve))
    assert shown(browser(eve).get("/calendar")) == {"2030-05-15": ["Asked"]}
    assert shown(browser(eve).get("/calendar?calendar=all")) == {"2030-05-15": ["Asked", "Theirs"]}
    own = Calendar.objects.get(owner=max_)
    assert len(shown(browser(eve).get(f"/calendar?calendar={own.pk}"))["2030-05-15"]) == 2


def test_of_what_is_private_others_see_that_somebody_is_busy(browser, ada, max_, eve):
    event = plan(max_, "Doctor", visibility="busy", location="Clinic")
    page = text_of(browser(eve).get("/calendar?calendar=all"))
    assert "Busy" in page
    assert "Doctor" not in page
    eve.locale = "de"
    eve.save()
    assert "Beschäftigt" in text_of(browser(eve).get("/calendar?calendar=all"))
    eve.locale = "en"
    eve.save()
    one = text_of(browser(eve).get(f"/calendar/events/{event.pk}"))
    assert "Only that somebody is busy then." in one
    assert "Clinic" not in one
    assert "Doctor" in text_of(browser(max_).get("/calendar"))


@pytest.mark.parametrize("query", ["view=year", "date=x", "date=0001-01-01", "calendar=x"])
def test_nonsense_shows_this_month_and_nothing_on_it(browser, ada, query):
    plan(ada)
    answer = browser(ada).get(f"/calendar?{query}")
    assert (answer.status_code, shown(answer)) == (400, {})


def test_a_role_without_the_right_is_refused(browser, ada, eve):
    event = plan(ada)
    eve.role.permissions = ["task:read"]
    eve.role.save()
    for path in ("/calendar", f"/calendar/events/{event.pk}"):
        assert browser(eve).get(path).status_code == 403


@pytest.mark.parametrize("look", ["month", "agenda"])
def test_fifty_cost_the_queries_of_one(browser, ada, eve, max_, look):
    client, path = browser(ada), f"/calendar?view={look}&calendar=all"

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    plan(ada, recurrence="FREQ=DAILY;COUNT=2", attendees=asked(eve))
    client.get(path)
    few = cost()
    for number in range(50):
        plan(max_, str(number), days=number % 9, attendees=asked(ada, eve), reminders=[10])
    assert cost() == few


# --- One event


def test_an_event_shows_when_where_and_who_comes(browser, ada, eve):
    event = plan(ada, attendees=[*asked(eve), {"email": "gus@guest.example"}], location="Hall")
    page = text_of(browser(eve).get(f"/calendar/events/{event.pk}"))
    for words in (
        "Wednesday 15 May 2030, 12:00 – 13:00",
        "Where Hall",
        "Organized by Ada Admin",
        "Eve Employee Has not answered",
        "gus@guest.example",
        "Do you come?",
    ):
        assert words in page


def test_one_of_a_series_shows_its_own_day(browser, ada):
    event = plan(ada, recurrence="FREQ=DAILY;COUNT=3")
    page = browser(ada).get("/calendar?view=week").content.decode()
    links = re.findall(rf'href="(/calendar/events/{event.pk}\?at=[^"]+)"', page)
    assert len(links) == 3
    assert "Friday 17 May 2030, 12:00" in text_of(browser(ada).get(links[2]))


@pytest.mark.parametrize(
    "at",
    ["x", "2030-05-15", "2031-01-01T00:00Z", "9999-99-99T00:00", "9999-12-31T23:00Z"],
)
def test_what_is_no_occurrence_shows_the_series(browser, ada, at):
    event = plan(ada, recurrence="FREQ=DAILY;COUNT=3")
    page = text_of(browser(ada).get(f"/calendar/events/{event.pk}", {"at": at}))
    assert "Repeats Every day" in page


def test_an_answer_is_kept_and_may_be_changed(browser, ada, eve):
    event, client = plan(ada, attendees=asked(eve)), browser(eve)
    for said in ("accepted", "declined", "declined"):
        answer = client.post(f"/calendar/events/{event.pk}/answer", {"answer": said})
        assert answer.url == f"/calendar/events/{event.pk}"
        assert Attendee.objects.get(event=event, person=eve).answer == said
    assert "Does not come" in text_of(client.get(f"/calendar/events/{event.pk}"))


def test_who_was_not_asked_cannot_answer(browser, ada, eve):
    event = plan(ada)
    here = f"/calendar/events/{event.pk}/answer"
    assert browser(eve).post(here, {"answer": "accepted"}).status_code == 403
    assert browser(eve).post(here, {"answer": "x"}).status_code == 400


def test_an_event_of_another_office_does_not_exist(browser, ada, mia, globex):
    with tenant_context(globex):
        theirs = plan(mia)
    client, here = browser(ada), f"/calendar/events/{theirs.pk}"
    assert client.get(here).status_code == client.get(f"{here}/edit").status_code == 404
    for path, form in (("answer", {"answer": "accepted"}), ("edit", FORM), ("delete", {})):
        assert client.post(f"{here}/{path}", form).status_code == 404


# --- Writing


def test_an_event_is_written_down(browser, max_, eve):
    form = {**FORM, "people": [max_.pk, eve.pk], "guests": "Gus@guest.example", "remind": "10"}
    answer = browser(max_).post("/calendar/events/new", {**form, "repeats": "FREQ=WEEKLY"})
    event = Event.objects.get()
    assert answer.url == f"/calendar/events/{event.pk}"
    assert f"{event.start:%F %R} {event.end:%R}" == "2030-05-20 10:00 11:30"
    assert (event.recurrence, event.source) == ("FREQ=WEEKLY", "page")
    names = {row.email or row.person.email for row in event.attendees.all()}
    assert names == {"max@acme.example", "eve@acme.example", "gus@guest.example"}
    assert [row.minutes_before for row in event.reminders.all()] == [10]


def test_whole_days_are_written_by_their_first_and_last(browser, max_):
    form = {**FORM, "begins": "", "ends": "", "all_day": "on", "until": "2030-05-21"}
    browser(max_).post("/calendar/events/new", form)
    event = Event.objects.get()
    assert (f"{event.start_date}", f"{event.end_date}") == ("2030-05-20", "2030-05-22")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"day": ""}, "day"),
        ({"begins": ""}, "begins"),
        ({"ends": "09:00"}, "until"),
        ({"guests": "no address"}, "guests"),
        ({"people": "11111111-1111-4111-8111-111111111111"}, "people"),
        ({"calendar": "11111111-1111-4111-8111-111111111111"}, "calendar"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(browser, max_, changes, field):
    answer = browser(max_).post("/calendar/events/new", {**FORM, **changes})
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not Event.objects.exists()


def test_a_taken_room_is_said_on_the_page(browser, ada):
    room = Calendar.objects.create(kind=CalendarKind.ROOM, name="Blue room")
    client, form = browser(ada), {**FORM, "rooms": room.pk}
    assert client.post("/calendar/events/new", form).status_code == 302
    answer = client.post("/calendar/events/new", {**form, "title": "Second"})
    assert answer.status_code == 409
    assert answer.context["form"].errors
    assert Event.objects.count() == 1


def test_saving_what_was_shown_changes_nothing(browser, max_, eve):
    event = plan(max_, attendees=asked(eve), reminders=[10, 30], recurrence="FREQ=DAILY;COUNT=3")
    client, here = browser(max_), f"/calendar/events/{event.pk}/edit"
    shown_form = client.get(here).context["form"]
    values = {name: shown_form[name].value() for name in shown_form.fields}
    sent = {name: value for name, value in values.items() if value}
    before = Event.objects.values().get(pk=event.pk)
    assert client.post(here, sent).status_code == 302
    after = Event.objects.values().get(pk=event.pk)
    same = set(before) - {"version", "updated_at"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert [row.minutes_before for row in event.reminders.all()] == [10, 30]


@pytest.mark.parametrize(
    ("scope", "titles"),
    [
        ("this", ["Jour fixe", "Moved", "Jour fixe"]),
        ("following", ["Jour fixe", "Moved", "Moved"]),
        ("all", ["Moved", "Moved", "Moved"]),
    ],
)
def test_of_a_series_as_much_is_changed_as_is_asked_for(browser, max_, scope, titles):
    event = plan(max_, recurrence="FREQ=DAILY;COUNT=3")
    at = (timezone.now() + timedelta(days=1)).isoformat()
    times = {"day": "2030-05-16", "begins": "12:00", "ends": "13:00"}
    form = {**FORM, **times, "title": "Moved", "at": at, "scope": scope}
    form["repeats"] = "FREQ=DAILY;COUNT=3"
    answer = browser(max_).post(f"/calendar/events/{event.pk}/edit", form)
    assert answer.status_code == 302, answer.context["form"].errors
    found = shown(browser(max_).get("/calendar?view=week"))
    assert [found[f"2030-05-{day}"] for day in (15, 16, 17)] == [[title] for title in titles]


def test_somebody_elses_event_is_not_changed(browser, ada, max_):
    event = plan(ada)
    here = f"/calendar/events/{event.pk}"
    assert "Change" not in text_of(browser(max_).get(here))
    assert browser(max_).get(f"{here}/edit").status_code == 403
    assert browser(max_).post(f"{here}/edit", FORM).status_code == 403


def test_an_employee_writes_no_events(browser, eve):
    assert browser(eve).get("/calendar/events/new").status_code == 403
    assert browser(eve).post("/calendar/events/new", FORM).status_code == 403
    assert "New event" not in text_of(browser(eve).get("/calendar"))


@pytest.mark.parametrize(("scope", "left"), [("this", 2), ("following", 1), ("all", 0)])
def test_of_a_series_as_much_is_called_off_as_is_asked_for(browser, ada, scope, left):
    event = plan(ada, recurrence="FREQ=DAILY;COUNT=3")
    at = (timezone.now() + timedelta(days=1)).isoformat()
    client = browser(ada)
    answer = client.post(f"/calendar/events/{event.pk}/delete", {"at": at, "scope": scope})
    assert answer.url == "/calendar"
    assert len(shown(client.get("/calendar?view=week"))) == left


def test_what_happens_once_is_called_off_once(browser, ada):
    event, client = plan(ada), browser(ada)
    assert client.post(f"/calendar/events/{event.pk}/delete").status_code == 302
    assert client.post(f"/calendar/events/{event.pk}/delete").status_code == 404
