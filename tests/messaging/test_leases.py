"""A worker that is killed or slow: its message goes on, and it does not write over the next one."""

from datetime import timedelta

import pytest

from messaging import channels
from messaging.channels import ChannelRefusedError, ChannelUnavailableError
from messaging.channels.base import Sender, Way
from messaging.delivery import deliver
from messaging.ledger import BACK_OFF, INTERRUPTED, LEASE, begin_tries, claim_messages
from messaging.models import OutgoingMessage
from tests.messaging.conftest import NOW, later, sweep

pytestmark = pytest.mark.usefixtures("clock")


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts


def tries(message):
    return [(row.number, row.outcome) for row in message.tries.all()]


@pytest.fixture
def killed(owe, server):
    """A message whose worker took it and was killed."""
    message = owe()
    begin_tries(claim_messages([message.pk]))
    return message


@pytest.fixture
def sweep_and_deliver(django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True) as queued:
            sweep()
        return len(queued)

    return run


def test_before_the_lease_ends_nobody_else_sends(killed, clock, sweep_and_deliver, server):
    clock.shift(LEASE - timedelta(seconds=1))
    assert sweep_and_deliver() == 0
    assert state(killed) == ("sending", 1)


def test_after_the_lease_the_message_is_sent_under_the_same_name(
    killed, clock, sweep_and_deliver, server
):
    clock.shift(LEASE)
    assert sweep_and_deliver() == 1
    assert state(killed) == ("sent", 2)
    assert tries(killed) == [(1, "interrupted"), (2, "sent")]
    lost = killed.tries.get(number=1)
    assert lost.ended_at == NOW + LEASE
    assert "worker stopped" in lost.reason
    assert server.received[0].letter["Message-ID"] == f"<{killed.pk}@localhost>"


def test_a_job_that_got_lost_is_queued_again_by_the_sweep(owe, clock, server, sweep_and_deliver):
    message = owe()
    assert sweep_and_deliver() == 0, "the job that was queued at once has its chance first"
    clock.shift(10)
    assert sweep_and_deliver() == 1
    assert state(message) == ("sent", 1)
    assert sweep_and_deliver() == 0


def test_a_try_that_got_lost_too_is_repeated(owe, clock, server):
    message = owe()
    clock.shift(10)
    assert sweep() == 1
    assert sweep() == 0
    clock.shift(30)
    assert sweep() == 1
    assert state(message) == ("queued", 0)


class SlowGateway:
    """Between the start and the end of a hand-over something happens."""

    idempotent = True
    sender = Sender("slow", shared=False)
    meanwhile = None
    ends = None

    def send(self, letter):
        type(self).meanwhile()
        if self.ends:
            raise self.ends
        return "<of the slow one>"

    def close(self):
        pass


@pytest.fixture
def slow(monkeypatch, clock):
    """`slow(message, ends=…)`: the worker's lease ends and another one takes the message."""

    def run(message, ends, then=None):
        def meanwhile():
            clock.shift(LEASE)
            sweep()
            assert begin_tries(claim_messages([message.pk]))[0].attempts == 2
            if then:
                OutgoingMessage.objects.get(pk=message.pk).change(**then)

        SlowGateway.meanwhile, SlowGateway.ends = meanwhile, ends
        monkeypatch.setitem(channels.WAYS, "email", Way(SlowGateway, lambda _people: {}))
        deliver([message.pk])

    return run


def test_who_stood_still_until_the_lease_was_over_sends_nothing(
    owe, clock, server, monkeypatch, sweep_and_deliver
):
    def stand_still(messages):
        begun = begin_tries(messages)
        clock.shift(LEASE)
        monkeypatch.undo()
        return begun

    message = owe()
    monkeypatch.setattr("messaging.delivery.begin_tries", stand_still)
    deliver([message.pk])
    assert server.received == []
    clock.shift(BACK_OFF[0])
    assert sweep_and_deliver() == 1
    assert state(message) == ("sent", 2)
    assert tries(message) == [(1, "interrupted"), (2, "sent")]


@pytest.mark.parametrize("ends", [ChannelUnavailableError("x"), ChannelRefusedError("x")])
def test_who_lost_the_lease_does_not_write_over_the_worker_that_has_it(ends, owe, slow):
    message = owe()
    slow(message, ends)
    assert state(message) == ("sending", 2)
    assert message.wake_at == NOW + LEASE + LEASE
    assert message.reason != "x"


@pytest.mark.parametrize("ends", [ChannelUnavailableError("x"), ChannelRefusedError("x")])
def test_who_lost_the_lease_does_not_undo_a_sent_message(ends, owe, slow):
    message = owe()
    sent = {"status": "sent", "sent_at": later(seconds=60), "wake_at": None, "provider_id": "<2>"}
    slow(message, ends, then=sent)
    assert state(message) == ("sent", 2)
    assert (message.provider_id, message.reason) == ("<2>", INTERRUPTED)


def test_a_message_that_the_slow_one_did_send_is_not_sent_again(owe, slow, server, monkeypatch):
    message = owe()
    slow(message, ends=None)
    assert state(message) == ("sent", 2)
    assert message.provider_id == "<of the slow one>"
    monkeypatch.undo()
    deliver([message.pk])
    assert not server.received
    assert tries(message) == [(1, "sent"), (2, "running")]
