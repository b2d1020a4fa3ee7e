"""One occurrence, this and all that follow, or the whole series."""

import pytest

from accounts.models import AuditEntry
from calendar_app.models import Event
from tests.calendar_app.conftest import EVENTS, errors

MAY = "2024-05-01T00:00:00Z", "2024-06-15T00:00:00Z"
RULE = "FREQ=WEEKLY;BYDAY=WE;COUNT=4"


@pytest.fixture
def series(book):
    return book(
        "Weekly", "2024-05-15T09:00:00+02:00", timezone="Europe/Berlin", recurrence=RULE,
        reminders=[10],
    )  # fmt: skip


def days(shown, by=None):
    return [f"{title} {start[5:16]}" for title, start in shown(*MAY, by=by)]


def at(event, occurrence, scope=None):
    query = f"?occurrence={occurrence}" + (f"&scope={scope}" if scope else "")
    return f"{EVENTS}/{event['id']}{query}"


def test_one_occurrence_is_moved_and_the_others_stay(series, api, ada, shown):
    answer = api(ada).patch(
        at(series, "2024-05-22T07:00:00Z"), {"start": "2024-05-23T12:00:00Z", "title": "Late"}
    )
    assert answer.status_code == 200
    assert answer.json()["series_id"] == series["id"]
    assert answer.json()["occurrence"] == "2024-05-22T07:00:00Z"
    assert days(shown) == [
        "Weekly 05-15T07:00",
        "Late 05-23T12:00",
        "Weekly 05-29T07:00",
        "Weekly 06-05T07:00",
    ]
    again = api(ada).patch(at(series, "2024-05-23T12:00:00Z"), {"title": "Later"})
    assert again.json()["id"] == answer.json()["id"]


def test_one_occurrence_is_cancelled(series, api, ada, shown):
    assert api(ada).delete(at(series, "2024-05-22T07:00:00Z")).status_code == 204
    assert days(shown) == ["Weekly 05-15T07:00", "Weekly 05-29T07:00", "Weekly 06-05T07:00"]
    twice = api(ada).delete(at(series, "2024-05-22T07:00:00Z"))
    assert errors(twice) == [("occurrence", "no_such_occurrence")]


def test_a_changed_occurrence_that_is_deleted_does_not_come_back(series, api, ada, shown):
    moved = api(ada).patch(at(series, "2024-05-22T07:00:00Z"), {"title": "Other"}).json()
    assert api(ada).delete(f"{EVENTS}/{moved['id']}").status_code == 204
    assert days(shown) == ["Weekly 05-15T07:00", "Weekly 05-29T07:00", "Weekly 06-05T07:00"]


def test_exceptions_stay_when_the_series_title_changes(series, api, ada, shown):
    """INTEGRATIONS 14, scenario 7."""
    api(ada).patch(at(series, "2024-05-22T07:00:00Z"), {"start": "2024-05-23T12:00:00Z"})
    api(ada).delete(at(series, "2024-05-29T07:00:00Z"))
    api(ada).patch(f"{EVENTS}/{series['id']}", {"title": "New"})
    assert days(shown) == ["New 05-15T07:00", "New 05-23T12:00", "New 06-05T07:00"]


def test_exceptions_move_along_with_the_series(series, api, ada, shown):
    api(ada).patch(at(series, "2024-05-22T07:00:00Z"), {"title": "Other"})
    api(ada).delete(at(series, "2024-05-29T07:00:00Z"))
    answer = api(ada).patch(f"{EVENTS}/{series['id']}", {"start": "2024-05-16T10:00:00+02:00"})
    assert answer.json()["recurrence"] == "FREQ=WEEKLY;BYDAY=TH;COUNT=4"
    assert days(shown) == ["Weekly 05-16T08:00", "Other 05-22T07:00", "Weekly 06-06T08:00"]
    assert Event.objects.get(series=series["id"]).original_start.isoformat() == (
        "2024-05-23T08:00:00+00:00"
    )


def test_all_can_be_changed_from_any_occurrence(series, api, ada, shown):
    answer = api(ada).patch(
        at(series, "2024-05-29T07:00:00Z", "all"), {"start": "2024-05-29T10:00:00+02:00"}
    )
    assert answer.json()["start"] == "2024-05-15T08:00:00Z"
    assert [day[-5:] for day in days(shown)] == ["08:00"] * 4


def test_this_and_following_become_a_series_of_their_own(series, api, ada, shown):
    api(ada).patch(at(series, "2024-06-05T07:00:00Z"), {"title": "Last"})
    answer = api(ada).patch(
        at(series, "2024-05-29T07:00:00Z", "following"),
        {"title": "New", "start": "2024-05-30T09:00:00+02:00"},
    )
    new = answer.json()
    assert new["split_from_id"] == series["id"] != new["id"]
    assert new["recurrence"] == "FREQ=WEEKLY;BYDAY=TH;COUNT=2"
    assert new["reminders"] == [10]
    assert days(shown) == [
        "Weekly 05-15T07:00",
        "Weekly 05-22T07:00",
        "New 05-30T07:00",
        "Last 06-05T07:00",
    ]
    old = Event.objects.get(pk=series["id"])
    assert old.recurrence == "FREQ=WEEKLY;BYDAY=WE;UNTIL=20240529T065959Z"
    assert old.ical_uid != Event.objects.get(pk=new["id"]).ical_uid


def test_this_and_following_can_be_cancelled(series, api, ada, shown):
    assert api(ada).delete(at(series, "2024-05-29T07:00:00Z", "following")).status_code == 204
    assert days(shown) == ["Weekly 05-15T07:00", "Weekly 05-22T07:00"]
    assert api(ada).delete(at(series, "2024-05-15T07:00:00Z", "following")).status_code == 204
    assert not Event.objects.exists()


def test_what_does_not_happen_then_is_refused(series, api, ada, book):
    answer = api(ada).patch(at(series, "2024-05-23T07:00:00Z"), {"title": "x"})
    assert (answer.status_code, errors(answer)) == (400, [("occurrence", "no_such_occurrence")])
    once = book()
    answer = api(ada).patch(at(once, "2024-05-15T07:00:00Z"), {"title": "x"})
    assert errors(answer) == [("occurrence", "no_such_occurrence")]


def test_one_occurrence_does_not_recur_by_itself(series, api, ada):
    answer = api(ada).patch(at(series, "2024-05-22T07:00:00Z"), {"recurrence": "FREQ=DAILY"})
    assert errors(answer) == [("recurrence", "is_an_occurrence")]
    assert Event.objects.count() == 1


@pytest.mark.parametrize("name", ["2024-05-22", "2024-05-22T00:00:00Z", "2024-05-21T22:00:00Z"])
def test_a_day_is_named_by_its_date_or_by_a_midnight(name, book, api, ada):
    event = book(
        start="2024-05-15", all_day=True, timezone="Europe/Berlin", recurrence="FREQ=DAILY"
    )
    answer = api(ada).patch(at(event, name), {"title": "This day"})
    assert answer.json()["start_date"] == "2024-05-22"
    assert answer.json()["occurrence"] == "2024-05-22T00:00:00Z"


def test_occurrences_that_a_new_rule_does_not_have_are_gone(series, api, ada, shown):
    api(ada).patch(at(series, "2024-05-22T07:00:00Z"), {"title": "Other"})
    api(ada).patch(f"{EVENTS}/{series['id']}", {"recurrence": "FREQ=WEEKLY;INTERVAL=2;COUNT=2"})
    assert days(shown) == ["Weekly 05-15T07:00", "Weekly 05-29T07:00"]


def test_somebody_else_changes_no_occurrence(series, api, max_):
    for scope in ("this", "following", "all"):
        url = at(series, "2024-05-22T07:00:00Z", scope)
        assert api(max_).patch(url, {"title": "x"}).status_code == 403
    assert Event.objects.count() == 1


def test_a_series_without_some_of_its_instances_can_be_deleted(api, ada, book):
    """The trail keeps which ones those were."""
    series = book("Standup", recurrence="FREQ=WEEKLY")
    url = f"{EVENTS}/{series['id']}"
    assert api(ada).delete(f"{url}?occurrence=2024-05-22T07:00:00Z").status_code == 204
    assert api(ada).delete(url).status_code == 204
    deletion = AuditEntry.Action.DELETE
    entry = AuditEntry.objects.get(object_pk=series["id"], action=deletion)
    assert "2024-05-22" in str(entry.changes["exdates"][0])
