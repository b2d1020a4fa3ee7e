"""Where sentences end."""

import re

from documents.language.wordlists import DATA, words_in

# A full stop after these, or after a single letter, ends nothing.
ABBREVIATIONS = words_in(DATA / "abbreviations.txt")
END = re.compile(
    r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])"
    r"|\n{2,}|\n(?=\s*(?:[-*•]|\d+[.)])\s)"
)
LAST_WORD = re.compile(r"([\w.]+)\.$")


def spans_of_sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; nothing but white space lies between."""
    spans, start = [], 0
    for gap in END.finditer(text):
        if _goes_on(text[start : gap.start()]):
            continue
        spans.append((start, gap.start() + _closing(gap.group())))
        start = gap.end()
    spans.append((start, len(text)))
    return [span for span in (_trimmed(text, *span) for span in spans) if span[0] < span[1]]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text as they stand in it."""
    return [text[start:end] for start, end in spans_of_sentences(text)]


def _goes_on(sentence: str) -> bool:
    found = LAST_WORD.search(sentence)
    if found is None:
        return False
    word = found.group(1)
    return word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isupper())


def _closing(gap: str) -> int:
    return len(gap) - len(gap.lstrip("\"'”’)]"))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
