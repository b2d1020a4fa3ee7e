"""Work that is due and not done is noticed, whoever is deaf: by figure, health, and a line."""

import logging
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from tenants import overdue
from tenants.context import public_context, tenant_context
from tenants.models import DueInstant


@pytest.fixture(autouse=True)
def nothing_is_due(db):
    with public_context():
        DueInstant.objects.all().delete()


@pytest.fixture
def letter(in_acme, ada, time_machine):
    """A letter that is owed now, and that nobody sends."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    return OutgoingMessage.objects.create(
        recipient=ada, channel="email", address=ada.email, subject="Hi", text="x", kind="letter",
        dedupe_key="1", due_at=now, wake_at=now,
    )  # fmt: skip


def ready():
    answer = Client(headers={"host": "localhost"}).get("/health/ready")
    return answer.status_code, answer.json()


def test_a_minute_is_no_reason_to_worry(letter, time_machine):
    time_machine.shift(timedelta(seconds=60))
    assert overdue.late_work() == {}
    status, said = ready()
    assert (status, said["status"], said["checks"]["work"]) == (200, "ok", {"status": "ok"})


def test_what_nobody_does_degrades_the_platform_and_does_not_kill_it(letter, time_machine):
    time_machine.shift(timedelta(seconds=61))
    status, said = ready()
    assert (status, said["status"]) == (200, "degraded")
    assert said["checks"]["work"] == {"status": "late", "seconds": 61, "kinds": ["message"]}
    assert said["checks"]["database"]["status"] == "ok"


def test_a_sweep_ends_it(letter, time_machine, monkeypatch):
    time_machine.shift(timedelta(hours=1))
    assert overdue.state_of_work()["status"] == "late"
    monkeypatch.setattr("messaging.services.deliver_messages.delay_on_commit", lambda _ids: None)
    with public_context():
        sweep_due()
    assert overdue.state_of_work() == {"status": "ok"}


def test_a_line_says_so_as_an_error_and_names_no_office(letter, time_machine, caplog, acme):
    overdue.watch_work()
    assert not caplog.records
    time_machine.shift(timedelta(minutes=5))
    overdue.watch_work()
    (line,) = caplog.records
    assert (line.levelno, line.message) == (logging.ERROR, "work is due and not done")
    assert (line.kinds, line.seconds) == (["message"], 300)
    assert acme.slug not in str(line.__dict__)


def test_what_a_closed_office_owes_is_late_on_purpose(letter, time_machine, acme):
    time_machine.shift(timedelta(hours=1))
    with public_context():
        acme.is_active = False
        acme.save()
    assert overdue.late_work() == {}


def test_the_watch_looks_again_after_what_went_wrong(monkeypatch, caplog):
    looked, stop = [], Event()

    def look():
        looked.append(1)
        if len(looked) == 2:
            stop.set()
        raise RuntimeError("just now")

    monkeypatch.setattr(overdue, "LOOK_EVERY_SECONDS", 0)
    monkeypatch.setattr(overdue, "watch_work", look)
    monkeypatch.setattr(overdue.connections, "close_all", lambda: None)
    overdue.begin_watch(stop).join(timeout=60)
    assert len(looked) == 2
    assert "the watch of work failed" in caplog.text


def test_beat_watches_and_shows_that_it_lives(monkeypatch, tmp_path):
    from celery.signals import beat_init, before_task_publish

    import config.celery

    begun = []
    monkeypatch.setattr("tenants.overdue.begin_watch", begun.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    beat_init.send(sender=None)
    assert len(begun) == 1
    assert not list(tmp_path.iterdir())
    try:
        before_task_publish.send(sender="messaging.sweep")
        assert [path.name for path in tmp_path.iterdir()] == ["office-beat"]
    finally:
        before_task_publish.disconnect(config.celery.show_life)


def test_the_oldest_of_a_kind_counts(db, acme, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    with tenant_context(acme), public_context():
        for seconds in (90, 200):
            DueInstant.objects.create(
                tenant=acme,
                kind="reminder",
                object_id=uuid4(),
                due_at=now - timedelta(seconds=seconds),
            )
    assert overdue.late_work() == {"reminder": 200}
