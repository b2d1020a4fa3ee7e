"""What was sent and what will be: by API and page, for oneself, and for all by an admin."""

from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from messaging.unsubscribing import unsubscribe_url
from tenants.context import tenant_context
from tests.messaging.conftest import NOW, later
from tests.pages.conftest import text_of

pytestmark = pytest.mark.usefixtures("clock")
MESSAGES = "/api/v1/messages"


def subjects(answer):
    assert answer.status_code == 200, answer.content
    return {row["subject"].removeprefix("Reminder: ") for row in answer.json()["results"]}


def test_a_message_tells_what_became_of_it_and_how(api, owe, eve, server, clock):
    message = owe("Water the plants")
    server.data = lambda _letter: "451 later"
    clock.shift(3)
    deliver([message.pk])
    server.data = lambda _letter: "250 OK"
    clock.shift(5)
    deliver([message.pk])
    body = api(eve).get(f"{MESSAGES}/{message.pk}").json()
    assert body["status"] == "sent"
    assert body["in_words"] == "It was handed over."
    assert (body["recipient_name"], body["address"]) == (eve.full_name, eve.email)
    assert (body["due_at"], body["lateness_seconds"]) == ("2024-05-14T10:00:00Z", 8.0)
    assert [(row["number"], row["outcome"]) for row in body["tries"]] == [
        (1, "unavailable"),
        (2, "sent"),
    ]
    assert "451" in body["tries"][0]["reason"]
    assert not {"text", "html", "brief"} & body.keys()


def test_people_see_their_own_and_an_admin_sees_all(api, owe, ada, max_, eve, sarah):
    owe("Eve's")
    other = owe("Sarah's", assignee=sarah)
    assert subjects(api(eve).get(MESSAGES)) == {"Eve's"}
    assert subjects(api(ada).get(MESSAGES)) == {"Eve's", "Sarah's"}
    assert subjects(api(max_).get(MESSAGES)) == set()
    assert api(eve).get(f"{MESSAGES}/{other.pk}").status_code == 404
    assert api(ada).get(f"{MESSAGES}/{other.pk}").status_code == 200


def test_the_list_is_narrowed_down(api, owe, ada, eve, sarah, clock):
    first, second = owe("1"), owe("2", assignee=sarah)
    OutgoingMessage.objects.filter(pk=first.pk).update(
        status="failed", wake_at=None, created_at=later(hours=-1)
    )
    client = api(ada)
    for query, found in {
        "status=failed": {"1"},
        "status=queued": {"2"},
        "channel=email": {"1", "2"},
        "channel=sms": set(),
        "kind=task_reminder": {"1", "2"},
        f"recipient={sarah.pk}": {"2"},
        f"about={first.about_id}": {"1"},
        "since=2024-05-14T09:30:00Z": {"2"},
        "until=2024-05-14T09:30:00Z": {"1"},
    }.items():
        assert subjects(client.get(f"{MESSAGES}?{query}")) == found, query
    assert client.get(f"{MESSAGES}?status=lost").status_code == 400
    assert second.status == "queued"


def test_the_list_comes_in_pages_newest_first(api, owe, eve, clock):
    for number in range(5):
        owe(str(number))
        clock.shift(60)
    seen, url = [], f"{MESSAGES}?page_size=2"
    while url:
        body = api(eve).get(url).json()
        assert set(body) == {"next", "previous", "results"}
        seen += [row["subject"] for row in body["results"]]
        url = body["next"]
    assert seen == [f"Reminder: {number}" for number in (4, 3, 2, 1, 0)]


# --- What will be sent


@pytest.fixture
def plan(remind):
    """`plan(title, hours)` plans a reminder in so many hours."""

    def planned(title, hours, **values):
        reminder = remind(title, **values)
        reminder.at = later(hours=hours)
        reminder.save()
        return reminder

    return planned


def test_the_preview_lists_what_comes_in_order(api, plan, owe, eve, sarah):
    plan("tomorrow", 24)
    plan("soon", 1)
    plan("in a week", 7 * 24 + 1)
    plan("Sarah's", 2, assignee=sarah)
    owe("owed already")
    body = api(eve).get(f"{MESSAGES}/preview?days=7").json()
    assert [(row["subject"], row["at"]) for row in body["results"]] == [
        ("Reminder: owed already", "2024-05-14T10:00:00Z"),
        ("Reminder: soon", "2024-05-14T11:00:00Z"),
        ("Reminder: tomorrow", "2024-05-15T10:00:00Z"),
    ]
    assert body["truncated"] is False
    assert not OutgoingMessage.objects.filter(subject="Reminder: soon").exists()


def test_the_preview_is_of_whom_one_may_see(api, plan, ada, eve, sarah, mia):
    plan("Eve's", 1)
    plan("Sarah's", 2, assignee=sarah)
    address = f"{MESSAGES}/preview"
    assert subjects(api(ada).get(address)) == {"Eve's", "Sarah's"}
    assert subjects(api(ada).get(f"{address}?person={sarah.pk}")) == {"Sarah's"}
    assert subjects(api(eve).get(address)) == {"Eve's"}
    for person, other in ((eve, sarah.pk), (ada, mia.pk), (ada, uuid4())):
        assert subjects(api(person).get(f"{address}?person={other}")) == set()
    assert subjects(api(eve).get(f"{address}?days=1&start=2024-05-15T10:00:00Z")) == {"Eve's"}
    for query in ("days=0", "days=32", "start=tomorrow", "colour=blue"):
        assert api(eve).get(f"{address}?{query}").status_code == 400


def test_the_preview_costs_the_same_for_few_and_for_many(
    api, plan, ada, sarah, django_assert_max_num_queries
):
    client = api(ada)
    # The first request of a process learns which office it is.
    assert client.get(f"{MESSAGES}/preview").status_code == 200
    for number in range(20):
        plan(str(number), 1 + number, assignee=sarah if number % 2 else ada)
    with django_assert_max_num_queries(13):
        assert len(client.get(f"{MESSAGES}/preview").json()["results"]) == 20


# --- Pages


def test_the_pages_show_states_in_plain_words(browser, owe, plan, eve, server):
    message = owe("Water the plants")
    server.rcpt = lambda _address: "550 No such user"
    deliver([message.pk])
    plan("Feed the cat", 3)
    page = text_of(browser(eve).get("/messages"))
    assert "Water the plants" in page
    assert "It could not be sent, and will not be tried again." in page
    assert "550 No such user" in page
    assert "1. Refused" in text_of(browser(eve).get(f"/messages/{message.pk}"))
    assert "Feed the cat" in text_of(browser(eve).get("/messages/coming"))
    assert "Feed the cat" not in text_of(browser(eve).get("/messages"))


@pytest.mark.parametrize(
    ("kind", "said"), [("event_invitation", "guest@outside.example"), ("task_reminder", "has left")]
)
def test_who_is_nobody_here_is_named_by_address_and_who_has_left_is_not(kind, said, browser, ada):
    message = OutgoingMessage.objects.create(
        channel="email",
        address="guest@outside.example",
        subject="Budget review",
        kind=kind,
        status="sent",
        due_at=NOW,
        sent_at=NOW,
        dedupe_key=kind,
    )
    page = text_of(browser(ada).get("/messages"))
    assert said in page
    assert ("has left" in page) == (said == "has left")
    one = text_of(browser(ada).get(f"/messages/{message.pk}"))
    assert ("has left" in one) == (said == "has left")


def test_a_page_of_somebody_elses_message_is_not_there(browser, owe, sarah, max_):
    message = owe("Sarah's", assignee=sarah)
    assert browser(max_).get(f"/messages/{message.pk}").status_code == 404
    assert "Sarah's" not in text_of(browser(max_).get("/messages"))


def test_a_long_list_has_older_and_newer(browser, eve, owe):
    message = owe()
    for number in range(60):
        message.pk, message.dedupe_key = uuid4(), str(number)
        message.created_at = NOW - timedelta(minutes=number)
        message.save(force_insert=True)
    first = browser(eve).get("/messages").content.decode()
    assert "page=2" in first
    assert 'rel="prev"' not in first
    second = browser(eve).get("/messages?page=2").content.decode()
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_wishes_are_stored_and_shown_again(browser, eve):
    client = browser(eve)
    form = {"first": "sms", "second": "email", "third": "sms", "timezone": "Europe/Berlin"}
    hours = {"quiet_from": "22:00", "quiet_until": "07:00", "digest_at": "07:30"}
    assert client.post("/notifications", form | hours).status_code == 302
    eve.refresh_from_db()
    assert eve.channel_order == ["sms", "email"]
    assert f"{eve.digest_at:%H:%M} {eve.timezone}" == "07:30 Europe/Berlin"
    page = client.get("/notifications").content.decode()
    assert 'value="22:00"' in page
    assert '<option value="sms" selected>' in page


def test_half_a_wish_is_refused_at_its_field(browser, eve):
    form = {"first": "email", "timezone": "UTC", "quiet_from": "22:00"}
    answer = browser(eve).post("/notifications", form)
    assert answer.status_code == 400
    assert "Quiet hours need a beginning and an end." in text_of(answer)
    eve.refresh_from_db()
    assert eve.quiet_from is None


# --- Unsubscribing


@pytest.fixture
def way_out(eve):
    from datetime import time

    eve.digest_at = time(7)
    eve.save()
    return unsubscribe_url(eve.pk).partition("acme.localhost:8000")[2]


def test_one_click_stops_the_digests_without_signing_in(browser, way_out, eve):
    stranger = browser()
    assert "Stop the daily digest" in text_of(stranger.get(way_out))
    eve.refresh_from_db()
    assert eve.digest_at is not None, "looking at it changes nothing"
    stranger.handler.enforce_csrf_checks = True
    answer = stranger.post(way_out, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "No more digests" in text_of(answer)) == (200, True)
    assert stranger.post(way_out).status_code == 200
    eve.refresh_from_db()
    assert eve.digest_at is None


def test_a_token_of_another_office_or_of_nobody_stops_nothing(browser, way_out, eve, globex):
    with tenant_context(globex):
        foreign = unsubscribe_url(eve.pk).rpartition("/")[2]
    for token in (foreign, "nonsense", way_out.rpartition("/")[2][:-1]):
        assert browser().post(f"/unsubscribe/{token}").status_code == 404
    eve.refresh_from_db()
    assert eve.digest_at is not None
