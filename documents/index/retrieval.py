"""Finding the passages that may answer a question, among the documents that one may read."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from accounts.models import User
from documents.index.embedding import Embedder, Vectors, embedder
from documents.index.lexical import Words, best_by_words, most_by_words
from documents.index.matrices import cosines_of, matrix_now
from documents.index.reach import Reach, chunks_in, revisions_in, scope_of
from documents.index.spaces import LOCAL, Meaning, space_in_use

# Of each kind; then what is best in both together, by a weighted sum of shares of the best.
CANDIDATES = 100
SIGNS = re.compile(r"[\W_]+")
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
    # Of our own model: what cosines of another one are worth nobody has learned.
    has_vectors: bool
    # The chunks in which the question, which is none then, stands word by word.
    literal: frozenset[int] = frozenset()


def passages_for(
    question: str,
    *,
    by: User,
    limit: int,
    documents: Collection[UUID] | None = None,
    meaning: Meaning | None = None,
) -> Found:
    """Return the passages that fit the question best, out of what the asker may read.

    `documents` narrows that down; `meaning` is the question's where the office's model is outside.
    Call it inside a transaction of the tenant.
    """
    reach = Reach(by, documents)
    scope = scope_of(reach)
    words, by_words, named, whole = best_by_words(question, reach, scope, CANDIDATES)
    by_meaning = _by_meaning(question, meaning, reach, by_words) if scope.embedded else {}
    scores = _together(by_words, by_meaning)
    literal = _literal(question, reach, whole) & scores.keys()
    # Where a code stands that is asked for, or the whole line, comes first, however much else the
    # others say.
    first = literal.union(named)
    best = sorted(scores, key=lambda chunk: (chunk not in first, -scores[chunk], chunk))[:limit]
    return Found(
        literal=frozenset(literal),
        passages=_passages(best, reach, scores, by_words, by_meaning),
        words=words,
        most_bm25=most_by_words(words),
        best_bm25=max(by_words.values(), default=0.0),
        has_vectors=bool(by_meaning) and meaning is None,
    )


def _literal(question: str, reach: Reach, whole: Collection[int]) -> set[int]:
    """Return those of these chunks in which a text stands as it is, but for signs and spaces.

    Who sends a heading or a line of a page wants that page; who asks a question does not.
    """
    if not whole or question.rstrip().endswith("?"):
        return set()
    wanted = _letters(question)
    rows = chunks_in(reach, whole)
    return {pk for pk, row in rows.items() if wanted in _letters(row["text"])}


def _letters(text: str) -> str:
    return SIGNS.sub("", text).lower()


def _by_meaning(
    question: str, meaning: Meaning | None, reach: Reach, by_words: dict[int, float]
) -> dict[int, float]:
    space, vector = meaning or (LOCAL, _vector_here(question))
    if vector is None:
        return {}
    matrix = matrix_now(space)
    if matrix is None:
        return cosines_of(vector, space, by_words)
    revisions = None if reach.is_everything else revisions_in(reach)
    return matrix.best(vector, revisions, CANDIDATES, by_words)


def _vector_here(question: str) -> Vectors | None:
    """Return the vector of our own model; None where there is none, or the office uses another."""
    model = embedder() if space_in_use() == LOCAL else None
    return _vector_of(model, question) if model else None


@lru_cache(maxsize=500)
def _vector_of(model: Embedder, question: str) -> Vectors:
    vector: Vectors = model.vectors([question])[0]
    return vector


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
    reach: Reach,
    scores: dict[int, float],
    by_words: dict[int, float],
    by_meaning: dict[int, float],
) -> list[Passage]:
    rows = chunks_in(reach, best) if best else {}
    return [
        Passage(
            chunk=pk,
            text=rows[pk]["text"],
            heading=rows[pk]["heading"],
            page=rows[pk]["page"],
            document_id=rows[pk]["document_id"],
            document=rows[pk]["document"],
            revision=rows[pk]["revision"],
            score=scores[pk],
            bm25=by_words.get(pk, 0.0),
            cosine=by_meaning.get(pk),
        )
        for pk in best
        if pk in rows
    ]
