"""Spoken words as they would be written: without marks, fillers and repetitions."""

import re

# What transcribers note beside the words: {vocalsound}, [laughter], <unk>.
MARKS = re.compile(
    r"\{[^}]*\}|\[(?:laughter|inaudible|crosstalk|music|noise)[^\]]*\]|<\w+>|@+", re.IGNORECASE
)
BEFORE_POINTS = re.compile(r"\s+([,.?!;:])")
APART = re.compile(r"(\w) ?' ?(s|m|re|ve|ll|d|t)\b")
FILLERS = re.compile(r",?\s*\b(?:um|uh|uhm|er|erm|mm|hmm)\b\s*,?", re.IGNORECASE)
TWICE = re.compile(r"\b(\w+)(?:,? \1\b)+", re.IGNORECASE)
OPENINGS = re.compile(
    r"^(?:(?:yeah|yep|okay|ok|so|well|you know|i mean|right|oh|ah|and|but|now|then|because|alright"
    r"|anyway|no|yes)\b[\s,.]*)+",
    re.IGNORECASE,
)
SPACES = re.compile(r"\s+")


def as_written(text: str) -> str:
    """Return the text in one line, without what only speaking needs."""
    text = MARKS.sub(" ", text)
    text = APART.sub(r"\1'\2", BEFORE_POINTS.sub(r"\1", text))
    text = TWICE.sub(r"\1", FILLERS.sub(" ", text))
    return SPACES.sub(" ", text).strip()


def without_opening(sentence: str) -> str:
    """Return a sentence without the words by which speakers only begin."""
    rest = OPENINGS.sub("", sentence).strip()
    return rest[:1].upper() + rest[1:]
