"""Questions to a note: answered from its own words, or from its documents."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from documents.answers.answering import PASSAGES, Answered, Looked, look_at, look_up
from documents.answers.writing import in_words_of_a_model
from documents.index.chunking import Piece, pieces_of
from documents.index.spaces import Meaning, meaning_outside
from documents.index.texts import passages_in
from documents.reading.sections import Section
from notes.models import Note
from tenants.context import atomic


def ask_note(question: str, *, note_id: UUID, by: User) -> Answered:
    """Answer from whichever is surer: the note, or those of its documents that one may read.

    Not inside a transaction, since a language model may be asked. Raises Http404 for a note that
    the asker may not read.
    """
    with atomic():
        note = get_object_or_404(Note.objects.visible_to(by), pk=note_id)
    meaning = meaning_outside(question) if note.document_ids else None
    with atomic():
        looked = _look(question, note, by, meaning)
    return in_words_of_a_model(looked)


def _look(question: str, note: Note, by: User, meaning: Meaning | None) -> Looked:
    pieces = pieces_of_note(note.body)
    found = passages_in(question, pieces, title=note.title, note_id=note.pk, limit=PASSAGES)
    own = look_at(question, found)
    if not note.document_ids:
        return own
    theirs = look_up(question, by=by, documents=note.document_ids, meaning=meaning)
    return max(own, theirs, key=lambda looked: looked.answered.confidence)


def pieces_of_note(body: str) -> list[Piece]:
    """Return the passages of a note: some lines together, which in minutes are turns."""
    lines = [" ".join(line.split()) for line in body.splitlines()]
    return pieces_of([Section([line for line in lines if line])])
