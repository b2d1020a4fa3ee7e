"""Google's own client drives our Google: the fake answers what others ask, not only what we do.

The description that the client works by comes with it; nothing of it knows our code.
"""

from datetime import timedelta

import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from httplib2 import Http

from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import at
from tests.peers.google import CLIENT
from tests.peers.google_calendar import MAIL

EVE = {"calendarId": MAIL}
QUIET = {**EVE, "sendUpdates": "none"}


@pytest.fixture
def service(google):
    client_id, secret = CLIENT
    credentials = Credentials(
        token=None,
        refresh_token="refresh-1",
        token_uri=f"{google.url}/token",
        client_id=client_id,
        client_secret=secret,
    )
    with build(
        "calendar",
        "v3",
        http=AuthorizedHttp(credentials, http=Http()),
        client_options={"api_endpoint": f"{google.url}/calendar/v3/"},
        static_discovery=True,
    ) as made:
        yield made


@pytest.fixture
def events(service):
    return service.events()


def put(events, title, **body):
    return events.insert(**QUIET, body={"summary": title, **at(), **body}).execute()


def whole(events, **query):
    """Follow the pages as the client does; return what is there, and the word to go on with."""
    request, rows, pages = events.list(**EVE, **query), [], 0
    while request is not None:
        page = request.execute()
        rows, pages = [*rows, *page["items"]], pages + 1
        request = events.list_next(request, page)
    return rows, page["nextSyncToken"], pages


def refused(request):
    with pytest.raises(HttpError) as caught:
        request.execute()
    return caught.value.status_code, caught.value.error_details[0]["reason"]


def test_calendars_are_listed(service):
    [row] = service.calendarList().list().execute()["items"]
    assert (row["id"], row["primary"], row["accessRole"]) == (MAIL, True, "owner")


def test_events_are_made_read_changed_and_deleted(events, google):
    made = put(events, "Talk", id="a" * 26, location="Kiel")
    assert refused(events.insert(**QUIET, body={"id": "a" * 26, **at()})) == (409, "duplicate")
    changed = events.patch(**QUIET, eventId=made["id"], body={"summary": "Long talk"}).execute()
    assert (changed["summary"], changed["location"]) == ("Long talk", "Kiel")
    assert events.get(**EVE, eventId=made["id"]).execute() == changed
    old = events.patch(**QUIET, eventId=made["id"], body={"summary": "Too late"})
    old.headers["If-Match"] = made["etag"]
    assert refused(old) == (412, "conditionNotMet")
    gone = events.delete(**QUIET, eventId=made["id"])
    assert gone.execute() == ""
    assert refused(gone) == (410, "deleted")
    assert refused(events.get(**EVE, eventId="nobodys")) == (404, "notFound")
    assert events.list(**EVE).execute()["items"] == []
    [left] = events.list(**EVE, showDeleted=True).execute()["items"]
    assert left["status"] == "cancelled"
    assert google.mails == []


def test_pages_lead_to_a_word_that_tells_what_is_new(events, google):
    made = [put(events, f"Talk {number}") for number in range(7)]
    rows, word, pages = whole(events)
    assert sorted(row["summary"] for row in rows) == [f"Talk {number}" for number in range(7)]
    assert pages == 3
    assert len(events.list(**EVE, maxResults=2).execute()["items"]) == 2
    assert whole(events, syncToken=word) == ([], word, 1)
    events.patch(**QUIET, eventId=made[0]["id"], body={"summary": "New"}).execute()
    events.delete(**QUIET, eventId=made[1]["id"]).execute()
    news, later, _pages = whole(events, syncToken=word)
    told = {row["id"]: row.get("summary", row["status"]) for row in news}
    assert told == {made[0]["id"]: "New", made[1]["id"]: "cancelled"}
    assert refused(events.list(**EVE, syncToken=later, timeMin="2024-01-01T00:00:00Z"))[0] == 400
    google.forgotten = google.number
    assert refused(events.list(**EVE, syncToken=later)) == (410, "fullSyncRequired")


def test_an_occurrence_is_changed_and_another_one_left_out(events):
    series = put(events, "Standup", recurrence=["RRULE:FREQ=DAILY;COUNT=4"])
    second, third = events.instances(**EVE, eventId=series["id"]).execute()["items"][1:3]
    events.patch(**QUIET, eventId=second["id"], body={"summary": "Long"}).execute()
    events.delete(**QUIET, eventId=third["id"]).execute()
    shown = events.instances(**EVE, eventId=series["id"]).execute()["items"]
    assert [row["summary"] for row in shown] == ["Standup", "Long", "Standup"]
    original = third["originalStartTime"]["dateTime"]
    query = {"originalStart": original, "showDeleted": True}
    [left] = events.instances(**EVE, eventId=series["id"], **query).execute()["items"]
    assert (left["status"], left["originalStartTime"]["dateTime"]) == ("cancelled", original)


def test_a_channel_is_opened_told_and_closed(events, service, google):
    body = {"id": "one", "type": "web_hook", "token": "word", "params": {"ttl": "604800"}}
    made = events.watch(**EVE, body={**body, "address": "https://office.example/x"}).execute()
    ends = NOW + timedelta(days=7)
    assert (made["kind"], made["expiration"]) == ("api#channel", f"{ends.timestamp() * 1000:.0f}")
    put(events, "Talk")
    [notice] = google.notices
    assert notice["X-Goog-Channel-Token"] == "word"
    assert notice["X-Goog-Resource-ID"] == made["resourceId"]
    closed = service.channels().stop(body={"id": "one", "resourceId": made["resourceId"]})
    assert closed.execute() == ""
    assert refused(closed) == (404, "notFound")
    put(events, "Another talk")
    assert len(google.notices) == 1


def test_the_client_takes_our_slower_for_googles(events, google):
    """It tries again by itself what it knows for a limit of rates, and nothing else."""
    left, waits = ["429", "403"], []
    google.fault = lambda _asked: left.pop() if left else ""
    request = events.list(**EVE)
    request._sleep = waits.append
    assert request.execute(num_retries=3)["items"] == []
    assert len(waits) == 2


def test_a_token_that_is_refused_is_renewed_by_the_client_until_that_is_refused(events, google):
    put(events, "Talk")
    google.good.clear()
    assert len(events.list(**EVE).execute()["items"]) == 1
    assert google.refreshes == 2
    google.good.clear()
    google.is_revoked = True
    with pytest.raises(RefreshError, match="invalid_grant"):
        events.list(**EVE).execute()
