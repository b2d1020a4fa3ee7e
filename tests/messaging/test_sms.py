"""SMS that go out: what Twilio's answers and its later reports mean for them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.channels.sms import SmsGateway
from messaging.contacts import close, link
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tenants.context import public_context
from tests.inbound.test_sms import EVES, vendor  # noqa: F401  a fixture
from tests.inbound.twilio_calls import status
from tests.peers.twilio import TOKEN


@pytest.fixture
def owed(vendor, eve, owe):  # noqa: F811  the fixture of that name
    """`owed()` is a reminder that Eve is to get on her telephone."""
    link(person=eve, channel="sms", address=EVES)
    User.objects.filter(pk=eve.pk).update(notification_preference="sms")
    eve.refresh_from_db()
    return lambda title="Water the plants": owe(title, assignee=eve)


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts


def again(message):
    OutgoingMessage.objects.filter(pk=message.pk).update(not_before=None)
    deliver([message.pk])


def test_a_reminder_arrives_with_its_parts_counted(owed, vendor, api, eve):  # noqa: F811
    message = owed()
    deliver([message.pk])
    assert state(message) == ("sent", 1)
    [sent] = vendor.messages
    assert sent["to"] == EVES
    assert sent["body"].startswith("Reminder: Water the plants")
    assert message.provider_id == sent["sid"]
    shown = api(eve).get(f"/api/v1/messages/{message.pk}").json()
    assert (shown["segments"], shown["provider_status"]) == (1, "")


def test_one_emoji_makes_three_parts_of_one(owed, vendor, api, eve):  # noqa: F811
    messages = [owed("x" * 60), owed("x" * 59 + "🌱")]
    deliver([message.pk for message in messages])
    shown = [api(eve).get(f"/api/v1/messages/{message.pk}").json() for message in messages]
    assert [row["segments"] for row in shown] == [1, 3]
    assert "🌱" in "".join(sent["body"] for sent in vendor.messages)


def no_sms(office):
    office.settings.sms_enabled = False
    with public_context():
        office.save()


def test_an_office_without_sms_reaches_its_people_another_way(owed, vendor, acme):  # noqa: F811
    no_sms(acme)
    message = owed()
    assert (message.channel, message.address) == ("email", message.recipient.email)


def test_what_was_owed_by_sms_before_goes_on_by_another_way(owed, vendor, in_acme):  # noqa: F811
    message = owed()
    no_sms(in_acme)
    deliver([message.pk])
    assert state(message)[0] == "failed"
    assert message.reason == "This office sends no SMS."
    assert OutgoingMessage.objects.get(instead_of=message).channel == "email"
    assert vendor.messages == []


def test_an_office_without_sms_sends_no_codes(vendor, api, eve, ada):  # noqa: F811
    there = "/api/v1/admin/tenant"
    assert api(ada).patch(there, {"settings": {"sms_enabled": False}}).status_code == 200
    answer = api(eve).post("/api/v1/integrations/sms/number", {"number": EVES})
    assert answer.status_code == 404
    assert [error["code"] for error in answer.json()["errors"]] == ["not_set_up"]
    assert vendor.messages == []


def test_reports_never_go_down(owed, vendor):  # noqa: F811
    message = owed()
    deliver([message.pk])
    [sent] = vendor.messages
    for report in ("delivered", "sent", "queued", "delivered", "undelivered"):
        assert status(sent, report).status_code == 204
    assert state(message)[0] == "sent"
    assert message.provider_status == "delivered"


def test_what_did_not_arrive_has_failed_and_goes_another_way(owed, vendor):  # noqa: F811
    message = owed()
    deliver([message.pk])
    for _each in range(2):
        status(vendor.messages[0], "undelivered", "30003")
    assert state(message)[0] == "failed"
    assert message.reason == "The telephone cannot be reached."
    assert OutgoingMessage.objects.get(instead_of=message).channel == "email"


def test_a_report_may_come_before_the_answer_to_the_request(owed, vendor, monkeypatch):  # noqa: F811
    message = owed()
    send = SmsGateway.send

    def hurried(gateway, letter):
        sid = send(gateway, letter)
        status(vendor.messages[0], "failed", "30005")
        return sid

    monkeypatch.setattr(SmsGateway, "send", hurried)
    deliver([message.pk])
    assert state(message)[0] == "failed"
    assert message.reason == "The number does not exist."
    assert OutgoingMessage.objects.filter(instead_of=message).count() == 1


def test_reports_on_nothing_change_nothing(owed, vendor):  # noqa: F811
    message = owed()
    deliver([message.pk])
    [sent] = vendor.messages
    base = sent["callback"].partition("?")[0]
    for name in ("", "?m=", "?m=x.y", f"?m={'0' * 32}.{message.pk}", "?m=" + "1" * 65):
        assert status({**sent, "callback": base + name}, "failed").status_code == 204
    assert status(sent, "nonsense").status_code == 204
    assert state(message)[0] == "sent"


def test_who_stopped_after_it_was_owed_gets_a_letter(owed, vendor):  # noqa: F811
    message = owed()
    close(channel="sms", address=EVES, why="The person wrote STOP.")
    deliver([message.pk])
    assert state(message)[0] == "failed"
    assert vendor.messages == []
    assert OutgoingMessage.objects.get(instead_of=message).channel == "email"


def test_opted_out_at_the_vendor_closes_the_number(owed, vendor, eve):  # noqa: F811
    vendor.refuses(400, 21610, "Attempt to send to unsubscribed recipient")
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "failed"
    assert eve.contacts.get().closed_at is not None


def test_too_quick_waits_as_long_as_asked_and_loses_no_try(owed, vendor):  # noqa: F811
    vendor.refuses(429, 20429)
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "queued"
    assert (message.uncounted, message.not_before) == (1, timezone.now() + timedelta(seconds=17))


@pytest.mark.parametrize(
    ("http", "code", "expected"),
    [
        (400, 21211, "failed"),
        (400, 21614, "failed"),
        (400, 21408, "failed"),
        (400, 30001, "queued"),
        (401, 20003, "queued"),
        (500, 20500, "queued"),
    ],
)
def test_other_refusals_wait_or_fail(owed, vendor, http, code, expected):  # noqa: F811
    vendor.refuses(http, code)
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == expected
    assert TOKEN not in message.reason


def test_a_line_that_is_cut_after_it_was_taken_brings_no_second_copy(owed, vendor):  # noqa: F811
    vendor.cuts_after = True
    message = owed()
    deliver([message.pk])
    assert state(message)[0] == "queued"
    vendor.cuts_after = False
    again(message)
    assert state(message)[0] == "sent"
    assert [message.provider_id] == [sent["sid"] for sent in vendor.messages]


def test_a_line_that_is_cut_before_it_was_taken_loses_nothing(owed, vendor):  # noqa: F811
    vendor.cuts_before = True
    message = owed()
    deliver([message.pk])
    vendor.cuts_before = False
    again(message)
    assert state(message)[0] == "sent"
    assert len(vendor.messages) == 1


def test_the_same_words_for_something_else_are_not_mistaken(owed, vendor):  # noqa: F811
    first, second = owed(), owed()
    deliver([first.pk])
    vendor.cuts_before = True
    deliver([second.pk])
    vendor.cuts_before = False
    again(second)
    assert (state(first)[0], state(second)[0]) == ("sent", "sent")
    assert len(vendor.messages) == 2
