"""Following an address: over real HTTP, with a valve, and nothing of it can be changed here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest

from calendar_app.following import due_now, fetch
from calendar_app.models import Calendar, Event, Subscription, Tombstone
from messaging.models import OutgoingMessage
from tenants.context import public_context
from tenants.models import DueInstant
from tests.calendar_app.conftest import EVENTS, NOW, errors
from tests.peers.loopback import Asked, Told, serving

URL = "/api/v1/calendar/subscriptions"


@dataclass
class Calendars:
    """A server of others' calendars."""

    port: int = 0
    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, asked: Asked) -> Told | None:
        self.asked.append(asked)
        if asked.path == "/hop":
            return Told(302, headers=(("Location", "/1.ics"),))
        if asked.path.startswith("/away"):
            return Told(302, headers=(("Location", "http://[::1]:1/1.ics"),))
        if asked.path == "/loop":
            return Told(302, headers=(("Location", "/loop"),))
        if asked.headers.get("if-none-match") == '"known"':
            return Told(304)
        return Told(self.status, self.body, "text/calendar", self.headers)


@contextmanager
def calendars() -> Iterator[Calendars]:
    with serving(Calendars()) as peer:
        yield peer


def holding(*names, more=""):
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{name}\r\nDTSTART:20240601T080000Z\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n"
        for name in names
    )
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{events}{more}END:VCALENDAR\r\n"
    ).encode()


@pytest.fixture
def peer(settings):
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"),)
    with calendars() as found:
        found.body = holding(*(f"e{number}" for number in range(10)))
        yield found


@pytest.fixture
def follow(api, ada, peer):
    """Follow a path of the peer, and fetch it once."""

    def followed(path="/1.ics"):
        answer = api(ada).post(URL, {"name": "Matches", "url": f"{peer.url}{path}"})
        assert answer.status_code == 201, answer.content
        row = Subscription.objects.get(pk=answer.json()["id"])
        return again(row)

    return followed


def again(row):
    fetch(row.pk)
    row.refresh_from_db()
    return row


def titles():
    return set(Event.objects.values_list("title", flat=True))


def test_a_calendar_follows_an_address(follow, peer, api, ada):
    row = follow()
    assert len(titles()) == 10
    assert (row.trouble, row.fetched_at) == ("", NOW)
    peer.body = holding(*(f"e{number}" for number in range(1, 12)))
    again(row)
    assert titles() == {f"e{number}" for number in range(1, 12)}
    assert Tombstone.objects.get().ical_uid == "e0"
    [told] = api(ada).get(URL).json()["results"]
    assert (told["host"], "url" in told) == ("127.0.0.1", False)


def test_what_is_known_is_not_sent_again(follow, peer):
    peer.headers = (("ETag", '"known"'), ("Last-Modified", "Tue, 14 May 2024 10:00:00 GMT"))
    row = follow()
    peer.body = holding("other")
    again(row)
    assert peer.asked[-1].headers["if-modified-since"] == "Tue, 14 May 2024 10:00:00 GMT"
    assert (len(titles()), row.trouble) == (10, "")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"", "not a calendar"),
        (200, b"<html>Sign in</html>", "not a calendar"),
        (200, holding(), "no events"),
        (200, holding()[:-20], "Nothing"),
        (500, holding("e1"), "said 500"),
        (404, b"", "said 404"),
        (200, b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_an_empty_or_broken_feed_deletes_nothing(status, body, words, follow, peer):
    row = follow()
    peer.status, peer.body = status, body
    again(row)
    assert len(titles()) == 10
    assert words.lower() in row.trouble.lower()


def test_an_event_that_cannot_be_read_any_more_is_kept(follow, peer):
    row = follow()
    broken = "BEGIN:VEVENT\r\nUID:e9\r\nSUMMARY:e9\r\nEND:VEVENT\r\n"
    peer.body = holding(*(f"e{number}" for number in range(9)), more=broken)
    again(row)
    assert len(titles()) == 10
    assert "1 events could not be understood" in row.trouble


def test_a_fetch_that_would_delete_much_stops_and_asks(follow, peer, api, ada):
    row = follow()
    peer.body = holding("e0", "e1", "new")
    for _time in range(2):
        again(row)
        assert len(titles()) == 10
        assert (row.held_deletions, row.trouble) == (
            8,
            "8 of 10 events are not there any more; nothing was changed.",
        )
    told = OutgoingMessage.objects.get(kind="subscription_held")
    assert told.recipient == ada
    assert told.subject == "“Matches” would lose 8 events"
    assert api(ada).post(f"{URL}/{row.pk}/accept").status_code == 200
    again(row)
    assert titles() == {"e0", "e1", "new"}
    assert (row.held_deletions, row.may_delete, row.trouble) == (0, 0, "")
    assert api(ada).post(f"{URL}/{row.pk}/accept").status_code == 409


def test_a_yes_is_not_one_to_more_than_was_shown(follow, peer, api, ada):
    row = follow()
    peer.body = holding("e0", "e1", "e2", "e3")
    again(row)
    api(ada).post(f"{URL}/{row.pk}/accept")
    peer.body = holding("e0")
    again(row)
    assert len(titles()) == 10
    assert (row.held_deletions, row.may_delete) == (9, 0)


def test_many_deletions_stop_even_of_a_large_calendar(follow, peer):
    peer.body = holding(*(f"e{number}" for number in range(400)))
    row = follow()
    peer.body = holding(*(f"e{number}" for number in range(349)))
    again(row)
    assert (len(titles()), row.held_deletions) == (400, 51)
    peer.body = holding(*(f"e{number}" for number in range(350)))
    again(row)
    assert (len(titles()), row.held_deletions) == (350, 0)


def test_private_addresses_are_not_reached(follow, peer, settings):
    settings.OUTGOING_NETWORKS = ()
    row = follow()
    assert "may not reach" in row.trouble
    assert peer.asked == []
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"),)
    assert again(row).trouble == ""


def test_redirects_are_followed_a_little_and_looked_at(follow):
    assert follow("/hop").trouble == ""
    assert len(titles()) == 10
    assert "may not reach" in follow("/away").trouble
    assert "on and on" in follow("/loop").trouble


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/1", "x", "http://", "https://a:b@x.example/",
            "http://x:99999/", "http://x example/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url, api, ada):
    answer = api(ada).post(URL, {"name": "x", "url": url})
    assert (answer.status_code, errors(answer)) == (400, [("url", "invalid")])
    assert not Calendar.objects.filter(name="x").exists()


def test_nothing_of_it_is_changed_here(follow, api, ada):
    row = follow()
    event = Event.objects.first()
    url = f"{EVENTS}/{event.pk}"
    for answer in (api(ada).patch(url, {"title": "Mine"}), api(ada).delete(url)):
        assert (answer.status_code, errors(answer)) == (403, [(None, "read_only")])
    body = {"title": "x", "start": "2024-06-01T08:00:00Z", "calendar_id": str(row.calendar_id)}
    answer = api(ada).post(EVENTS, body)
    assert errors(answer) == [("calendar_id", "follows_an_address")]
    assert api(ada).delete(f"/api/v1/calendar/calendars/{row.calendar_id}").status_code == 204
    assert not Event.objects.exists()
    assert not Subscription.objects.exists()


def test_it_is_fetched_every_hour(follow):
    row = follow()
    with public_context():
        due = DueInstant.objects.get(kind="subscription", object_id=row.pk)
    assert due.due_at == row.next_at == NOW
    assert due_now([row.pk], NOW) == [row.pk]
    assert due_now([row.pk], NOW) == []
    row.refresh_from_db()
    assert (row.next_at - NOW).total_seconds() == 3600


def test_others_do_not_see_it(follow, api, max_):
    row = follow()
    Subscription.objects.filter(pk=row.pk).update(held_deletions=3)
    assert api(max_).get(URL).json()["results"] == []
    assert api(max_).post(f"{URL}/{row.pk}/accept").status_code == 404
