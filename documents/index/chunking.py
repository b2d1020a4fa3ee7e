"""Cutting a document into chunks of some paragraphs, each from one page and below one heading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.language.sentences import sentences_of
from documents.reading.sections import Section

# In words. A chunk grows up to MOST; a longer paragraph is cut where sentences end, and a longer
# sentence where words do.
MOST = 180


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a chunk and where it stands."""

    text: str
    page: int | None = None
    heading: str = ""


def pieces_of(sections: Iterable[Section]) -> list[Piece]:
    """Return the chunks of a document in their order."""
    return [
        Piece("\n".join(lines), section.page, section.heading)
        for section in sections
        for lines in _filled(section.paragraphs)
    ]


def _filled(paragraphs: Iterable[str]) -> Iterator[list[str]]:
    """Give paragraphs together that are no longer than a chunk."""
    lines: list[str] = []
    size = 0
    for paragraph in paragraphs:
        for part in _cut(paragraph):
            length = len(part.split())
            if lines and size + length > MOST:
                yield lines
                lines, size = [], 0
            lines.append(part)
            size += length
    if lines:
        yield lines


def _cut(paragraph: str) -> Iterator[str]:
    if len(paragraph.split()) <= MOST:
        yield paragraph
        return
    words: list[str] = []
    for sentence in sentences_of(paragraph):
        more = sentence.split()
        if words and len(words) + len(more) > MOST:
            yield " ".join(words)
            words = []
        while len(more) > MOST:
            yield " ".join(more[:MOST])
            more = more[MOST:]
        words += more
    if words:
        yield " ".join(words)
