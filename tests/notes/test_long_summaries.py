"""Summaries of long notes: made by a job that tells how far it is, and that may be killed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notes import background, summaries
from notes.background import LEASE, MOST_ATTEMPTS, summarize_waiting
from notes.models import Note
from notes.services import NewNote, create_note
from notes.summarizing import LONGEST_AT_ONCE, wake_summaries
from tenants.context import public_context
from tenants.models import DueInstant

TURN = "Ada: The budget of project {0} is {0} thousand euros, and it has to cover the furniture.\n"
BODY = "".join(TURN.format(number) for number in range(1, 900)) + "TODO: call the landlord\n"


@pytest.fixture
def transcript(eve):
    assert len(BODY) > LONGEST_AT_ONCE
    return create_note(new=NewNote(title="Long meeting", body=BODY, kind="meeting"), by=eve)


@pytest.fixture
def asked(api, eve, transcript):
    answer = api(eve).post(f"/api/v1/notes/{transcript.pk}/summarize", {"length": "short"})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["progress"], told["summary"]) == ("processing", 0, "")
    return transcript


def shown(client, note):
    return client.get(f"/api/v1/notes/{note.pk}").json()


def due():
    with public_context():
        return DueInstant.objects.filter(kind="note_summary").count()


def test_a_job_makes_the_summary_and_tells_how_far_it_is(asked, api, eve, monkeypatch):
    assert due() == 1
    heard = []
    monkeypatch.setattr(background, "_tell", lambda _id, percent: heard.append(percent))
    summarize_waiting(asked.pk)
    assert heard[0] == 0
    assert heard == sorted(heard)
    assert len(set(heard)) > 2
    told = shown(api(eve), asked)
    assert (told["summary_status"], told["summary_progress"], due()) == ("ready", 100, 0)
    assert told["summary_length"] == "short"
    assert [item["task"] for item in told["action_items"]] == ["Call the landlord"]
    for point in told["key_points"]:
        assert BODY[point["start"] :].startswith(point["evidence"])
        assert point["speaker"] == "Ada"


def test_progress_shows_to_whoever_reads_the_note(asked, api, eve, monkeypatch):
    seen = []
    tone_of = summaries.tone_of
    monkeypatch.setattr(
        summaries, "tone_of", lambda body: seen.append(shown(api(eve), asked)) or tone_of(body)
    )
    summarize_waiting(asked.pk)
    assert [(told["summary_status"], told["summary_progress"]) for told in seen] == [
        ("processing", 40)
    ]


def test_a_job_that_was_killed_is_taken_over_and_given_up_in_the_end(asked, api, eve, monkeypatch):
    def killed(*_given):
        raise SystemExit

    monkeypatch.setattr(summaries, "topics_of", killed)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with pytest.raises(SystemExit):
            summarize_waiting(asked.pk)
        assert Note.objects.get(pk=asked.pk).summary_attempts == attempt
        assert due() == 1
    summarize_waiting(asked.pk)
    assert (shown(api(eve), asked)["summary_status"], due()) == ("failed", 0)
    monkeypatch.undo()
    again = api(eve).post(f"/api/v1/notes/{asked.pk}/summarize")
    assert (again.status_code, again.json()["status"]) == (202, "processing")
    summarize_waiting(asked.pk)
    assert shown(api(eve), asked)["summary_status"] == "ready"


def test_the_sweep_queues_what_is_left_over(asked, monkeypatch):
    queued = []
    monkeypatch.setattr("notes.summarizing.queued.delay_on_commit", queued.append)
    wake_summaries([asked.pk], timezone.now())
    assert queued == []
    wake_summaries([asked.pk], timezone.now() + LEASE)
    assert queued == [str(asked.pk)]


def test_asking_twice_makes_it_once(asked, api, eve):
    again = api(eve).post(f"/api/v1/notes/{asked.pk}/summarize")
    assert again.status_code == 202
    assert again.json()["length"] == "short"
    summarize_waiting(asked.pk)
    note = Note.objects.get(pk=asked.pk)
    summarize_waiting(asked.pk)
    assert Note.objects.get(pk=asked.pk).updated_at == note.updated_at


def test_a_text_that_changes_meanwhile_is_not_overwritten(asked, api, eve, monkeypatch):
    """Nobody waits for a lock while a summary is made; it is old then, and says so."""
    tone_of = summaries.tone_of

    def changed(body):
        answer = api(eve).patch(f"/api/v1/notes/{asked.pk}", {"title": "Another title"})
        assert answer.status_code == 200
        return tone_of(body)

    monkeypatch.setattr(summaries, "tone_of", changed)
    summarize_waiting(asked.pk)
    told = shown(api(eve), asked)
    assert (told["title"], told["summary_is_old"]) == ("Another title", True)
    assert told["summary"]


def test_a_note_that_is_deleted_meanwhile_is_nobodys_trouble(asked, monkeypatch):
    monkeypatch.setattr(
        summaries, "tone_of", lambda _body: str(Note.objects.filter(pk=asked.pk).delete()) and ""
    )
    summarize_waiting(asked.pk)
    assert not Note.objects.filter(pk=asked.pk).exists()
    assert due() == 0


def test_a_lease_is_longer_than_a_sign_of_life_takes():
    assert timedelta(seconds=60) < LEASE
