"""Notes in a conversation: written down, and taken back."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission
from assistant.actions import record_creation
from assistant.chat import Answer, Message, handles, shown
from assistant.kinds import Kind, State, register_kind
from common.errors import RefusedError
from notes.models import Note
from notes.services import NewNote, create_note, delete_note

KIND = "note"
# What says whether a note is still the one that was written down.
FIELDS = ("title", "body", "kind", "tags", "visibility", "version", "summarized_version")
IDS = ("attendee_ids", "document_ids")


@handles("create_note")
def write_note(message: Message) -> Answer:
    """Keep what was said as a note of the speaker's own, in the words in which it was said."""
    if not message.by.may(Permission.NOTE_CREATE):
        raise RefusedError("You may not write notes.")
    new = NewNote(title=message.draft.title, body=message.text, source=message.source)
    note = create_note(new=new, by=message.by)
    action = record_creation(
        thing=note, kind=KIND, by=message.by, conversation=message.conversation
    )
    return Answer(f"“{note.title}” is noted.", (shown(action),))


def _rows(by: User | None) -> QuerySet[Any]:
    return Note.objects.visible_to(by) if by else Note.objects.all()


def _state(note_id: UUID) -> State | None:
    note = Note.objects.filter(pk=note_id).first()
    if note is None:
        return None
    ids = {name: [str(each) for each in getattr(note, name)] for name in IDS}
    return {**{name: getattr(note, name) for name in FIELDS}, **ids}


def _delete(note: Note, by: User) -> None:
    delete_note(note=note, by=by)


register_kind(
    KIND,
    Kind(plural="notes", create=Permission.NOTE_CREATE, rows=_rows, state=_state, delete=_delete),
)
