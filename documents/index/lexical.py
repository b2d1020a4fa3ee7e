"""BM25 (Robertson, Zaragoza 2009) over the postings of the revisions that one may read.

What counts as rare is counted among these alone: nobody learns from a score what stands elsewhere.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import log
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connections

from documents.index.chunking import Piece
from documents.index.postings import best_of, packed_postings, unpacked_postings
from documents.index.reach import Reach, Scope, postings_in
from documents.language.stems import codes_meant_by, terms_of
from documents.models import Chunk, Revision, Term
from tenants.context import home_alias

K1, B = 1.2, 0.75
# A code that stands in more chunks than these does not say which one is meant.
MOST_NAMED = 10
# So many chunks are looked through for a line as it stands.
MOST_WHOLE = 20
WRITE = """
    INSERT INTO documents_term (term, revision_id, postings)
    SELECT term, %s, postings FROM unnest(%s::text[], %s::bytea[]) r(term, postings)"""


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


class ByWords(NamedTuple):
    """What words find: the scores of the best chunks, and those with a code that is asked for."""

    words: Words
    scores: dict[int, float]
    named: Collection[int] = ()
    # Where all of the words stand, as far as there are few such chunks.
    whole: Collection[int] = ()


def best_by_words(question: str, reach: Reach, scope: Scope, limit: int) -> ByWords:
    """Return the chunks that fit a question best by its words."""
    terms, codes = terms_of(question), codes_meant_by(question)
    rarest = idf_of(scope.chunks, 0)
    if not terms or not scope.chunks:
        return ByWords(Words(terms, {}, rarest), {})
    found = postings_in(reach, terms + codes)
    stored = {term: unpacked_postings(each) for term, each in found.items()}
    # What only might have been meant as one counts where there is such a code.
    terms += [code for code in codes if code in stored and code not in terms]
    idf = {term: idf_of(scope.chunks, len(each)) for term, each in stored.items()}
    length = scope.terms / scope.chunks
    chunks, scores = [], []
    for term, each in stored.items():
        times = each["times"].astype(np.float64)
        penalty = K1 * (1 - B) + K1 * B / max(length, 1) * each["length"]
        chunks.append(each["chunk"].astype(np.int64))
        scores.append(idf[term] * (K1 + 1) * times / (times + penalty))
    words = Words(terms, idf, rarest)
    if not chunks:
        return ByWords(words, {})
    best = best_of(np.concatenate(chunks), np.concatenate(scores), limit)
    named = {
        chunk
        for code in codes
        if code in stored and len(stored[code]) <= MOST_NAMED
        for chunk in stored[code]["chunk"].tolist()
    }
    whole = _with_all([stored[term]["chunk"] for term in {*words.terms} if term in stored])
    is_known = idf.keys() >= {*words.terms}
    return ByWords(words, best, named & best.keys(), whole if is_known else ())


def _with_all(places: list[npt.NDArray[np.uint32]]) -> list[int]:
    """Return the chunks that are in all of these lists, unless there are many."""
    rarest, *others = sorted(places, key=len)
    for each in others:
        if not len(rarest):
            break
        rarest = rarest[np.isin(rarest, each)]
    return rarest.tolist() if len(rarest) <= MOST_WHOLE else []


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
    found: dict[str, list[tuple[int, int, int]]] = {}
    total = 0
    for row in rows:
        counts = Counter(terms_of(f"{row.heading}\n{row.text}"))
        length = counts.total()
        total += length
        for term, times in counts.items():
            found.setdefault(term, []).append((row.pk, times, length))
    if found:
        postings = list(map(packed_postings, found.values()))
        with connections[home_alias()].cursor() as cursor:
            cursor.execute(WRITE, [revision.pk, list(found), postings])
    return total


def drop_chunks(revisions: Iterable[UUID]) -> None:
    """Remove what these revisions are found by."""
    ids = list(revisions)
    Term.objects.filter(revision__in=ids).delete()
    Chunk.objects.filter(revision__in=ids).delete()


def idf_of(chunks: int, count: int) -> float:
    """Return how much a term counts that stands in so many of the chunks."""
    return log(1 + (chunks - count + 0.5) / (count + 0.5))
