"""Everything that changes notes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import unified_diff
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from calendar_app.models import Event
from common.errors import InvalidError, MissingError, RefusedError
from documents.models import Document
from notes.models import Kind, Note, NoteVersion, Visibility
from tasks.models import Task
from tenants.context import atomic

# What a version keeps; changing anything else makes none.
TEXT = ("title", "body")
# The columns of ids, which of those that they lead to a person may read, and what that is called.
LINKS: Mapping[str, tuple[Any, str]] = {
    "document_ids": (Document.objects.visible_to, "document"),
    "task_ids": (Task.objects.visible_to, "task"),
    "event_ids": (Event.objects.open_to, "event"),
}


@dataclass(slots=True)
class NewNote:
    """What a new note is made of; ids are looked up and checked by `create_note`."""

    title: str
    body: str = ""
    kind: str = Kind.NOTE
    tags: list[str] = field(default_factory=list)
    visibility: str = Visibility.PRIVATE
    attendee_ids: list[UUID] = field(default_factory=list)
    document_ids: list[UUID] = field(default_factory=list)
    task_ids: list[UUID] = field(default_factory=list)
    event_ids: list[UUID] = field(default_factory=list)
    held_at: datetime | None = None
    source: str = "api"


@atomic()
def create_note(*, new: NewNote, by: User) -> Note:
    """Store a note with its first version. Raises InvalidError naming the field."""
    note = Note(author=by, source=new.source)
    values = {name: getattr(new, name) for name in NewNote.__slots__ if name != "source"}
    _apply(note, values, by)
    note.save(force_insert=True)
    _keep(note, by)
    return note


@atomic()
def update_note(*, note: Note, changes: Mapping[str, Any], by: User) -> Note:
    """Change the given fields of a note that the caller has locked; a new text is a version.

    Raises RefusedError for somebody else's note, and InvalidError naming the field.
    """
    _require_change(note, by)
    before = [getattr(note, name) for name in TEXT]
    _apply(note, changes, by)
    is_new = [getattr(note, name) for name in TEXT] != before
    note.version += is_new
    note.save()
    if is_new:
        _keep(note, by)
    return note


@atomic()
def delete_note(*, note: Note, by: User) -> None:
    """Delete the note with all its versions. Raises RefusedError for somebody else's."""
    _require_change(note, by)
    note.delete()


def restore_version(*, note: Note, version_id: UUID, by: User) -> Note:
    """Give the note the text that it had once, as a new version. Raises MissingError."""
    found = NoteVersion.objects.filter(note=note, pk=version_id).first()
    if found is None:
        raise MissingError(_("There is no such version."))
    return update_note(note=note, changes={name: getattr(found, name) for name in TEXT}, by=by)


def changes_in(version: NoteVersion) -> str:
    """Return what a version changed, as a unified diff; all of it for the first."""
    before = NoteVersion.objects.filter(note=version.note_id, number=version.number - 1).first()
    old = f"# {before.title}\n\n{before.body}" if before else ""
    new = f"# {version.title}\n\n{version.body}"
    lines = unified_diff(
        old.splitlines(),
        new.splitlines(),
        f"version {version.number - 1}",
        f"version {version.number}",
        lineterm="",
    )
    return "\n".join(lines)


def _require_change(note: Note, by: User) -> None:
    if not Note.objects.changeable_by(by).filter(pk=note.pk).exists():
        raise RefusedError(_("Only its author may change this note."))


def _keep(note: Note, by: User) -> None:
    values = {name: getattr(note, name) for name in TEXT}
    NoteVersion.objects.create(note=note, number=note.version, author=by, **values)


def _apply(note: Note, changes: Mapping[str, Any], by: User) -> None:
    if "attendee_ids" in changes:
        _require_people(changes["attendee_ids"])
    linked = {name: _linked(note, name, changes[name], by) for name in LINKS if name in changes}
    changes = {**changes, **linked}
    for name, value in changes.items():
        setattr(note, name, list(dict.fromkeys(value)) if isinstance(value, list) else value)


def _linked(note: Note, column: str, wanted: Sequence[UUID], by: User) -> list[UUID]:
    """Return what a note is linked with then: what `by` may not read stays, unnamed."""
    readable_by, what = LINKS[column]
    before = getattr(note, column)
    asked = {*wanted, *before}
    readable = readable_by(by).filter(pk__in=asked)
    seen: set[UUID] = set(readable.values_list("pk", flat=True)) if asked else set()
    if not seen.issuperset(wanted):
        sentence = _("There is no such {what} that you can read.").format(what=what)
        raise InvalidError(sentence, code=f"unknown_{what}", attr=column)
    return [*wanted, *(pk for pk in before if pk not in seen)]


def _require_people(ids: Collection[UUID]) -> None:
    known = set(User.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if set(ids) - known:
        raise InvalidError(_("There is no such person."), code="unknown_user", attr="attendee_ids")
