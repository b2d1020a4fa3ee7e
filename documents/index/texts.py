"""Passages of texts that stand in no index: short ones, which are looked through each time."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from documents.index.chunking import Piece
from documents.index.lexical import K1, B, Words, idf_of, most_by_words
from documents.index.retrieval import Found, Passage
from documents.language.stems import terms_of


def passages_in(
    question: str, pieces: Sequence[Piece], *, title: str, note_id: UUID, limit: int
) -> Found:
    """Return the pieces of a note that fit the question best, by BM25 among themselves."""
    counts = [Counter(terms_of(f"{piece.heading}\n{piece.text}")) for piece in pieces]
    terms = terms_of(question)
    found_in = {term: sum(term in each for each in counts) for term in set(terms)}
    idf = {term: idf_of(len(pieces), number) for term, number in found_in.items() if number}
    words = Words(terms, idf, idf_of(len(pieces), 0))
    average = sum(each.total() for each in counts) / max(len(counts), 1) or 1.0
    scores = [_score(words, each, average) for each in counts]
    best = sorted((n for n, score in enumerate(scores) if score), key=lambda n: (-scores[n], n))
    highest = max(scores, default=0.0)
    passages = [
        Passage(
            chunk=number,
            text=pieces[number].text,
            heading=pieces[number].heading,
            page=None,
            document_id=None,
            document=title,
            revision=0,
            score=scores[number] / highest,
            bm25=scores[number],
            cosine=None,
            note_id=note_id,
        )
        for number in best[:limit]
    ]
    return Found(passages, words, most_by_words(words), highest, has_vectors=False)


def _score(words: Words, counts: Counter[str], average: float) -> float:
    penalty = K1 * (1 - B + B * counts.total() / average)
    return sum(
        weight * counts[term] * (K1 + 1) / (counts[term] + penalty)
        for term, weight in words.idf.items()
        if counts[term]
    )
