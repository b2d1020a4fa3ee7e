"""Canaries in notes and documents."""

from typing import Any

from accounts.models import User
from documents.index.chunking import Piece
from documents.indexing import replace_index
from documents.models import Chunk, Document, Revision, SignOff
from documents.services import create_document
from notes.models import Note
from notes.services import NewNote, create_note
from tenants.uploads import Upload
from tests.isolation.canaries import CANARY


def plant_a_note(mia: User) -> Note:
    note = create_note(
        new=NewNote(
            title=f"{CANARY} note",
            body=f"{CANARY} body",
            tags=[f"{CANARY} tag"],
            attendee_ids=[mia.pk],
            source=CANARY,
        ),
        by=mia,
    )
    Note.objects.filter(pk=note.pk).update(
        summary=f"{CANARY} summary",
        action_items=[_action_item(mia)],
        key_topics=[f"{CANARY} topic"],
        key_points=[
            {
                "text": f"{CANARY} point",
                "evidence": f"{CANARY} words",
                "start": 0,
                "speaker": f"{CANARY} speaker",
                "section": f"{CANARY} section",
            }
        ],
        sentiment="neutral",
    )
    return note


def _action_item(mia: User) -> dict[str, Any]:
    return {
        "task": f"{CANARY} item",
        "assignee": f"{CANARY} name",
        "assignee_id": str(mia.pk),
        "due_date": None,
        "evidence": f"{CANARY} evidence",
        "start": 0,
        "confidence": 1,
        "task_id": None,
    }


def plant_a_document(mia: User) -> tuple[Document, Revision]:
    """Write a document whose every word is a canary, as if it had been read."""
    upload = Upload(f"{CANARY}.md", [f"# {CANARY} heading\n\n{CANARY} text".encode()])
    document = create_document(
        upload=upload, by=mia, title=f"{CANARY} document", visibility="office"
    )
    revision = document.revisions.get()
    pieces = [Piece(f"{CANARY} text says what it says.", page=1, heading=f"{CANARY} heading")]
    replace_index(revision.pk, pieces, pages=1)
    Revision.objects.filter(pk=revision.pk).update(reason=f"{CANARY} reason")
    Document.objects.filter(pk=document.pk).update(reason=f"{CANARY} reason")
    Chunk.objects.filter(revision=revision).update(model=f"{CANARY} model", vector=CANARY.encode())
    SignOff.objects.create(revision=revision, person=mia)
    return document, revision
