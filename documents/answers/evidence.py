"""Which sentence of the passages answers a question: what speaks for each, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log1p, sqrt

from documents.answers.question import OF_THINGS, YES_OR_NO, has_answer, kind_of_question
from documents.answers.weights import Weights, weights
from documents.index.retrieval import Found, Passage
from documents.language.sentences import sentences_of
from documents.language.stems import terms_of

Features = list[float]
FEW_TERMS = 2


@dataclass(slots=True)
class Sentence:
    """A sentence of a passage, as it stands there, and how well it answers."""

    passage: int
    place: int
    text: str
    features: Features
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences, the best first, and what speaks for there being an answer at all."""

    sentences: list[Sentence]
    features: Features


@lru_cache(maxsize=2_000)
def _read(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the sentences of a passage and the terms of each."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = tuple(sentence for line in lines for sentence in sentences_of(line))
    return found, tuple(tuple(terms_of(sentence)) for sentence in found)


def evidence_for(question: str, found: Found) -> Evidence:
    """Weigh each sentence of the passages."""
    asked = Asked(question, found)
    sentences = asked.sentences()
    model = weights("sentence")
    for sentence in sentences:
        sentence.score = model.score(sentence.features)
    sentences.sort(key=lambda each: (-each.score, each.passage, each.place))
    return Evidence(sentences, asked.features(sentences) if sentences else [])


def chance_of_answer(evidence: Evidence, *, has_vectors: bool) -> float:
    """Return how probable it is that the passages say what was asked, from 0 to 1."""
    if not evidence.features:
        return 0.0
    model: Weights = weights("chance_with_vectors" if has_vectors else "chance_by_words")
    return model.chance(evidence.features if has_vectors else without_vectors(evidence.features))


def without_vectors(features: Features) -> Features:
    """Return what speaks for an answer where nothing is known of the meaning."""
    return features[OF_VECTORS:]


# The first features of a question are those that need vectors.
OF_VECTORS = 3


class Asked:
    """A question, and how its terms are met."""

    def __init__(self, question: str, found: Found) -> None:
        self.found, self.words = found, found.words
        self.terms = frozenset(found.words.terms)
        self.pairs = _pairs(found.words.terms)
        self.total = sum(map(self.words.weight, self.terms)) or 1.0
        self.kind = kind_of_question(question)
        passages = found.passages
        self.best_score = max((each.score for each in passages), default=0.0) or 1.0
        self.best_cosine = max((each.cosine or 0.0 for each in passages), default=0.0)
        self.best_bm25 = max((each.bm25 for each in passages), default=0.0) or 1.0

    def sentences(self) -> list[Sentence]:
        """Return every sentence of the passages with its features."""
        return [
            sentence
            for number, passage in enumerate(self.found.passages)
            for sentence in self.sentences_of(number, passage)
        ]

    def covered(self, terms: frozenset[str]) -> float:
        """Return how much of the question stands in these terms, by weight."""
        return sum(map(self.words.weight, self.terms & terms)) / self.total

    def pairs_in(self, terms: Sequence[str]) -> float:
        """Return how many neighbours of the question are neighbours here."""
        return len(_pairs(terms) & self.pairs) / max(len(self.pairs), 1)

    def sentences_of(self, number: int, passage: Passage) -> list[Sentence]:
        """Return the sentences of a passage with their features."""
        texts, terms = _read(passage.text)
        sets = [frozenset(each) for each in terms]
        covers = [self.covered(each) for each in sets]
        # Without vectors nothing speaks for one passage more than for another.
        cosine = (passage.cosine or 0.0) / self.best_cosine if self.best_cosine > 0 else 1.0
        whole = [
            passage.score / self.best_score,
            float(number == 0),
            1 / (1 + number),
            self.covered(frozenset().union(*sets)),
            passage.bm25 / self.best_bm25,
            cosine,
            self.pairs_in([term for each in terms for term in each]),
            max(covers, default=0.0),
        ]
        return [
            Sentence(number, place, text, self._features(place, text, terms, sets, covers) + whole)
            for place, text in enumerate(texts)
        ]

    def _features(
        self,
        place: int,
        text: str,
        terms: Sequence[Sequence[str]],
        sets: Sequence[frozenset[str]],
        covers: Sequence[float],
    ) -> Features:
        fits = has_answer(self.kind, text, self.terms)
        own = sets[place]
        before = sets[place - 1] if place else frozenset()
        after = sets[place + 1] if place + 1 < len(sets) else frozenset()
        news = 1 - len(own & self.terms) / max(len(own), 1)
        return [
            covers[place],
            self.covered(own | before | after),
            self.covered(before),
            self.covered(after),
            self.pairs_in(terms[place]),
            fits,
            covers[place] * fits,
            float(self.kind in OF_THINGS) * fits * news,
            log1p(len(terms[place])),
        ]

    def features(self, sentences: list[Sentence]) -> Features:
        """Return what speaks for an answer; those that need vectors come first."""
        found = self.found
        first = sentences[0].features
        highest = [max(column) for column in zip(*(s.features for s in sentences), strict=True)]
        words = found.best_bm25 / (found.most_bm25 or 1.0)
        known = sum(self.words.idf.get(term, 0.0) for term in self.terms) / self.total
        unknown = sum(1 for term in self.terms if term not in self.words.idf)
        scores = [each.score for each in found.passages]
        # Below nothing where a code brought it to the top.
        gap = (scores[0] - scores[1]) / (scores[0] or 1.0) if len(scores) > 1 else 1.0
        gap = max(gap, 0.0)
        margin = sentences[0].score - sentences[1].score if len(sentences) > 1 else 0.0
        return [
            self.best_cosine, self.best_cosine * known, self.best_cosine * words,
            words, words * words, known, float(unknown > 0), gap,
            *(first[n] for n in (0, 1, 4, 5, 12, 15)),
            *(highest[n] for n in (0, 4, 12, 15)),
            log1p(len(self.terms)), float(len(self.terms) <= FEW_TERMS), sqrt(unknown),
            sentences[0].score, margin, float(self.kind == YES_OR_NO),
        ]  # fmt: skip


def _pairs(terms: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(terms))
