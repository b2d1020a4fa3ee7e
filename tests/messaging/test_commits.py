"""With real commits on connections of their own: two of everything do the work of one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.core import mail
from django.db import OperationalError, connection, connections
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDownError
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import create_user
from accounts.sessions import begin_session
from messaging.channels import Sender, Way
from messaging.contacts import link
from messaging.delivery import deliver
from messaging.jobs import deliver_messages, deliver_shares
from messaging.jobs import sweep as sweep_job
from messaging.models import OutgoingMessage
from tasks.models import Reminder, Task
from tenants.context import tenant_context, tenant_transaction
from tests.conftest import PASSWORD
from tests.inbound.conftest import CHAT, bot  # noqa: F401  a fixture
from tests.inbound.test_sms import EVES, vendor  # noqa: F401  a fixture
from tests.messaging.conftest import sweep

REMINDERS = 12


@pytest.fixture
def office(committed):
    """Umbrella, with Una and a dozen reminders that are due."""
    mail.outbox = []
    with tenant_transaction(committed):
        una = create_user(
            email="una@umbrella.example", full_name="Una", role="admin", password=PASSWORD
        )
        for number in range(REMINDERS):
            task = Task.objects.create(title=f"Task {number}", creator=una)
            Reminder.objects.create(task=task, at=timezone.now())
    return committed


def at_once(number, work):
    """Run the work in so many threads that all start together; return what they return."""
    barrier = Barrier(number)

    def run(_index):
        try:
            barrier.wait()
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def ledger(office):
    with tenant_transaction(office):
        rows = OutgoingMessage.objects.values_list("status", "attempts")
        return Counter(rows)


def test_a_sweep_owes_and_the_jobs_of_its_commit_send(office):
    sweep()
    assert ledger(office) == {("sent", 1): REMINDERS}
    assert len(mail.outbox) == REMINDERS


@pytest.fixture
def shares(office, monkeypatch):
    """What the job that sweeps hands on, one list for each job."""
    found = []
    monkeypatch.setattr(deliver_shares, "delay", found.append)
    sweep_job()
    return found


def test_what_a_sweep_finds_in_all_offices_is_sent_by_few_jobs(office, shares):
    [[(tenant_id, ids)]] = shares
    assert (tenant_id, len(ids)) == (str(office.pk), REMINDERS)
    assert ledger(office) == {("queued", 0): REMINDERS}
    for _twice in range(2):
        deliver_shares(shares[0])
    assert ledger(office) == {("sent", 1): REMINDERS}
    assert len(mail.outbox) == REMINDERS


def test_what_fails_in_one_office_holds_up_no_other(office, shares, monkeypatch, caplog):
    from messaging import delivery

    claim = delivery.claim_messages
    [[(tenant_id, ids)]] = shares

    def fail_once(some):
        if str(some[0]) == ids[0]:
            raise LookupError("a mistake of ours")
        return claim(some)

    monkeypatch.setattr(delivery, "_claim_or_skip", fail_once)
    nobodys = (str(uuid4()), ids[:1])
    deliver_shares([nobodys, (tenant_id, ids[:1]), (tenant_id, ids[1:])])
    assert ledger(office) == {("sent", 1): REMINDERS - 1, ("queued", 0): 1}
    assert "messages not sent" in caplog.text


def test_a_broker_that_is_down_when_a_sweep_ends_loses_nothing(office, monkeypatch):
    def down(_shares):
        raise BrokerDownError("no broker")

    monkeypatch.setattr(deliver_shares, "delay", down)
    with pytest.raises(BrokerDownError):
        sweep_job()
    assert ledger(office) == {("queued", 0): REMINDERS}


def test_four_sweeps_at_once_send_each_reminder_once(office, caplog):
    at_once(4, sweep)
    assert "due objects failed" not in caplog.text, "they stand aside instead of colliding"
    sweep()
    assert ledger(office) == {("sent", 1): REMINDERS}
    assert len({letter.subject for letter in mail.outbox}) == len(mail.outbox) == REMINDERS


@pytest.fixture
def owed(office, monkeypatch):
    """The messages are owed; their jobs got lost."""
    monkeypatch.setattr(deliver_messages, "apply_async", lambda *_args, **_options: None)
    sweep()
    monkeypatch.undo()
    with tenant_transaction(office):
        return list(OutgoingMessage.objects.values_list("pk", flat=True))


def test_four_workers_with_the_same_list_send_each_message_once(office, owed):
    def work():
        with tenant_context(office):
            deliver(owed)

    at_once(4, work)
    assert ledger(office) == {("sent", 1): REMINDERS}
    assert len(mail.outbox) == REMINDERS


def test_the_outcome_is_written_when_the_database_is_back(office, owed, monkeypatch):
    from messaging import delivery

    failures, naps, record = [], [], delivery.record_results

    def record_later(*args):
        if len(failures) < 3:
            failures.append(1)
            raise OperationalError("the server closed the connection")
        return record(*args)

    monkeypatch.setattr(delivery, "record_results", record_later)
    monkeypatch.setattr(delivery, "sleep", naps.append)
    with tenant_context(office):
        deliver(owed[:1])
    assert (len(failures), len(naps)) == (3, 3)
    assert ledger(office) == {("sent", 1): 1, ("queued", 0): REMINDERS - 1}
    assert len(mail.outbox) == 1


def test_the_mail_is_handed_over_outside_any_transaction(office, owed, monkeypatch):
    from messaging import channels

    seen = []

    class Watching:
        idempotent = False
        sender = Sender("watching", shared=False)

        def send(self, letter):
            seen.append(connection.in_atomic_block)
            return "x"

        def close(self):
            pass

    monkeypatch.setitem(channels.WAYS, "email", Way(Watching, lambda _people: {}))
    with tenant_context(office):
        deliver(owed[:2])
    assert seen == [False, False]


def test_a_broker_that_is_down_breaks_no_request_and_loses_nothing(office, monkeypatch):
    def down(*args, **options):
        raise BrokerDownError("no broker")

    monkeypatch.setattr(deliver_messages, "apply_async", down)
    sweep()
    assert ledger(office) == {("queued", 0): REMINDERS}
    monkeypatch.undo()
    with tenant_transaction(office):
        OutgoingMessage.objects.update(wake_at=timezone.now())
    sweep()
    assert ledger(office) == {("sent", 1): REMINDERS}


def test_a_request_is_answered_though_the_broker_is_down(office, monkeypatch):
    """Whatever a request queues at its commit must not turn the answer into a 500."""
    from tasks import services

    tried = []

    def down(*args, **options):
        tried.append(options["headers"]["tenant_id"])
        raise BrokerDownError("no broker")

    monkeypatch.setattr(deliver_messages, "apply_async", down)
    create = services.Task.save

    def save_and_queue(task, *args, **options):
        deliver_messages.delay_on_commit([])
        return create(task, *args, **options)

    monkeypatch.setattr(services.Task, "save", save_and_queue)
    with tenant_transaction(office):
        tokens = begin_session(user=Task.objects.first().creator)
    client = APIClient(HTTP_HOST="localhost")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    answer = client.post("/api/v1/tasks", {"title": "In spite of it"})
    assert answer.status_code == 201
    assert tried == [str(office.pk)]
    with tenant_transaction(office):
        assert Task.objects.filter(title="In spite of it").exists()


def test_what_is_rolled_back_queues_nothing(office, monkeypatch):
    queued = []
    monkeypatch.setattr(
        deliver_messages, "apply_async", lambda *_args, **_options: queued.append(1)
    )
    with pytest.raises(LookupError):
        roll_back(office)
    assert not queued


def roll_back(office):
    with tenant_transaction(office):
        deliver_messages.delay_on_commit([])
        raise LookupError


@pytest.mark.parametrize("channel", ["telegram", "sms"])
def test_what_a_channel_asks_the_database_needs_no_transaction_around_it(office, channel, request):
    """A message is handed over outside of any: only a test that commits sees what is missing."""
    peer = request.getfixturevalue({"telegram": "bot", "sms": "vendor"}[channel])
    address = {"telegram": str(CHAT), "sms": EVES}[channel]
    with tenant_transaction(office):
        una = User.objects.get(email="una@umbrella.example")
        User.objects.filter(pk=una.pk).update(notification_preference=channel)
        link(person=una, channel=channel, address=address)
    if channel == "sms":
        peer.cuts_before = True
        sweep()
        peer.cuts_before = False
        with tenant_transaction(office):
            OutgoingMessage.objects.update(wake_at=timezone.now(), not_before=None)
    sweep()
    assert {status for status, _tries in ledger(office)} == {"sent"}
    assert len(peer.sent if channel == "telegram" else peer.messages) == REMINDERS
