"""Questions to a note: answered from its own words, or from its documents."""

from accounts.models import User
from documents.answers.answering import PASSAGES, Answered, answer_from, ask_documents
from documents.index.chunking import Piece, pieces_of
from documents.index.texts import passages_in
from documents.reading.sections import Section
from notes.models import Note


def ask_note(question: str, *, note: Note, by: User) -> Answered:
    """Answer from whichever is surer: the note, or those of its documents that one may read."""
    found = passages_in(
        question, pieces_of_note(note.body), title=note.title, note_id=note.pk, limit=PASSAGES
    )
    own = answer_from(question, found)
    if not note.document_ids:
        return own
    theirs = ask_documents(question, by=by, documents=note.document_ids)
    return max(own, theirs, key=lambda answered: answered.confidence)


def pieces_of_note(body: str) -> list[Piece]:
    """Return the passages of a note: some lines together, which in minutes are turns."""
    lines = [" ".join(line.split()) for line in body.splitlines()]
    return pieces_of([Section([line for line in lines if line])])
