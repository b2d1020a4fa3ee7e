"""Several channels: what each can do, how its failures differ, and who comes next."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import User
from messaging import channels
from messaging.channels import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    OutcomeUnknownError,
    Way,
)
from messaging.delivery import deliver
from messaging.ledger import BACK_OFF, INTERRUPTED, LEASE, begin_tries, claim_messages
from messaging.models import OutgoingMessage
from tests.messaging.conftest import NOW, later, sweep
from tests.messaging.gateways import Pretend, raising

pytestmark = pytest.mark.usefixtures("clock")
NO = ChannelRefusedError("no such number")


@pytest.fixture(autouse=True)
def no_rates(settings):
    """Rates go by the store's own clock, which no test holds."""
    settings.MESSAGE_RATES = {}


@pytest.fixture
def way(monkeypatch):
    """`way("sms")` sets a channel up that reaches everybody, or those who are given."""

    def set_up(channel, *, reaches=None, **does):
        pretend = Pretend(f"{channel}-{uuid4().hex}", **does)

        def addresses(people):
            return {p.pk: f"{channel}:{p.email}" for p in people if reaches is None or p in reaches}

        monkeypatch.setitem(channels.WAYS, channel, Way(lambda: pretend, addresses))
        return pretend

    return set_up


@pytest.fixture
def by_sms(owe, eve):
    """`by_sms()` owes Eve, who prefers that, a message by SMS."""

    def owed(title="Water the plants", **values):
        User.objects.filter(pk=eve.pk).update(notification_preference="sms")
        eve.refresh_from_db()
        return owe(title, **values)

    return owed


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts


def tries(message):
    return [row.outcome for row in message.tries.all()]


def all_messages():
    rows = OutgoingMessage.objects.order_by("created_at", "instead_of")
    return [(m.recipient.full_name, m.channel, m.kind, m.status) for m in rows]


def interrupt(message):
    """Let the worker be killed while it hands the message over."""
    begin_tries(claim_messages([message.pk]))


# --- An outcome that nobody knows


def test_a_gateway_that_drops_copies_gets_the_letter_again(way, by_sms, clock):
    sms = way("sms", idempotent=True)
    message = by_sms()
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    deliver([message.pk])
    assert state(message) == ("sent", 2)
    assert sms.asked == []
    assert message.in_doubt_since is None


def test_a_letter_that_is_found_is_not_sent_again(way, by_sms, clock):
    sms = way("sms", looks=lambda _letter, _since: "SM1")
    message = by_sms()
    clock.shift(3)
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    deliver([message.pk])
    assert state(message) == ("sent", 2)
    assert (message.provider_id, sms.sent) == ("SM1", [])
    assert sms.asked == [later(seconds=3)], "it looks from the first try on"


def test_a_letter_that_is_not_found_is_sent_again(way, by_sms, clock):
    sms = way("sms")
    message = by_sms()
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    deliver([message.pk])
    assert state(message) == ("sent", 2)
    assert (len(sms.asked), len(sms.sent)) == (1, 1)


@pytest.fixture
def blind(way):
    """A channel on which nobody can look."""

    def cannot(_letter, _since):
        raise OutcomeUnknownError("nobody can look there")

    return way("sms", looks=cannot)


def test_where_nobody_can_look_a_person_decides(blind, by_sms, clock):
    message = by_sms()
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    deliver([message.pk])
    assert state(message) == ("unknown", 2)
    assert (message.reason, message.wake_at) == ("nobody can look there", None)
    assert tries(message) == ["interrupted", "unknown"]
    assert blind.sent == []
    clock.shift(timedelta(days=3))
    assert sweep() == 0, "it is left alone"


def test_a_line_that_is_cut_after_accepting_leaves_a_doubt(blind, by_sms, clock):
    blind.does = raising(OutcomeUnknownError("the line was cut"))
    message = by_sms()
    deliver([message.pk])
    assert state(message) == ("queued", 1)
    clock.move_to(message.wake_at)
    deliver([message.pk])
    assert state(message) == ("unknown", 2)
    assert tries(message) == ["unknown", "unknown"]


def test_a_message_that_was_claimed_and_not_begun_is_not_in_doubt(blind, by_sms, clock):
    message = by_sms()
    claim_messages([message.pk])
    clock.shift(LEASE)
    sweep()
    deliver([message.pk])
    assert state(message) == ("sent", 1)


def test_the_doubt_outlives_a_look_that_fails(way, by_sms, clock):
    sms = way("sms", looks=lambda _letter, _since: 1 / 0)
    message = by_sms()
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    sms.looks = lambda _letter, _since: raising(ChannelUnavailableError("busy"))(None)
    deliver([message.pk])
    assert state(message) == ("queued", 2)
    assert message.in_doubt_since == NOW
    sms.looks = lambda _letter, _since: "SM1"
    clock.move_to(message.wake_at)
    deliver([message.pk])
    assert (state(message), message.provider_id, sms.sent) == (("sent", 3), "SM1", [])


def test_one_kill_leaves_one_message_in_doubt_however_many_were_claimed(blind, by_sms, clock):
    rows = [by_sms(str(number)) for number in range(4)]

    def killed(_letter):
        raise KeyboardInterrupt

    blind.does = killed
    with pytest.raises(KeyboardInterrupt):
        deliver([row.pk for row in rows])
    assert [state(row) for row in rows] == [("sending", 1)] + [("sending", 0)] * 3
    blind.does = lambda _letter: "SM"
    clock.shift(LEASE)
    sweep()
    deliver([row.pk for row in rows])
    assert [state(row)[0] for row in rows] == ["unknown", "sent", "sent", "sent"]


# --- Failures that pass


def test_a_passing_failure_waits_as_long_as_it_is_told(way, by_sms, clock):
    sms = way("sms")
    sms.does = raising(ChannelUnavailableError("busy", retry_after=timedelta(seconds=77)))
    message = by_sms()
    deliver([message.pk])
    assert state(message) == ("queued", 1)
    assert message.wake_at == message.not_before == later(seconds=77)
    clock.shift(76)
    deliver([message.pk])
    assert state(message) == ("queued", 1)


def test_being_throttled_does_not_count_and_stops_the_others(way, by_sms, clock):
    sms = way("sms")
    sms.does = raising(ChannelThrottledError("slow down", retry_after=timedelta(seconds=7)))
    first, second = by_sms("1"), by_sms("2")
    for number in range(1, len(BACK_OFF) + 5):
        deliver([first.pk, second.pk])
        assert state(first) == ("queued", number)
        assert state(second) == ("queued", 0), "it was not even tried"
        assert first.wake_at == second.wake_at
        clock.move_to(first.wake_at)
    assert set(tries(first)) == {"throttled"}
    sms.does = raising(ChannelUnavailableError("busy"))
    deliver([first.pk])
    state(first)
    assert first.wake_at - clock_now() == BACK_OFF[0]


def clock_now():
    from django.utils import timezone

    return timezone.now()


def test_a_channel_that_is_down_is_left_alone_by_everybody_and_then_tried_by_one(
    way, by_sms, clock
):
    sms = way("sms")
    sms.does = raising(ChannelDownError("no answer"))
    rows = [by_sms(str(number)) for number in range(8)]
    for row in rows[:5]:
        deliver([row.pk])
    tried = len(rows[5:])
    for row in rows[5:]:
        deliver([row.pk])
        assert state(row) == ("queued", 0)
        assert "did not answer" in row.reason
        assert row.wake_at > later(seconds=50)
    assert tried == 3
    sms.does = lambda _letter: "SM"
    clock.shift(61)
    with_probe = rows[5]
    deliver([with_probe.pk])
    assert state(with_probe) == ("sent", 1)
    deliver([row.pk for row in rows[6:]])
    assert [state(row) for row in rows[6:]] == [("sent", 1)] * 2


def test_an_account_that_sends_too_quickly_waits_and_loses_no_try(way, by_sms, clock, settings):
    settings.MESSAGE_RATES = {"sms": {"sender": (2, 3600)}}
    sms = way("sms")
    rows = [by_sms(str(number)) for number in range(3)]
    deliver([row.pk for row in rows])
    assert [state(row) for row in rows] == [("sent", 1), ("sent", 1), ("queued", 0)]
    assert "waits for its turn" in rows[2].reason
    assert later(minutes=29) < rows[2].wake_at <= later(minutes=31)
    assert len(sms.sent) == 2


def test_one_chat_that_is_full_does_not_hold_up_the_others(way, by_sms, sarah, settings):
    settings.MESSAGE_RATES = {"sms": {"chat": (1, 3600)}}
    way("sms")
    User.objects.filter(pk=sarah.pk).update(notification_preference="sms")
    sarah.refresh_from_db()
    rows = [by_sms("1"), by_sms("2"), by_sms("3", assignee=sarah)]
    deliver([row.pk for row in rows])
    assert [state(row)[0] for row in rows] == ["sent", "queued", "sent"]


# --- Failures for good


def test_the_preferred_channel_is_taken_and_the_usual_order_follows(way, by_sms, server):
    way("sms", does=raising(NO))
    telegram = way("telegram")
    message = by_sms()
    deliver([message.pk])
    assert [row[1:] for row in all_messages()] == [
        ("sms", "task_reminder", "failed"),
        ("email", "task_reminder", "sent"),
    ]
    substitute = OutgoingMessage.objects.get(instead_of=message)
    assert (substitute.due_at, substitute.text) == (message.due_at, message.text)
    assert substitute.address == message.recipient.email
    assert substitute.dedupe_key != message.dedupe_key
    assert telegram.sent == []


def test_the_persons_own_order_is_followed_to_its_end(way, by_sms, eve, server):
    for channel in ("sms", "slack", "telegram"):
        way(channel, does=raising(NO))
    User.objects.filter(pk=eve.pk).update(fallback_channels=["slack", "telegram"])
    eve.refresh_from_db()
    first = by_sms()
    deliver([first.pk])
    second = OutgoingMessage.objects.get(instead_of=first)
    third = OutgoingMessage.objects.get(instead_of=second)
    assert [row.channel for row in (first, second, third)] == ["sms", "slack", "telegram"]
    assert {state(row)[0] for row in (first, second, third)} == {"failed"}
    assert not OutgoingMessage.objects.filter(instead_of=third).exists()


def test_a_channel_that_does_not_reach_the_person_is_passed_over(way, by_sms, server, ada):
    way("sms", reaches=[ada])
    assert by_sms().channel == "email"


def test_who_cannot_be_reached_at_all_is_named_in_the_ledger(by_sms, eve, ada):
    User.objects.filter(pk=eve.pk).update(fallback_channels=[])
    eve.refresh_from_db()
    message = by_sms()
    assert (message.status, message.wake_at) == ("failed", None)
    assert "no way to reach" in message.reason
    others = OutgoingMessage.objects.exclude(pk=message.pk)
    assert [(m.recipient, m.channel, m.kind) for m in others] == [(ada, "email", "delivery_alert")]


def test_the_admins_are_told_once_a_day_and_not_over_what_is_broken(
    way, by_sms, ada, eve, server, clock
):
    way("sms", does=raising(NO))
    User.objects.filter(pk__in=[eve.pk, ada.pk]).update(
        notification_preference="sms", fallback_channels=["email"]
    )
    User.objects.filter(pk=eve.pk).update(fallback_channels=[])
    for person in (ada, eve):
        person.refresh_from_db()
    first, second = by_sms("1"), by_sms("2")
    deliver([first.pk, second.pk])
    alerts = OutgoingMessage.objects.filter(kind="delivery_alert")
    [alert] = alerts
    assert (alert.recipient, alert.channel, alert.status) == (ada, "email", "sent")
    assert alert.subject == "Some messages by SMS did not arrive"
    assert "no such number" in alert.text
    clock.shift(timedelta(days=1))
    third = by_sms("3")
    deliver([third.pk])
    assert alerts.all().count() == 2


def test_an_alert_that_fails_is_not_told_about(way, by_sms, server, eve):
    way("sms", does=raising(NO), reaches=[eve])
    server.rcpt = lambda _address: "550 No"
    deliver([by_sms().pk])
    assert sorted(row[2:] for row in all_messages()) == [
        ("delivery_alert", "failed"),
        ("task_reminder", "failed"),
        ("task_reminder", "failed"),
    ]


def test_what_is_unknown_is_told_about_and_has_no_substitute(blind, by_sms, clock, server, ada):
    message = by_sms()
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    deliver([message.pk])
    assert [row[0::2] for row in all_messages()] == [
        (message.recipient.full_name, "task_reminder"),
        (ada.full_name, "delivery_alert"),
    ]


def test_a_message_to_somebody_who_has_left_is_cancelled(owe, eve, server):
    message = owe()
    eve.is_active = False
    eve.save()
    deliver([message.pk])
    assert state(message) == ("cancelled", 0)
    assert message.reason == "The person has left the office."
    assert server.received == []


def test_the_words_of_an_interrupted_try_stand_in_the_ledger(way, by_sms, clock):
    way("sms", idempotent=True)
    message = by_sms()
    interrupt(message)
    clock.shift(LEASE)
    sweep()
    message.refresh_from_db()
    assert message.reason == INTERRUPTED
