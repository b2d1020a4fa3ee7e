"""Answering a question from what the asker may read: quoted, cited, or refused honestly."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from accounts.models import User
from documents.answers.evidence import Evidence, chance_of_answer, evidence_for
from documents.index.retrieval import Found, Passage, passages_for
from documents.index.spaces import Meaning

PASSAGES, QUOTED, MOST_SOURCES = 5, 2, 3
# How probable an answer has to be to be given, and to be looked for in the nearest passages.
SURE, UNSURE = 0.4, 0.1
# A second sentence that is so much worse than the first one adds nothing.
WORSE_BY = 4.0
NOT_CLEARLY = (
    "The documents that you can read do not state this clearly. These passages are nearest."
)
NOT_AT_ALL = "This is not in the documents that you can read."


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer stands: the document's own words, and the page where it has pages."""

    document: str
    document_id: UUID | None
    revision: int
    page: int | None
    heading: str
    relevance_score: float
    excerpt: str
    chunk: int
    note_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; `grounded` where the sources say it."""

    answer: str
    grounded: bool
    sources: tuple[Source, ...]
    confidence: float
    mode: str = "local"
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A question, what was found for it, and the answer in the documents' own words."""

    question: str
    found: Found
    answered: Answered


def look_up(
    question: str,
    *,
    by: User,
    documents: Collection[UUID] | None = None,
    meaning: Meaning | None = None,
) -> Looked:
    """Answer from the documents that the asker may read, or from those of them that are named.

    Without the vector of a model that was to make it the answer is found by words, and `degraded`.
    """
    found = passages_for(question, by=by, limit=PASSAGES, documents=documents, meaning=meaning)
    looked = look_at(question, found)
    if meaning is None or meaning.vector is not None:
        return looked
    return replace(looked, answered=replace(looked.answered, degraded=True))


def look_at(question: str, found: Found) -> Looked:
    """Answer from these passages."""
    return Looked(question, found, answer_from(question, found))


def answer_from(question: str, found: Found) -> Answered:
    """Answer from these passages."""
    evidence = evidence_for(question, found)
    chance = round(chance_of_answer(evidence, has_vectors=found.has_vectors), 3)
    if chance < UNSURE and not found.literal:
        return Answered(NOT_AT_ALL, grounded=False, sources=(), confidence=chance)
    # Who sends a line wants the place where it stands, and no answer to it.
    if chance < SURE or found.literal:
        sources = _nearest(found, evidence, chance)
        return Answered(NOT_CLEARLY, grounded=False, sources=sources, confidence=chance)
    return _quoted(found, evidence, chance)


def _quoted(found: Found, evidence: Evidence, chance: float) -> Answered:
    best = evidence.sentences[0]
    near = [each for each in evidence.sentences if best.score - each.score < WORSE_BY]
    # The same words say no more when they stand in another document too.
    chosen = list({each.text: each for each in reversed(near)}.values())[::-1][:QUOTED]
    sources: list[Source] = []
    for number in dict.fromkeys(each.passage for each in chosen):
        passage = found.passages[number]
        quotes = sorted((s for s in chosen if s.passage == number), key=lambda each: each.place)
        share = passage.score / (found.passages[best.passage].score or 1.0)
        text = " … ".join(each.text for each in quotes)
        if len(quotes) == QUOTED and quotes[1].place == quotes[0].place + 1:
            text = " ".join(each.text for each in quotes)
        sources.append(source_of(passage, text, chance * min(share, 1.0)))
    ordered = sorted(chosen, key=lambda each: (each.passage != best.passage, each.place))
    answer = " ".join(each.text for each in ordered)
    return Answered(answer, grounded=True, sources=tuple(sources), confidence=chance)


def _nearest(found: Found, evidence: Evidence, chance: float) -> tuple[Source, ...]:
    sources = []
    for number, passage in enumerate(found.passages[:MOST_SOURCES]):
        best = next(each for each in evidence.sentences if each.passage == number)
        share = passage.score / (found.passages[0].score or 1.0)
        sources.append(source_of(passage, best.text, chance * share))
    return tuple(sources)


def source_of(passage: Passage, excerpt: str, relevance: float) -> Source:
    """Return what an answer cites: the passage's place, and the words that are quoted."""
    return Source(
        document=passage.document,
        document_id=passage.document_id,
        revision=passage.revision,
        page=passage.page,
        heading=passage.heading,
        relevance_score=round(relevance, 3),
        excerpt=excerpt,
        chunk=passage.chunk,
        note_id=passage.note_id,
    )
