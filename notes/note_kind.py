"""Notes as undo knows them: a change is taken back by saying again what was said before."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from assistant.kinds import Change, Changing, Kind, State
from common.plain import plain_rows, row_of
from notes.models import Note, NoteVersion
from notes.services import LINKS, TEXT, delete_note, update_note

KIND = "note"
# Also what says whether it still is the one that was written down.
FIELDS = (
    *("version", "kind", "tags", "visibility", "held_at", "attendee_ids"),
    *("document_ids", "task_ids", "event_ids", "summarized_version"),
)
# What an undo puts back; the text comes from the versions.
PUT_BACK = ("kind", "tags", "visibility", "held_at", "attendee_ids", *LINKS)


def _rows(by: User | None) -> QuerySet[Any]:
    return Note.objects.visible_to(by) if by else Note.objects.all()


def _state(note_id: UUID) -> State | None:
    found = plain_rows(Note.objects.filter(pk=note_id))
    return {name: found[0]["fields"][name] for name in FIELDS} if found else None


def _delete(note: Note, by: User) -> None:
    delete_note(note=note, by=by)


def _put_back(note: Note, before: State, after: State, by: User) -> None:
    kept = row_of({"model": "notes.note", "pk": str(note.pk), "fields": before})
    moved = [name for name in PUT_BACK if before[name] != after[name]]
    changes = {name: getattr(kept, name) for name in moved}
    if before["version"] != after["version"]:
        text = NoteVersion.objects.get(note=note, number=before["version"])
        changes |= {name: getattr(text, name) for name in TEXT}
    update_note(note=note, changes=changes, by=by)


def _never(_change: Change, _thing: Any, _by: User) -> Any:
    raise LookupError("no sentence changes a note")


NOTES = Kind(
    plural=_lazy("notes"),
    create=Permission.NOTE_CREATE,
    rows=_rows,
    state=_state,
    delete=_delete,
    changing=Changing(
        check=_never, waits=_never, do=_never, update=Permission.NOTE_UPDATE, put_back=_put_back
    ),
)
