"""What vendors tell: believed only with the word that they were given, and then only a wake-up."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from calendar_app.jobs import renew_due, sync_due
from calendar_app.models import CalendarSync, Event, SyncChannel, SyncConflict
from calendar_app.services import NewEvent, create_event
from calendar_app.sync.channels import keep_watched, renew, stop_all
from calendar_app.sync.services import due_now
from connections.services import end_connection
from tenants.context import public_context
from tenants.models import DueInstant
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import at, no_pause, run
from tests.conftest import OfficeClient

GOOGLE, MICROSOFT = (
    f"/api/v1/integrations/{name}/notifications" for name in ("google", "microsoft")
)
LATER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def encrypted(settings):
    settings.PUBLIC_URL = "https://office.example"


@pytest.fixture
def door(db):
    """The shared host, as vendors come to it."""
    return OfficeClient(HTTP_HOST="localhost", raise_request_exception=False)


def watched(sync):
    CalendarSync.objects.filter(pk=sync.pk).update(next_at=timezone.now() + LATER)
    keep_watched(sync.pk, pause=no_pause)
    return SyncChannel.objects.get(sync=sync)


def next_at(sync):
    sync.refresh_from_db()
    return sync.next_at


def due_kinds():
    with public_context():
        return sorted(DueInstant.objects.values_list("kind", flat=True))


def bring(door, headers):
    headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    return door.post(GOOGLE, headers=headers).status_code


def bring_items(door, *items):
    answer = door.post(MICROSOFT, {"value": [*items]}, content_type="application/json")
    return answer.status_code


def test_google_wakes_the_sync_however_often_it_says_so(sync, google, door):
    watched(sync)
    for number in range(200):
        google.insert({"summary": f"Theirs {number}", **at()})
    assert len(google.notices) == 200
    for notice in [*google.notices[100:], *google.notices[:20]]:
        assert bring(door, notice) == 204
    assert next_at(sync) == NOW + timedelta(seconds=5)
    # One look, however many words; the next one is the one of every quarter of an hour.
    soon = NOW + timedelta(seconds=5)
    assert due_now([sync.pk], soon) == [sync.pk]
    assert due_now([sync.pk], soon) == []


def test_graphs_storm_of_words_makes_two_looks_at_most(outlook_sync, outlook, door, clock):
    """Doubled and out of order, while the sync that the first of them woke is under way."""
    run(outlook_sync)
    watched(outlook_sync)
    for number in range(100):
        outlook.insert({"subject": f"Theirs {number}", **times()})
    storm = [*outlook.notices, *reversed(outlook.notices)]
    assert len(storm) == 200
    asked, looks = len(outlook.asked), 0
    for start in range(0, 200, 20):
        assert bring_items(door, *storm[start : start + 20]) == 202
        clock.shift(1)
        if due_now([outlook_sync.pk], timezone.now()):
            looks += 1
            run(outlook_sync)
    clock.shift(5)
    if due_now([outlook_sync.pk], timezone.now()):
        looks += 1
        run(outlook_sync)
    begun = [one for one in outlook.asked[asked:] if "$deltatoken" in one.query]
    assert len(begun) == looks <= 2
    assert Event.objects.count() == 100


@pytest.mark.parametrize("vendor", ["google", "microsoft"])
def test_our_own_writes_come_back_as_words_and_set_nothing_off(vendor, door, eve, clock, request):
    names = ("sync", "google") if vendor == "google" else ("outlook_sync", "outlook")
    sync, peer = (request.getfixturevalue(name) for name in names)
    watched(sync)
    new = NewEvent(title="Ours", start=NOW + timedelta(days=1), calendar_id=sync.calendar_id)
    event = create_event(new=new, by=eve)
    run(sync)
    assert (len(peer.writes), len(peer.notices)) == (1, 1)
    for _time in range(2):
        if vendor == "google":
            assert bring(door, peer.notices[0]) == 204
        else:
            assert bring_items(door, *peer.notices) == 202
        clock.shift(5)
        assert due_now([sync.pk], timezone.now()) == [sync.pk]
        assert run(sync).last_counts == {}
    version = event.version
    event.refresh_from_db()
    assert (len(peer.writes), event.version) == (1, version)
    assert not SyncConflict.objects.exists()


def test_the_first_word_of_a_channel_is_no_news(sync, google, door):
    watched(sync)
    google.insert({"summary": "x", **at()})
    notice = {**google.notices[-1], "X-Goog-Resource-State": "sync"}
    assert bring(door, notice) == 204
    assert next_at(sync) == NOW + LATER


@pytest.mark.parametrize(
    "name", ["X-Goog-Channel-ID", "X-Goog-Channel-Token", "X-Goog-Resource-ID"]
)
@pytest.mark.parametrize("value", ["", "wrong", "é", "A" * 64])
def test_google_without_the_right_word_is_refused_and_changes_nothing(
    sync, google, door, name, value
):
    watched(sync)
    google.insert({"summary": "x", **at()})
    assert bring(door, {**google.notices[-1], name: value}) == 403
    assert next_at(sync) == NOW + LATER


def test_graph_wakes_each_sync_whose_word_is_right(outlook_sync, outlook, door):
    watched(outlook_sync)
    outlook.insert({"subject": "x", **times()})
    [good] = outlook.notices
    wrong = {**good, "clientState": "A" * 64}
    unknown = {**good, "subscriptionId": "of nobody"}
    assert bring_items(door, wrong, unknown, "nonsense", {}) == 202
    assert next_at(outlook_sync) == NOW + LATER
    assert bring_items(door, wrong, good, good) == 202
    assert next_at(outlook_sync) == NOW + timedelta(seconds=5)


def times():
    moments = {"dateTime": "2024-05-16T09:00:00", "timeZone": "UTC"}
    return {"start": moments, "end": {**moments, "dateTime": "2024-05-16T10:00:00"}}


def test_graph_finds_the_door_while_we_ask_it_to_tell(outlook_sync, outlook, door):
    """Graph looks before it answers our own request, so that nothing of ours may be locked."""
    found = []

    def fault(asked):
        if asked.path.endswith("/subscriptions"):
            # As another worker of ours would: on connections of its own.
            answer = door.post(f"{MICROSOFT}?validationToken=a%20b%2Bc")
            found.append((answer.status_code, answer.content, answer.headers))
            connections.close_all()
        return ""

    outlook.fault = fault
    watched(outlook_sync)
    [(status, content, headers)] = found
    assert (status, content) == (200, b"a b+c")
    assert headers["Content-Type"].startswith("text/plain")
    assert headers["X-Content-Type-Options"] == "nosniff"
    for bad in ("%3Cscript%3E", "a" * 2049):
        assert door.post(f"{MICROSOFT}?validationToken={bad}").status_code == 400


def test_no_notification_is_refused_in_words(outlook_sync, door):
    for body in ({}, {"value": {}}, []):
        answer = door.post(MICROSOFT, body, content_type="application/json")
        assert answer.status_code == 400


def of_globex(token, globex):
    """Return a word as globex would have been given it."""
    return urlsafe_b64encode(globex.pk.bytes + urlsafe_b64decode(token)[16:]).decode()


def test_a_word_of_one_office_is_worth_nothing_for_another(sync, google, door, globex):
    watched(sync)
    google.insert({"summary": "x", **at()})
    notice = google.notices[-1]
    theirs = of_globex(notice["X-Goog-Channel-Token"], globex)
    assert bring(door, {**notice, "X-Goog-Channel-Token": theirs}) == 403
    assert next_at(sync) == NOW + LATER


def test_nor_is_one_of_graph(outlook_sync, outlook, door, globex):
    watched(outlook_sync)
    outlook.insert({"subject": "x", **times()})
    [good] = outlook.notices
    theirs = {**good, "clientState": of_globex(good["clientState"], globex)}
    # The answer is the one that a word that nobody ever gave has.
    assert bring_items(door, theirs) == bring_items(door, {**good, "clientState": "A" * 64}) == 202
    assert next_at(outlook_sync) == NOW + LATER


def test_google_channels_overlap_when_they_are_renewed(sync, google, door, clock):
    old = watched(sync)
    assert old.renew_at == old.ends_at - timedelta(hours=24)
    clock.move_to(old.renew_at + timedelta(minutes=1))
    google.fault = lambda asked: "503" if asked.path.endswith("/stop") else ""
    with pytest.raises(Exception, match="503"):
        renew(old.pk, pause=no_pause)
    # Both live: both may tell, and it is one sync.
    google.fault = lambda _asked: ""
    clock.shift(61)
    assert len(google.channels) == SyncChannel.objects.count() == 2
    google.insert({"summary": "x", **at()})
    assert [bring(door, notice) for notice in google.notices] == [204, 204]
    assert due_now([sync.pk], timezone.now() + timedelta(seconds=5)) == [sync.pk]


def test_a_subscription_that_ended_while_we_were_down_is_made_anew_and_looked_after(
    outlook_sync, outlook, clock
):
    channel = watched(outlook_sync)
    run(outlook_sync)
    clock.shift(4 * 24 * 3600)
    outlook.subscriptions.clear()
    outlook.insert({"subject": "Meanwhile", **times()})
    CalendarSync.objects.update(next_at=timezone.now() + LATER)
    renew(channel.pk, pause=no_pause)
    made = SyncChannel.objects.get()
    assert made.external_id != channel.external_id
    assert made.ends_at > timezone.now() + timedelta(days=2)
    assert next_at(outlook_sync) == timezone.now() + timedelta(seconds=5)
    clock.shift(5)
    assert due_now([outlook_sync.pk], timezone.now()) == [outlook_sync.pk]
    run(outlook_sync)
    assert Event.objects.get().title == "Meanwhile"


def test_a_subscription_is_renewed_before_it_ends(outlook_sync, outlook, clock):
    channel = watched(outlook_sync)
    clock.move_to(channel.renew_at)
    renew(channel.pk, pause=no_pause)
    later = SyncChannel.objects.get()
    assert (later.pk, later.external_id) == (channel.pk, channel.external_id)
    assert later.ends_at == timezone.now() + timedelta(days=3)


@pytest.mark.parametrize("event", ["missed", "subscriptionRemoved", "reauthorizationRequired"])
def test_graph_tells_what_becomes_of_a_subscription(outlook_sync, outlook, door, event):
    channel = watched(outlook_sync)
    outlook.insert({"subject": "x", **times()})
    [good] = outlook.notices
    assert bring_items(door, {**good, "lifecycleEvent": event}) == 202
    if event == "reauthorizationRequired":
        channel.refresh_from_db()
        assert channel.renew_at == NOW
    else:
        assert next_at(outlook_sync) == NOW + timedelta(seconds=5)
    assert SyncChannel.objects.exists() == (event != "subscriptionRemoved")


def test_what_is_due_stands_in_the_directory_that_the_sweep_reads(sync, google):
    watched(sync)
    assert due_kinds() == ["calendar_sync", "sync_channel"]
    channel = SyncChannel.objects.get()
    sync_due([sync.pk], NOW + LATER)
    renew_due([channel.pk], channel.renew_at)
    assert next_at(sync) == NOW + LATER + timedelta(minutes=15)
    channel.refresh_from_db()
    assert channel.renew_at == channel.ends_at - timedelta(hours=23)


def test_disconnecting_stops_the_channels(sync, google):
    watched(sync)
    end_connection(sync.connection_id)
    assert google.channels == {}
    assert not SyncChannel.objects.exists()
    assert next_at(sync) is None


def test_disconnecting_works_while_the_vendor_is_away(sync, google, settings):
    watched(sync)
    settings.GOOGLE_API_BASE_URL = "http://127.0.0.1:1"
    sync.connection.refresh_from_db()
    stop_all(sync.connection)
    assert not SyncChannel.objects.exists()
