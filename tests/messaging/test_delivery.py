"""Owed messages are handed over by real SMTP; whatever the server says stands in the ledger."""

import socket
import threading
from datetime import timedelta
from time import sleep
from uuid import uuid4

import pytest
from django.utils import timezone

from messaging import delivery
from messaging import due as registry
from messaging.channels import WAYS
from messaging.delivery import deliver
from messaging.due import MessageKind
from messaging.ledger import BACK_OFF, LEASE, begin_tries, claim_messages
from messaging.models import DeliveryAttempt, OutgoingMessage
from tasks.models import Task
from tests.messaging.conftest import NOW, OK, later

ALWAYS_451 = "451 4.7.1 Greylisted, come back later"


def state(message):
    message.refresh_from_db()
    return message.status, message.attempts


def tries(message):
    return [(row.number, row.outcome) for row in message.tries.all()]


def test_a_message_that_the_server_takes_is_sent(server, owe, eve, settings, clock):
    message = owe("Water the plants", due_date=later(hours=3))
    clock.shift(7)
    deliver([message.pk])
    assert state(message) == ("sent", 1)
    assert (message.sent_at, message.reason, message.wake_at) == (later(seconds=7), "", None)
    assert message.lateness == timedelta(seconds=7)
    [row] = message.tries.all()
    assert (row.outcome, row.started_at, row.ended_at) == (
        "sent",
        later(seconds=7),
        later(seconds=7),
    )
    [received] = server.received
    assert received.recipients == [eve.email]
    letter = received.letter
    assert letter["Message-ID"] == message.provider_id == f"<{message.pk}@{settings.BASE_DOMAIN}>"
    assert letter["X-Office-Outbox-Id"] == str(message.pk)
    assert (letter["To"], letter["Subject"]) == (eve.email, "Reminder: Water the plants")
    assert "Water the plants" in letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    assert "<h1" in html
    assert f"/tasks/{Task.objects.get().pk}" in html


def test_the_mail_speaks_the_readers_time_and_escapes_what_others_wrote(server, owe, eve):
    eve.timezone = "Asia/Tokyo"
    eve.save()
    message = owe("<b>Bold</b> & “quoted”", due_date=later(hours=1))
    deliver([message.pk])
    letter = server.received[0].letter
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "20:00" in plain
    assert "20:00" in html
    assert "<b>Bold</b> & “quoted”" in plain
    assert "&lt;b&gt;Bold" in html
    assert "<b>" not in html


def test_delivering_twice_sends_once(server, owe):
    message = owe()
    deliver([message.pk, message.pk])
    deliver([message.pk])
    assert state(message) == ("sent", 1)
    assert len(server.received) == 1


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_passing_refusal_puts_the_message_back_with_the_reason(step, server, owe, clock):
    message = owe()
    setattr(server, step, lambda _given: ALWAYS_451)
    deliver([message.pk])
    assert state(message) == ("queued", 1)
    assert "451" in message.reason
    assert "Greylisted" in message.reason
    assert message.wake_at == later(seconds=5)
    assert tries(message) == [(1, "unavailable")]
    assert message.tries.get().reason == message.reason
    setattr(server, step, type(server)().__getattribute__(step))
    deliver([message.pk])
    assert state(message) == ("queued", 1), "not before its time, whoever asks"
    clock.move_to(message.wake_at)
    deliver([message.pk])
    assert state(message) == ("sent", 2)
    assert tries(message) == [(1, "unavailable"), (2, "sent")]
    assert server.received[0].letter["Message-ID"] == f"<{message.pk}@localhost>"


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_final_refusal_fails_with_the_reason_and_is_not_tried_again(step, server, owe):
    message = owe()
    setattr(server, step, lambda _given: "550 5.1.1 No such user here")
    deliver([message.pk])
    deliver([message.pk])
    assert state(message) == ("failed", 1)
    assert "550" in message.reason
    assert "No such user here" in message.reason
    assert message.wake_at is None
    assert tries(message) == [(1, "refused")]


def test_after_the_last_wait_the_message_fails(server, owe, clock):
    message = owe()
    server.data = lambda _letter: ALWAYS_451
    waits = []
    for _try in range(20):
        deliver([message.pk])
        if state(message)[0] != "queued":
            break
        waits.append(message.wake_at - timezone.now())
        clock.move_to(message.wake_at)
    assert waits == BACK_OFF
    assert state(message) == ("failed", len(BACK_OFF) + 1)
    assert "451" in message.reason


def test_one_refused_recipient_does_not_touch_the_others(server, owe, sarah, ada):
    refused, taken, also = owe("1"), owe("2", assignee=sarah), owe("3", assignee=ada)
    server.rcpt = lambda address: "550 No" if address.startswith("eve") else "250 OK"
    deliver([refused.pk, taken.pk, also.pk])
    assert [state(item)[0] for item in (refused, taken, also)] == ["failed", "sent", "sent"]
    told = [(letter.recipients, letter.letter["Subject"]) for letter in server.received]
    assert told == [
        ([sarah.email], "Reminder: 2"),
        ([ada.email], "Reminder: 3"),
        ([ada.email], "Some messages by E-mail did not arrive"),
    ]


def test_when_the_server_is_down_the_first_says_so_and_the_others_wait(smtp, owe):
    first, second, third = owe("1"), owe("2"), owe("3")
    deliver([first.pk, second.pk, third.pk])
    assert state(first) == ("queued", 1)
    assert "does not answer" in first.reason
    assert first.wake_at == later(seconds=5)
    for waiting in (second, third):
        assert state(waiting) == ("queued", 0)
        assert not tries(waiting)


def test_a_job_that_has_taken_long_leaves_the_rest_to_another(server, owe, monkeypatch):
    monkeypatch.setattr(delivery, "BUDGET_SECONDS", 0.2)
    slow, waiting = owe("1"), owe("2")
    server.data = lambda letter: sleep(0.3) or server.received.append(letter) or OK
    deliver([slow.pk, waiting.pk])
    assert state(slow) == ("sent", 1)
    assert (state(waiting), tries(waiting)) == (("queued", 0), [])
    deliver([waiting.pk])
    assert state(waiting) == ("sent", 1)


@pytest.fixture
def silent(smtp):
    """Takes connections and never says a word."""
    smtp.EMAIL_TIMEOUT = 0.2
    with socket.create_server((smtp.EMAIL_HOST, smtp.EMAIL_PORT)) as listener:
        yield listener


def test_a_server_that_hangs_is_given_up(silent, owe):
    first, second = owe("1"), owe("2")
    deliver([first.pk, second.pk])
    assert state(first) == ("queued", 1)
    assert "timed out" in first.reason
    assert state(second) == ("queued", 0)


@pytest.fixture
def dropping(smtp):
    """Says hello and hangs up after the first command."""
    smtp.EMAIL_TIMEOUT = 2
    with socket.create_server((smtp.EMAIL_HOST, smtp.EMAIL_PORT)) as listener:
        listener.settimeout(5)

        def talk():
            connection, _address = listener.accept()
            with connection:
                connection.sendall(b"220 hello\r\n")
                connection.recv(100)

        thread = threading.Thread(target=talk)
        thread.start()
        yield
        thread.join()


def test_a_server_that_hangs_up_is_tried_again_later(dropping, owe):
    message = owe()
    deliver([message.pk])
    assert state(message) == ("queued", 1)
    assert "does not answer" in message.reason


def test_a_very_long_answer_of_the_server_is_cut(server, owe):
    message = owe()
    server.data = lambda _letter: "550 " + "no " * 160
    deliver([message.pk])
    assert state(message)[0] == "failed"
    assert len(message.reason) <= 500


# --- What is not wanted any more


ENDS = {
    "done": lambda _task: Task.objects.update(status="done", completed_at=timezone.now()),
    "cancelled": lambda _task: Task.objects.update(status="cancelled"),
    "without reminder": lambda task: task.reminders.all().delete(),
    "deleted": lambda task: task.delete(),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_was_settled_after_queueing_is_cancelled_with_a_reason(end, server, owe):
    message = owe()
    ENDS[end](Task.objects.get())
    deliver([message.pk])
    assert state(message) == ("cancelled", 0)
    assert message.reason.endswith("closed." if end in {"done", "cancelled"} else "deleted.")
    assert message.wake_at is None
    assert not server.received
    deliver([message.pk])
    assert state(message) == ("cancelled", 0)


def test_a_task_that_is_done_between_two_tries_is_not_sent(server, owe, clock):
    message = owe()
    server.data = lambda _letter: ALWAYS_451
    deliver([message.pk])
    Task.objects.update(status="done", completed_at=NOW)
    server.data = lambda _letter: "250 OK"
    clock.shift(5)
    deliver([message.pk])
    assert state(message) == ("cancelled", 1)
    assert not server.received


# --- Our own mistakes


def test_a_message_that_cannot_even_be_written_does_not_hold_up_the_others(server, owe, sarah):
    bad, good = owe("1"), owe("2", assignee=sarah)
    OutgoingMessage.objects.filter(pk=bad.pk).update(address="eve\r\nBcc: evil@example.com")
    deliver([bad.pk, good.pk])
    assert [state(item)[0] for item in (bad, good)] == ["queued", "sent"]
    assert "our own mistake" in bad.reason
    assert bad.wake_at == later(seconds=5)
    assert [letter.recipients for letter in server.received] == [[sarah.email]]


def test_an_app_that_fails_to_tell_whether_it_is_wanted_does_not_hold_up_the_others(
    server, owe, monkeypatch
):
    bad, good = owe("1"), owe("2")
    odd = MessageKind(objections=lambda ids: 1 / 0 if bad.about_id in ids else {})
    monkeypatch.setitem(registry._messages, "task_reminder", odd)
    deliver([bad.pk, good.pk])
    assert [state(item) for item in (bad, good)] == [("queued", 0), ("sent", 1)]
    assert bad.wake_at is not None


def test_a_channel_that_does_not_exist_fails_with_the_reason(server, owe, monkeypatch):
    monkeypatch.delitem(WAYS, "slack")
    message = owe()
    OutgoingMessage.objects.update(channel="slack")
    deliver([message.pk])
    assert state(message) == ("failed", 1)
    assert "slack" in message.reason


def test_what_is_not_there_is_passed_over(server, owe):
    message = owe()
    deliver([uuid4(), message.pk])
    assert state(message)[0] == "sent"


def test_the_claim_is_for_one(owe):
    message = owe()
    [claimed] = claim_messages([message.pk])
    assert claim_messages([message.pk]) == []
    assert state(message) == ("sending", 0)
    assert message.wake_at == NOW + LEASE
    assert not DeliveryAttempt.objects.exists(), "nothing was tried yet"
    assert begin_tries([claimed])[0].attempts == 1
    assert state(message) == ("sending", 1)
    assert DeliveryAttempt.objects.get().outcome == "running"
