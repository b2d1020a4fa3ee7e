"""The sentences that say most of what a note says: its own words, nothing made up.

A sentence counts for the words that the whole note repeats (its centroid), more at the beginning
than at the end, less when it asks, and less for what was said by those already chosen (maximal
marginal relevance).
"""

from collections import Counter
from dataclasses import dataclass
from math import log

from documents.language.words import telling, words_of
from notes.language.actions import unmarked
from notes.language.speech import as_written, without_opening
from notes.language.transcript import Sentence, sentences_in

SHORTEST, SHORT, LONGEST = 4, 6, 40
MOST_WORDS, FEWEST_WORDS = 80, 25
# How many words a summary has, by the name that a call gives.
LENGTHS = {"short": 40, "medium": MOST_WORDS, "long": 160}
# How much less a long sentence counts for its length, how much more the first than the last, and
# how much what is known already takes away.
LENGTH, POSITION, KNOWN, QUESTION = 0.8, 0.3, 0.5, 0.7


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence as a summary would show it."""

    source: Sentence
    text: str
    length: int
    telling: frozenset[str]


def summary_of(body: str, length: str = "medium") -> list[Candidate]:
    """Return the best sentences in the note's order: about 80 words, or half of a short one."""
    candidates = _candidates(body)
    half = sum(each.length for each in candidates) // 2
    most_words = min(LENGTHS[length], max(FEWEST_WORDS, half))
    counts = Counter(word for each in candidates for word in each.telling)
    weights = {word: log(1 + times) for word, times in counts.items()}
    scores = [
        _score(each, weights) * (1 + POSITION * (1 - place / len(candidates)))
        for place, each in enumerate(candidates)
    ]
    chosen: list[int] = []
    known: set[str] = set()
    left, words = set(range(len(candidates))), 0
    while left and words < most_words:
        best = max(left, key=lambda n: (_gain(scores[n], candidates[n], known), -n))
        left.remove(best)
        chosen.append(best)
        known |= candidates[best].telling
        words += len(candidates[best].text.split())
    return [candidates[n] for n in sorted(chosen)]


def _candidates(body: str) -> list[Candidate]:
    found = []
    for sentence in sentences_in(body):
        text = without_opening(as_written(unmarked(sentence.text)))
        words = words_of(text)
        if SHORTEST <= len(words) <= LONGEST and not sentence.is_heading:
            found.append(Candidate(sentence, text, len(words), frozenset(telling(words))))
    return found


def _score(candidate: Candidate, weights: dict[str, float]) -> float:
    score = sum(weights[word] for word in candidate.telling) / float(candidate.length**LENGTH)
    if candidate.length < SHORT:
        score /= 2
    return score * QUESTION if candidate.text.endswith("?") else score


def _gain(score: float, candidate: Candidate, known: set[str]) -> float:
    share = len(candidate.telling & known) / max(len(candidate.telling), 1)
    return score * (1 - KNOWN * share)
