"""Whoever gets a message reads it in their own language, whoever had it sent."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import User
from accounts.notices import write_to
from accounts.services import tell_of_new_password
from calendar_app.services import NewEvent, create_event
from messaging.digests import Line, Section, _owed
from messaging.models import OutgoingMessage
from tasks.models import Reminder, Task
from tasks.reminders import _owed as owed_reminder


@pytest.fixture
def in_german(in_acme, eve) -> User:
    User.objects.filter(pk=eve.pk).update(locale="de")
    eve.locale = "de"
    return eve


def test_a_reminder_and_a_digest_are_german_while_english_is_spoken(in_german, max_):
    due = timezone.now() + timedelta(days=1)
    task = Task.objects.create(title="Call", creator=max_, assignee=in_german, due_date=due)
    reminder = Reminder.objects.create(task=task, at=due)
    reminder.refresh_from_db()  # a trigger says when it is due
    owed = owed_reminder(reminder, in_german)
    assert owed.subject == "Erinnerung: Call"
    assert "dies ist eine Erinnerung:" in owed.text
    assert '<html lang="de">' in owed.html
    assert "Reminder" not in owed.brief
    section = Section("Overdue", [Line("Call", due, "/tasks/1")])
    assert _owed(in_german, due, [section]).subject.startswith("Ihr Tag:")
    assert translation.get_language() == "en"


def test_a_reminder_is_english_while_german_is_spoken(in_acme, max_):
    task = Task.objects.create(title="Call", creator=max_, assignee=max_)
    reminder = Reminder.objects.create(task=task, at=timezone.now() + timedelta(days=1))
    reminder.refresh_from_db()
    with translation.override("de"):
        owed = owed_reminder(reminder, max_)
    assert owed.subject == "Reminder: Call"
    assert '<html lang="en">' in owed.html


def test_an_invitation_and_a_letter_of_the_account_are_in_the_language_of_who_gets_them(
    in_german, max_
):
    create_event(
        new=NewEvent(
            title="Plants",
            start=timezone.now(),
            attendees=[{"user_id": in_german.pk}],
            send_invitations=True,
        ),
        by=max_,
    )
    tell_of_new_password(in_german)
    mine = OutgoingMessage.objects.filter(recipient=in_german)
    subjects = sorted(mine.values_list("subject", flat=True))
    assert subjects[0].startswith("Einladung: Plants")
    assert subjects[1] == "Ihr Passwort wurde geändert"
    assert all("Guten Tag" in text for text in mine.values_list("text", flat=True))
    write_to(max_, "password_changed", "Hello", ("One",))
    assert "Hello Max Manager" in OutgoingMessage.objects.get(recipient=max_).text
