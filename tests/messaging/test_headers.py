"""No title of a task writes headers, recipients or a second letter."""

import pytest

from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tasks.models import Reminder
from tests.messaging.conftest import NOW

HOSTILE_TITLES = [
    "Lunch\r\nBcc: evil@example.com",
    "Lunch\nBcc: evil@example.com",
    "Lunch\rBcc: evil@example.com",
    "Lunch\r\n\r\nAll new body",
    "Lunch\u2028Bcc: evil@example.com",
    "Lunch\x85Bcc: evil@example.com\x0b\x0c",
    "Lunch\x1c\x1d\x1e\x1fBcc: evil@example.com",
    "=?utf-8?q?Lunch=0D=0ABcc:_evil@example.com?=",
    "🍱" * 200,
    "ü" * 150 + "\nBcc: evil@example.com",
    "a " * 99 + "z",
    "\u202egnp.exe\u0000"[:-1],
    ".\r\n.\r\nMAIL FROM:<evil@example.com>",
]


def test_a_title_that_looks_like_an_encoded_word_is_shown_as_it_was_written(server, owe):
    title = "=?utf-8?q?Lunch=0D=0ABcc:_evil@example.com?="
    deliver([owe(title).pk])
    assert server.received[0].letter["Subject"].strip() == f"Reminder: {title}"


@pytest.mark.parametrize("title", HOSTILE_TITLES, ids=range(len(HOSTILE_TITLES)))
def test_no_title_writes_headers_or_recipients(title, server, owe, api, eve, clock):
    made = api(eve).post("/api/v1/tasks", {"title": title, "assignee_id": str(eve.pk)}).json()
    Reminder.objects.create(task_id=made["id"], at=NOW)
    decoy = owe("decoy")
    message = OutgoingMessage.objects.exclude(pk=decoy.pk).get()
    deliver([message.pk])
    assert status_of(message) == "sent", message.reason
    [received] = server.received
    assert received.recipients == [eve.email]
    letter = received.letter
    assert set(letter.keys()) == {
        *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date"),
        *("Message-ID", "X-Office-Outbox-Id"),
    }
    assert len(letter["Subject"].strip().splitlines()) == 1
    assert letter["Subject"].strip().startswith("Reminder: ")
    head = received.content.split(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))


def status_of(message):
    message.refresh_from_db()
    return message.status
