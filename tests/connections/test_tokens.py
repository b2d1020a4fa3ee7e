"""Tokens and questions: one worker refreshes, the others wait; trouble is told once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from accounts.services import create_user
from connections import announcing
from connections.asking import Ask
from connections.client import Client
from connections.errors import (
    AuthExpiredError,
    ConsentRevokedError,
    CursorExpiredError,
    ForbiddenError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from connections.models import Connection
from connections.tokens import access_token
from tenants.cache import tenant_cache
from tenants.context import tenant_context, tenant_transaction
from tests.conftest import PASSWORD
from tests.connections.conftest import connected
from tests.connections.mailbox import mailbox
from tests.peers.google import says
from tests.peers.loopback import Told

LIST = Ask("list", "GET", "/calendar/v3/users/me/calendarList")
CREATE = Ask("create", "POST", "/calendar/v3/calendars/primary/events", json={"summary": "x"})


@pytest.fixture
def office(committed):
    """An office whose transactions commit, with one connected account."""
    with tenant_transaction(committed):
        umbra = create_user(
            email="umbra@umbrella.example", full_name="Umbra", role="admin", password=PASSWORD
        )
        connection = connected(umbra)
    return committed, connection.pk


@pytest.fixture
def lost(monkeypatch):
    told = []
    monkeypatch.setattr(announcing, "_lost", [lambda connection: told.append(connection.pk)])
    return told


def at_once(number, office, work):
    """Run the work in so many threads at once, as workers do; return what each came to."""
    tenant, _pk = office

    def one(_number):
        try:
            with tenant_context(tenant):
                return work()
        except Exception as error:  # noqa: BLE001  what they came to is looked at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_two_workers_that_need_a_token_at_once_ask_for_one(office, google):
    google.waits = threading.Event()
    threading.Timer(0.5, google.waits.set).start()
    tokens = at_once(6, office, lambda: access_token(office[1]))
    assert len(set(tokens)) == 1
    assert tokens[0].startswith("access-")
    assert google.refreshes == 1


def test_no_transaction_is_open_while_the_vendor_is_asked(office, google):
    """Another worker can read and change the row meanwhile."""
    google.waits = threading.Event()

    def change():
        with tenant_transaction(office[0]):
            Connection.objects.filter(pk=office[1]).update(last_error="meanwhile")
        google.waits.set()
        connections.close_all()

    threading.Timer(0.3, change).start()
    assert at_once(1, office, lambda: access_token(office[1]))[0].startswith("access-")


def test_a_permission_that_ended_is_told_once_by_twenty_jobs(office, google, lost):
    google.is_revoked = True
    ended = at_once(
        20, office, lambda: Client(Connection(pk=office[1], provider="google")).ask(LIST)
    )
    assert {type(error) for error in ended} == {ConsentRevokedError}
    assert google.refreshes == 1
    assert lost == [office[1]]
    with tenant_transaction(office[0]):
        row = Connection.objects.get()
        assert (row.state, row.secrets) == ("reauth_required", "")
        assert row.last_error == "Google has ended the permission; connect the account again."
    again = at_once(3, office, lambda: access_token(office[1]))
    assert {type(error) for error in again} == {ConsentRevokedError}
    assert (google.refreshes, len(lost)) == (1, 1)


def test_a_worker_that_died_while_refreshing_holds_nobody_up_for_long(office, google):
    tenant, pk = office
    with tenant_transaction(tenant):
        gone = timezone.now() - timedelta(seconds=1)
        Connection.objects.filter(pk=pk).update(refreshing_until=gone)
    assert at_once(1, office, lambda: access_token(pk))[0].startswith("access-")


@pytest.fixture
def pauses(google, eve):
    """A client whose pauses move the clock instead of the day."""
    tenant_cache.clear()
    connection = connected(eve)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        waited = []

        def pause(seconds):
            waited.append(seconds)
            clock.shift(timedelta(seconds=seconds + 0.001))

        yield Client(connection, pause=pause), waited


def test_a_token_that_is_refused_is_renewed_once_and_the_question_repeated(google, pauses):
    client, _waited = pauses
    assert client.ask(LIST).json()["items"] == []
    google.good.clear()
    assert client.ask(LIST).json()["items"] == []
    assert google.refreshes == 2


def test_a_token_that_is_refused_again_ends_it(google, pauses, lost):
    client, _waited = pauses
    client.ask(LIST)
    google.script = [says(401, error={"code": 401}), says(401, error={"code": 401})]
    with pytest.raises(AuthExpiredError):
        client.ask(LIST)
    assert google.refreshes == 2
    assert len(lost) == 1


def test_the_vendor_is_left_alone_for_as_many_seconds_as_it_says(google, pauses):
    client, waited = pauses
    google.script = [Told(429, b"{}", headers=(("Retry-After", "7"),))]
    client.ask(LIST)
    assert waited == [7]


def test_and_until_the_date_that_it_says(google, pauses):
    client, waited = pauses
    date = format_datetime(timezone.now() + timedelta(seconds=9), usegmt=True)
    google.script = [Told(429, b"{}", headers=(("Retry-After", date),))]
    client.ask(LIST)
    assert waited[0] == pytest.approx(8.5, abs=1.2)


def test_a_403_about_rates_is_no_refusal(google, pauses):
    client, waited = pauses
    body = {"code": 403, "errors": [{"domain": "usageLimits", "reason": "rateLimitExceeded"}]}
    google.script = [says(403, error=body)]
    client.ask(LIST)
    assert len(waited) == 1


def test_a_vendor_that_wants_a_long_rest_is_not_waited_for(google, pauses):
    client, waited = pauses
    google.script = [Told(429, b"{}", headers=(("Retry-After", "600"),))]
    with pytest.raises(RateLimitedError) as caught:
        client.ask(LIST)
    assert (caught.value.retry_after, waited) == (600, [])
    # Nobody of this account knocks meanwhile; another account does.
    with pytest.raises(TransientError, match="left alone"):
        client.ask(LIST)
    other = connected(None)
    Client(other).ask(LIST)


def test_what_failed_in_passing_is_asked_again_if_it_may_be(google, pauses):
    client, waited = pauses
    google.script = [says(500, error={"code": 500}), says(502, error={"code": 502})]
    client.ask(LIST)
    assert len(waited) == 2
    assert all(pause <= 2 for pause in waited)


def test_what_may_have_been_done_is_not_asked_again(google, pauses):
    client, waited = pauses
    client.ask(LIST)
    google.script = [says(500, error={"code": 500})]
    with pytest.raises(TransientError):
        client.ask(CREATE)
    assert waited == []
    assert Connection.objects.get().state == "degraded"
    client.ask(LIST)
    assert Connection.objects.get().state == "active"


def test_after_five_failures_in_a_row_the_door_is_left_alone(google, pauses):
    client, _waited = pauses
    client.ask(LIST)
    google.script = [says(500, error={"code": 500}) for _each in range(20)]
    for _each in range(5):
        with pytest.raises(TransientError):
            client.ask(CREATE)
    asked = len(google.asked)
    with pytest.raises(TransientError, match="left alone"):
        client.ask(CREATE)
    assert len(google.asked) == asked


@pytest.mark.parametrize(
    ("status", "error", "with_cursor", "kind"),
    [
        (403, {"code": 403, "errors": [{"reason": "forbidden"}]}, False, ForbiddenError),
        (404, {"code": 404}, False, NotFoundError),
        (410, {"code": 410, "errors": [{"reason": "deleted"}]}, False, NotFoundError),
        (410, {"code": 410, "errors": [{"reason": "fullSyncRequired"}]}, True, CursorExpiredError),
        (400, {"code": "SyncStateNotFound"}, True, CursorExpiredError),
        (400, {"code": 400}, True, PermanentError),
    ],
)
def test_answers_mean_what_they_say(status, error, with_cursor, kind, google, pauses):
    client, _waited = pauses
    client.ask(LIST)
    google.script = [says(status, error=error)]
    with pytest.raises(kind) as caught:
        client.ask(Ask("sync", "GET", LIST.path, with_cursor=with_cursor))
    assert caught.value.facts.status == status
    assert caught.value.facts.operation == "sync"
    assert caught.value.facts.request_id


def test_a_token_goes_nowhere_but_to_the_vendor(google, pauses):
    client, _waited = pauses
    client.ask(Ask("next", "GET", "http://127.0.0.1:9/calendar"))
    assert google.asked[-1].path.startswith("/http")


def crowded(peer):
    """Have the vendor take its time; return how many were inside whenever one came."""
    inside, most = [], []
    lock = threading.Lock()
    answer = peer.answer

    def slow(asked):
        if asked.path.endswith("/token"):
            return answer(asked)
        with lock:
            inside.append(1)
            most.append(len(inside))
        threading.Event().wait(0.15)
        with lock:
            inside.pop()
        return answer(asked)

    peer.answer = slow
    return most


def test_no_more_than_three_ask_at_once(office, google):
    """The fourth waits for its turn, as long as it takes."""
    most = crowded(google)
    row = Connection(pk=office[1], provider="google", account_key="1098")
    replies = at_once(8, office, lambda: Client(row).ask(LIST).status)
    assert replies == [200] * 8
    assert max(most) == 3


@pytest.fixture
def mailbox_office(committed, ms):
    """An office whose transactions commit, with one connected mailbox, and its first token."""
    with tenant_transaction(committed):
        row = mailbox(ms)
    return (committed, row.pk), row


def test_nor_of_one_mailbox(mailbox_office, ms):
    office, row = mailbox_office
    most = crowded(ms)
    ms.script = [lambda _asked: Told(200, b'{"value": []}')] * 8
    ask = Ask("calendars", "GET", "/me/calendars")
    assert at_once(8, office, lambda: Client(row).ask(ask).status) == [200] * 8
    assert max(most) == 3


def test_twenty_jobs_whose_token_is_refused_at_once_renew_it_once(office, google):
    [old] = at_once(1, office, lambda: access_token(office[1]))
    google.good.clear()
    row = Connection(pk=office[1], provider="google", account_key="1098")
    replies = at_once(20, office, lambda: Client(row).ask(LIST).status)
    assert replies == [200] * 20
    assert google.refreshes == 2
    refused = [each.headers["authorization"] for each in google.asked if each.method == "GET"]
    assert 1 <= refused.count(f"Bearer {old}") <= 20


def test_nor_do_they_at_microsoft_whose_refresh_tokens_are_spent(mailbox_office, ms):
    office, _row = mailbox_office
    [old] = ms.good
    tokens = at_once(20, office, lambda: access_token(office[1], refused=old))
    assert len({*tokens}) == 1
    assert tokens[0] != old
    assert ms.refreshes == 1


def test_what_one_office_is_asked_to_wait_delays_no_other(google, pauses, globex, mia):
    client, waited = pauses
    google.script = [Told(429, b"{}", headers=(("Retry-After", "600"),))]
    with pytest.raises(RateLimitedError):
        client.ask(LIST)
    with tenant_context(globex):
        assert Client(connected(mia), pause=waited.append).ask(LIST).status == 200
    assert waited == []
    with pytest.raises(TransientError, match="left alone"):
        client.ask(LIST)
