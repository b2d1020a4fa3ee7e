"""Notes by a message to the office: written down, taken back."""

import pytest

from accounts.models import Role
from assistant.models import Action
from notes.models import Note
from notes.services import update_note

TEXT = "note: the printer is broken, ask for Ümit at +49 30 1234"


@pytest.fixture
def say(api, ada):
    def call(message, *, by=ada):
        answer = api(by).post("/api/v1/assistant/chat", {"message": message})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return call


def undo(client, token):
    return client.post("/api/v1/assistant/undo", {"undo_token": token})


def test_a_note_is_kept_in_the_words_in_which_it_was_said(say, ada):
    answer = say(TEXT)
    note = Note.objects.get()
    assert note.title.startswith("The printer is broken")
    assert (note.body, note.author, note.visibility, note.source) == (TEXT, ada, "private", "api")
    [action] = answer["actions"]
    assert action == {
        "type": "create_note",
        "id": str(note.pk),
        "status": "done",
        "undo_token": action["undo_token"],
    }
    assert answer["reply"] == f"“{note.title}” is noted."


def test_a_note_is_taken_back_once(say, api, ada):
    token = say(TEXT)["actions"][0]["undo_token"]
    assert undo(api(ada), token).status_code == 200
    assert not Note.objects.exists()
    assert undo(api(ada), token).status_code == 409


def test_undo_takes_the_last_thing_back_whatever_it_is(say):
    say(TEXT)
    assert say("undo")["reply"].startswith("Undone: “The printer is broken")
    assert not Note.objects.exists()


def test_what_was_written_into_the_note_since_is_not_lost(say, api, ada):
    token = say(TEXT)["actions"][0]["undo_token"]
    update_note(note=Note.objects.get(), changes={"body": "It is repaired."}, by=ada)
    answer = undo(api(ada), token)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "changed_meanwhile")
    assert Note.objects.get().body == "It is repaired."


def test_who_may_not_write_notes_is_refused(say, eve):
    Role.objects.filter(name="employee").update(permissions=["task:read", "task:create"])
    assert say(TEXT, by=eve)["reply"] == "You may not write notes."
    assert not Note.objects.exists()
    assert not Action.objects.exists()


def test_who_may_not_write_notes_any_more_takes_none_back(say, api, eve):
    token = say(TEXT, by=eve)["actions"][0]["undo_token"]
    Role.objects.filter(name="employee").update(permissions=["task:read", "task:create"])
    assert undo(api(eve), token).status_code == 403
    assert Note.objects.exists()
