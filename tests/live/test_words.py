"""What is said of a write: a word on the office's own channel, after the commit, for nothing."""

import time

import pytest
from django.db import connections, transaction
from django.utils import timezone
from redis import Redis

from notes.background import summarize_waiting
from notes.services import NewNote, create_note
from tasks.models import Task
from tenants import live
from tenants.cache import outage, tenant_cache
from tenants.context import tenant_context, tenant_transaction


@pytest.fixture
def heard(committed, settings):
    """Listen to everything that is said; `heard()` gives what came since it was asked last."""
    store = Redis.from_url(settings.CACHES["default"]["LOCATION"])
    with store.pubsub() as line:
        line.psubscribe(live.pattern())
        assert line.get_message(timeout=5)["type"] == "psubscribe"

        def take() -> list[tuple[str, str]]:
            found, message = [], line.get_message(timeout=0.3)
            while message:
                found.append((message["channel"].decode(), message["data"].decode()))
                message = line.get_message(timeout=0.1)
            return [word for word in found if str(committed.pk) in word[0]]

        yield take
    store.close()


def test_a_word_is_said_once_after_the_commit(committed, eve, heard):
    heard()
    with tenant_transaction(committed):
        for title in ("Water", "Feed", "Cut"):
            Task.objects.create(title=title, creator=eve)
        assert heard() == []
        channel = live.channel()
    assert heard() == [(channel, "tasks")]
    assert str(committed.pk) in channel


def test_bulk_writes_and_deletions_are_told_too(committed, eve, heard):
    with tenant_transaction(committed):
        task = Task.objects.create(title="Water", creator=eve)
    heard()
    with tenant_transaction(committed):
        Task.objects.update(title="Feed")
    assert [word for _channel, word in heard()] == ["tasks"]
    with tenant_transaction(committed):
        task.delete()
    assert [word for _channel, word in heard()] == ["tasks"]


def test_what_was_taken_back_is_not_told(committed, eve, heard):
    heard()
    with tenant_transaction(committed):
        Task.objects.create(title="Water", creator=eve)
        transaction.set_rollback(True)
    assert heard() == []


def test_a_word_survives_the_end_of_an_inner_attempt(committed, eve, heard):
    heard()
    with tenant_transaction(committed):
        with transaction.atomic():
            Task.objects.create(title="Water", creator=eve)
            transaction.set_rollback(True)
        Task.objects.create(title="Feed", creator=eve)
    assert [word for _channel, word in heard()] == ["tasks"]


def test_telling_costs_no_statement(committed, django_assert_num_queries):
    with tenant_transaction(committed), django_assert_num_queries(0):
        live.tell("tasks")
        connections[committed.db_alias].run_on_commit.clear()


def test_a_store_that_is_away_fails_no_write(committed, eve, settings, monkeypatch):
    caches = {
        alias: {**options, "LOCATION": "redis://127.0.0.1:1/0"}
        for alias, options in settings.CACHES.items()
    }
    settings.CACHES = caches
    monkeypatch.setattr(outage, "ask_again_at", None)
    begun = time.perf_counter()
    with tenant_transaction(committed):
        Task.objects.create(title="Water", creator=eve)
    assert time.perf_counter() - begun < 2
    with tenant_context(committed):
        assert tenant_cache.get("x") is None
    with tenant_transaction(committed):
        assert Task.objects.count() == 1
    monkeypatch.setattr(outage, "ask_again_at", None)


def test_how_far_a_job_is_is_told_at_each_step(committed, eve, heard):
    with tenant_transaction(committed):
        note = create_note(new=NewNote(title="Minutes", body="Ada: We move in May.\n" * 9), by=eve)
        note.summary_status, note.summary_wake_at = "processing", timezone.now()
        note.save()
    heard()
    with tenant_context(committed):
        summarize_waiting(note.pk)
    words = [word for _channel, word in heard()]
    assert len(words) > 2
    assert {*words} == {"notes"}
