"""BM25 (Robertson, Zaragoza 2009) in SQL over the postings of the revisions that one may read.

What counts as rare is counted among these alone: nobody learns from a score what stands elsewhere.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import log
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from documents.index.chunking import Piece
from documents.language.stems import terms_of
from documents.models import Chunk, Posting, Revision
from tenants.context import home_alias

K1, B = 1.2, 0.75
MOST_TIMES = 32_767
HOW_MANY = """
    SELECT term, count(*) FROM documents_posting
    WHERE term = ANY(%s) AND revision_id = ANY(%s) GROUP BY term"""
BEST = """
    SELECT p.chunk, sum(t.weight * p.times / (p.times + %s + %s * p.length)) AS score
    FROM unnest(%s::text[], %s::float8[]) t(term, weight)
    JOIN documents_posting p ON p.term = t.term
    WHERE p.revision_id = ANY(%s)
    GROUP BY p.chunk ORDER BY score DESC, p.chunk LIMIT %s"""
WRITE = """
    INSERT INTO documents_posting (term, chunk, revision_id, times, length)
    SELECT term, chunk, %s, times, length
    FROM unnest(%s::text[], %s::bigint[], %s::int[], %s::int[]) r(term, chunk, times, length)"""


class Scope(NamedTuple):
    """The revisions that a search looks at, with the sizes that BM25 asks for."""

    revisions: list[UUID]
    chunks: int
    terms: int


@dataclass(frozen=True, slots=True)
class Words:
    """The terms of a question, and how rare each is where it is asked: its idf."""

    terms: list[str]
    idf: dict[str, float]
    # Of a term that stands nowhere.
    rarest: float

    def weight(self, term: str) -> float:
        """Return the idf of a term."""
        return self.idf.get(term, self.rarest)


def words_of_question(question: str, scope: Scope) -> Words:
    """Return the question's terms with their weights in this scope."""
    terms = terms_of(question)
    rarest = idf_of(scope.chunks, 0)
    if not terms or not scope.revisions:
        return Words(terms, {}, rarest)
    rows = _rows(HOW_MANY, [sorted(set(terms)), scope.revisions])
    return Words(terms, {term: idf_of(scope.chunks, count) for term, count in rows}, rarest)


def best_by_words(words: Words, scope: Scope, limit: int) -> dict[int, float]:
    """Return the scores of the chunks that fit best, the best first."""
    if not words.idf:
        return {}
    length = scope.terms / max(scope.chunks, 1)
    known = list(words.idf)
    weights = [words.idf[term] * (K1 + 1) for term in known]
    values = [K1 * (1 - B), K1 * B / max(length, 1), known, weights, scope.revisions, limit]
    return {chunk: float(score) for chunk, score in _rows(BEST, values)}


def most_by_words(words: Words) -> float:
    """Return a score that no chunk reaches."""
    return (K1 + 1) * sum(words.weight(term) for term in set(words.terms))


def write_chunks(revision: Revision, pieces: Collection[Piece]) -> int:
    """Store the chunks of a revision with their postings; return how many terms stand in them."""
    rows = Chunk.objects.bulk_create(
        Chunk(revision=revision, position=place, page=piece.page, heading=piece.heading,
              text=piece.text)
        for place, piece in enumerate(pieces)
    )  # fmt: skip
    found: list[tuple[str, int, int, int]] = []
    total = 0
    for row in rows:
        counts, length = _counted(f"{row.heading}\n{row.text}")
        total += length
        found += [(term, row.pk, min(times, MOST_TIMES), min(length, MOST_TIMES))
                  for term, times in counts.items()]  # fmt: skip
    if found:
        with connections[home_alias()].cursor() as cursor:
            cursor.execute(WRITE, [revision.pk, *map(list, zip(*found, strict=True))])
    return total


def drop_chunks(revisions: Iterable[UUID]) -> None:
    """Remove what these revisions are found by."""
    ids = list(revisions)
    Posting.objects.filter(revision__in=ids).delete()
    Chunk.objects.filter(revision__in=ids).delete()


def _counted(text: str) -> tuple[dict[str, int], int]:
    counts: dict[str, int] = {}
    terms = terms_of(text)
    for term in terms:
        counts[term] = counts.get(term, 0) + 1
    return counts, len(terms)


def idf_of(chunks: int, count: int) -> float:
    """Return how much a term counts that stands in so many of the chunks."""
    return log(1 + (chunks - count + 0.5) / (count + 0.5))


def _rows(query: str, values: list[Any]) -> list[Any]:
    with connections[home_alias()].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
