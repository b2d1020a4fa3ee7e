"""Finding the passages that may answer a question, among the documents that one may read."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from documents.index.embedding import Vectors, embedder
from documents.index.lexical import (
    Scope,
    Words,
    best_by_words,
    most_by_words,
    words_of_question,
)
from documents.index.matrices import cosines_of, matrix_of
from documents.models import Chunk, Document, Revision

# Of each kind; then what is best in both together, by a weighted sum of shares of the best.
CANDIDATES = 100
BY_MEANING, BY_WORDS = 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with what speaks for it; `cosine` where there are vectors."""

    chunk: int
    text: str
    heading: str
    page: int | None
    # Of a document; a note has one of its own.
    document_id: UUID | None
    document: str
    revision: int
    score: float
    bm25: float
    cosine: float | None
    note_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the best first, and the question as the index sees it."""

    passages: list[Passage]
    words: Words
    # The score that a passage with all words of the question does not reach.
    most_bm25: float
    best_bm25: float
    has_vectors: bool


def passages_for(
    question: str,
    *,
    by: User,
    limit: int,
    documents: Collection[UUID] | None = None,
    vector: Vectors | None = None,
) -> Found:
    """Return the passages that fit the question best, out of what the asker may read.

    `documents` narrows that down; `vector` is the question's where it is known already. Call it
    inside a transaction of the tenant.
    """
    everything = _indexed()
    readable = _readable(by, documents)
    rows = [row for row in everything if row[0] in readable]
    scope = Scope(
        [row[0] for row in rows], sum(row[1] for row in rows), sum(row[2] for row in rows)
    )
    words = words_of_question(question, scope)
    by_words = best_by_words(words, scope, CANDIDATES)
    by_meaning = _by_meaning(question, vector, everything, readable, list(by_words))
    scores = _together(by_words, by_meaning)
    best = sorted(scores, key=lambda chunk: (-scores[chunk], chunk))[:limit]
    return Found(
        passages=_passages(best, scores, by_words, by_meaning),
        words=words,
        most_bm25=most_by_words(words),
        best_bm25=max(by_words.values(), default=0.0),
        has_vectors=bool(by_meaning),
    )


def _indexed() -> list[tuple[UUID, int, int, int, int]]:
    """Return each indexed revision with the sizes and the state of its index."""
    rows = Revision.objects.filter(chunks__gt=0).order_by("id")
    return list(rows.values_list("pk", "chunks", "terms", "embedded", "steps"))


def _readable(by: User, documents: Collection[UUID] | None) -> set[UUID]:
    seen = Document.objects.visible_to(by)
    if documents is not None:
        seen = seen.filter(pk__in=list(documents))
    rows = Revision.objects.filter(chunks__gt=0, document__in=seen.order_by().values("pk"))
    return set(rows.order_by().values_list("pk", flat=True))


def _by_meaning(
    question: str,
    vector: Vectors | None,
    everything: list[tuple[UUID, int, int, int, int]],
    readable: set[UUID],
    by_words: list[int],
) -> dict[int, float]:
    model = embedder() if any(row[3] for row in everything if row[0] in readable) else None
    if model is None:
        return {}
    if vector is None:
        vector = model.vectors([question])[0]
    revisions = [row[0] for row in everything]
    matrix = matrix_of(revisions, hash(tuple((row[0], row[4]) for row in everything)))
    if matrix is None:
        return cosines_of(vector, by_words)
    numbers = {number for number, revision in enumerate(revisions) if revision in readable}
    return matrix.best(vector, numbers, CANDIDATES, by_words)


def _together(by_words: dict[int, float], by_meaning: dict[int, float]) -> dict[int, float]:
    most_words = max(by_words.values(), default=0.0) or 1.0
    most_meaning = max(max(by_meaning.values(), default=0.0), 1e-6)
    weight = BY_WORDS if by_meaning else 1.0
    return {
        chunk: weight * by_words.get(chunk, 0.0) / most_words
        + BY_MEANING * max(by_meaning.get(chunk, 0.0), 0.0) / most_meaning
        for chunk in {*by_words, *by_meaning}
    }


def _passages(
    best: list[int],
    scores: dict[int, float],
    by_words: dict[int, float],
    by_meaning: dict[int, float],
) -> list[Passage]:
    rows = Chunk.objects.filter(pk__in=best).select_related("revision__document")
    chunks = {row.pk: row for row in rows}
    return [
        Passage(
            chunk=pk,
            text=chunks[pk].text,
            heading=chunks[pk].heading,
            page=chunks[pk].page,
            document_id=chunks[pk].revision.document_id,
            document=chunks[pk].revision.document.title,
            revision=chunks[pk].revision.number,
            score=scores[pk],
            bm25=by_words.get(pk, 0.0),
            cosine=by_meaning.get(pk),
        )
        for pk in best
        if pk in chunks
    ]
