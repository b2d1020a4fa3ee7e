"""Reading a file and indexing it, step by step: whatever is killed, the next one goes on there.

First its words, so that it is found within seconds; then its vectors, some chunks at a time.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from assistant.llm.endpoints import EmbeddingProfile
from assistant.llm.errors import EndpointDownError, NoUseError
from common.origin import current_origin
from documents import storage
from documents.index.chunking import Piece, pieces_of
from documents.index.embedding import Vectors, embedder, packed
from documents.index.lexical import drop_chunks, write_chunks
from documents.index.spaces import CHUNKS_WAIT, profile_anew, space_of, vectors_outside
from documents.models import Chunk, Document, Revision, Status
from documents.reading.reader import read_file
from documents.reading.sections import UnreadableError
from tenants.context import atomic
from tenants.stores import StoreAwayError

logger = logging.getLogger(__name__)

# Longer than a file is read, and than a batch of chunks takes.
LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 3
BATCH, BATCH_OUTSIDE = 8, 16
# How long one waits whose file cannot be fetched, whose endpoint is out of order, and who has no
# more budget or gets answers of no use. A change of the settings wakes all of them at once.
PAUSE, OUTAGE, USELESS = timedelta(seconds=60), timedelta(minutes=5), timedelta(hours=1)
MISSING = "The file is missing."
GAVE_UP = "This file could not be read, though it was tried several times."


def read_revision(revision_id: UUID) -> None:
    """Do what is left to do for a revision. Harmless when run twice."""
    revision = _claim(revision_id)
    if revision is None:
        return
    current_origin().source = "job"
    if revision.status == Status.PROCESSING and not _index(revision):
        return
    embed_all(revision_id, turn=revision.attempts)


def _claim(revision_id: UUID) -> Revision | None:
    """Take a turn at it; None while somebody else has one, or when nothing is left to do."""
    with atomic():
        rows = Revision.objects.select_for_update(skip_locked=True, of=("self",))
        free = Q(leased_until=None) | Q(leased_until__lte=timezone.now())
        revision: Revision | None = rows.filter(free, pk=revision_id, wake_at__isnull=False).first()
        if revision is None:
            return None
        if revision.attempts >= MOST_ATTEMPTS and revision.status == Status.PROCESSING:
            _fail(revision, GAVE_UP)
            return None
        until = timezone.now() + LEASE
        revision.change(attempts=revision.attempts + 1, wake_at=until, leased_until=until)
    return revision


def _index(revision: Revision) -> bool:
    """Read the file and make it found; False where it cannot be read."""
    try:
        with storage.opened(revision.pk) as file:
            sections = read_file(file, revision.format)
    except StoreAwayError as error:
        _postpone(revision, error.sentence)
        return False
    except (UnreadableError, FileNotFoundError) as error:
        _refuse(revision, MISSING if isinstance(error, FileNotFoundError) else str(error))
        return False
    pages = [section.page for section in sections if section.page]
    with atomic():
        replace_index(revision.pk, pieces_of(sections), pages=max(pages, default=None))
    return True


def replace_index(revision_id: UUID, pieces: list[Piece], *, pages: int | None) -> None:
    """Make a revision the one that is found, in place of the one before; in a transaction."""
    revision = Revision.objects.select_for_update().filter(pk=revision_id).first()
    if revision is None or revision.status == Status.READY:
        return
    document = Document.objects.select_for_update().get(pk=revision.document_id)
    if revision.number < document.revision:
        # A newer one was quicker.
        revision.change(status=Status.READY, pages=pages, wake_at=None, leased_until=None)
        return
    older = Revision.objects.filter(document=document).exclude(pk=revision_id)
    drop_chunks(older.values_list("pk", flat=True))
    older.update(chunks=0, terms=0, embedded=0)
    terms = write_chunks(revision, pieces)
    revision.change(
        status=Status.READY, reason="", pages=pages, chunks=len(pieces), terms=terms,
        steps=revision.steps + 1,
    )  # fmt: skip
    document.revision = revision.number
    if document.newest == revision.number:
        document.status, document.reason = Status.READY, ""
    document.save()


def embed_all(revision_id: UUID, *, turn: int = 0) -> None:
    """Give the chunks of a revision the vectors of the model in use, some at a time.

    Not inside a transaction. It ends when nothing is left to do, or when the turn, an attempt's
    number, is somebody else's.
    """
    while _embed(revision_id, turn):
        pass


def _embed(revision_id: UUID, turn: int) -> bool:
    """Give some chunks their vectors; False when there is nothing left to do here."""
    profile = profile_anew()
    space, most = space_of(profile), BATCH if profile is None else BATCH_OUTSIDE
    with atomic():
        chunks = Chunk.objects.filter(revision=revision_id)
        waiting = list(chunks.exclude(**space._asdict()).order_by("position")[:most])
    texts = [f"{row.heading}\n{row.text}".strip() for row in waiting]
    # Outside of every transaction: it takes seconds.
    try:
        vectors = list(_vectors(texts, profile))
    except NoUseError as error:
        _wait_for_model(revision_id, turn, error)
        return False
    with atomic():
        # Whose turn it was may have changed meanwhile: then these are that one's to write.
        mine = Revision.objects.select_for_update().filter(pk=revision_id, attempts=turn)
        revision = mine.first()
        if revision is None:
            return False
        for row, vector in zip(waiting, vectors, strict=False):
            row.vector, (row.model, row.size) = packed(vector), space
        done = Chunk.objects.bulk_update(waiting, ["vector", "model", "size"]) if vectors else 0
        goes_on = done == len(waiting) == most
        until = timezone.now() + LEASE if goes_on else None
        revision.change(
            embedded=chunks.filter(**space._asdict()).count(),
            steps=revision.steps + (not goes_on),
            wake_at=until,
            leased_until=until,
        )
    return goes_on


def _vectors(texts: Sequence[str], profile: EmbeddingProfile | None) -> Iterable[Vectors]:
    """Return the vectors of these texts; none where there is no model. Raises NoUseError."""
    if not texts:
        return []
    if profile is not None:
        return vectors_outside(texts, profile, CHUNKS_WAIT)
    model = embedder()
    return model.vectors(texts) if model else []


def _wait_for_model(revision_id: UUID, turn: int, error: NoUseError) -> None:
    """Give the turn back until the model may be of use again; words find it meanwhile."""
    is_outage = isinstance(error, EndpointDownError) or error.reason == "breaker_open"
    with atomic():
        rows = Revision.objects.select_for_update()
        mine = rows.filter(pk=revision_id, attempts=turn).first()
        if mine is not None:
            wake_at = timezone.now() + (OUTAGE if is_outage else USELESS)
            mine.change(attempts=turn - 1, wake_at=wake_at, leased_until=None)


def _refuse(revision: Revision, reason: str) -> None:
    """Keep why it could not be read, and not the file."""
    try:
        storage.remove([revision.pk])
    except StoreAwayError as error:
        _postpone(revision, error.sentence)
        return
    with atomic():
        _fail(revision, reason)


def _postpone(revision: Revision, reason: str) -> None:
    """Give the turn back and say why; what is not the file's fault is no attempt."""
    logger.warning("document waits for the store", extra={"revision": str(revision.pk)})
    with atomic():
        rows = Revision.objects.select_for_update()
        mine = rows.filter(pk=revision.pk, attempts=revision.attempts).first()
        if mine is None:
            return
        mine.change(
            attempts=mine.attempts - 1,
            reason=reason,
            wake_at=timezone.now() + PAUSE,
            leased_until=None,
        )
        document = Document.objects.select_for_update().get(pk=mine.document_id)
        if document.newest == mine.number:
            document.reason = reason
            document.save()


def remove_leftovers(revision_ids: list[UUID]) -> None:
    """Remove the files of revisions that are gone; those that are there keep theirs."""
    with atomic():
        there = set(Revision.objects.filter(pk__in=revision_ids).values_list("pk", flat=True))
    storage.remove(set(revision_ids) - there)


def _fail(revision: Revision, reason: str) -> None:
    logger.info("document not read", extra={"revision": str(revision.pk)})
    revision.change(status=Status.FAILED, reason=reason[:300], wake_at=None, leased_until=None)
    document = Document.objects.select_for_update().filter(pk=revision.document_id).first()
    if document is not None and document.newest == revision.number:
        document.status, document.reason = Status.FAILED, reason[:300]
        document.save()
