"""What a note is about, in its own words: what it repeats, alone or in pairs."""

from collections import Counter
from itertools import pairwise

from documents.language.words import COMMON, words_of
from notes.language.speech import as_written
from notes.language.transcript import sentences_in

MOST = 8
SHORTEST = 3
# Endings of words that are rarely names of things.
NOT_NOUNS = ("ly", "ing", "ed")
PAIR = 1.6


def topics_of(body: str) -> list[str]:
    """Return at most eight, the most frequent first; a pair stands for its two words."""
    counts: Counter[str] = Counter()
    for sentence in sentences_in(body):
        words = words_of(as_written(sentence.text))
        counts.update(word for word in words if _is_noun(word))
        counts.update(f"{a} {b}" for a, b in pairwise(words) if _is_noun(a) and _is_noun(b))
    repeated = {topic: times for topic, times in counts.items() if times > 1}
    ranked = sorted(
        repeated, key=lambda topic: (-repeated[topic] * (PAIR if " " in topic else 1), topic)
    )
    found: list[str] = []
    for topic in ranked:
        parts = set(topic.split())
        if not any(parts & set(other.split()) for other in found):
            found.append(topic)
    return found[:MOST]


def _is_noun(word: str) -> bool:
    return (
        len(word) >= SHORTEST
        and word not in COMMON
        and "'" not in word
        and not word.isdigit()
        and not word.endswith(NOT_NOUNS)
    )
