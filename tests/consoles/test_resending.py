"""Sending again from the console: what failed, what is unknown after a yes, never what was sent."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Role
from messaging.models import OutgoingMessage

LIST = "/admin/messaging/outgoingmessage/"


@pytest.fixture
def message(eve):
    """`message(status)`: one that ended like this."""

    def made(status):
        now = timezone.now()
        waiting = status in {"queued", "sending"}
        return OutgoingMessage.objects.create(
            recipient=eve,
            channel="email",
            address=eve.email,
            subject=f"About {status}",
            text="x",
            kind="digest",
            dedupe_key=status,
            status=status,
            attempts=9,
            due_at=now,
            sent_at=now if status == "sent" else None,
            wake_at=now if waiting else None,
            in_doubt_since=now if status == "unknown" else None,
            reason="because",
        )

    return made


def resend(console, *rows, **more):
    chosen = [str(row.pk) for row in rows]
    form = {"action": "resend", "_selected_action": chosen, "post": "yes", **more}
    return console.post(LIST, form, follow=True)


def status(row):
    row.refresh_from_db()
    return row.status


def test_what_failed_goes_out_again(
    console, message, mailoutbox, django_capture_on_commit_callbacks
):
    failed = message("failed")
    with django_capture_on_commit_callbacks(execute=True):
        answer = resend(console, failed)
    assert "Queued again: 1." in answer.content.decode()
    assert status(failed) == "sent"
    assert (failed.attempts, failed.resends) == (10, 1)
    assert [letter.subject for letter in mailoutbox] == ["About failed"]
    entry = AuditEntry.objects.get(object_pk=str(failed.pk), action=AuditEntry.Action.UPDATE)
    assert entry.changes == {"resends": [0, 1]}
    assert entry.actor_email == "ada@acme.example"


@pytest.mark.parametrize("state", ["sent", "queued", "sending", "cancelled"])
def test_the_others_are_left_alone_and_named(console, message, state):
    row = message(state)
    answer = resend(console, row, post="yes").content.decode()
    assert "Queued again: 0." in answer
    assert "Left alone: 1." in answer
    assert (status(row), row.resends) == (state, 0)


def test_what_may_have_arrived_is_asked_about_first(console, message):
    unknown, failed = message("unknown"), message("failed")
    form = {"action": "resend", "_selected_action": [str(unknown.pk), str(failed.pk)]}
    page = console.post(LIST, form).content.decode()
    assert "it may have arrived" in page
    assert (status(unknown), status(failed)) == ("unknown", "failed")
    resend(console, unknown, failed)
    assert (status(unknown), status(failed)) == ("queued", "queued")
    assert unknown.in_doubt_since is None


def test_it_has_all_its_tries_again(console, message):
    failed = message("failed")
    resend(console, failed)
    status(failed)
    assert failed.uncounted == failed.attempts


def test_who_only_reads_the_trail_sends_nothing(browser, message, ada):
    role = Role.objects.get(name="admin")
    failed = message("failed")
    console = browser(ada)
    Role.objects.filter(pk=role.pk).update(permissions=["admin:audit"])
    assert resend(console, failed).status_code in {200, 403}
    assert status(failed) == "failed"
