"""Cutting a document into chunks of some paragraphs, each from one page and below one heading."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from documents.language.sentences import sentences_of
from documents.reading.sections import Section

# In words. A chunk has up to MOST, and fewer than FEW only where there is no way around it: a
# longer paragraph is cut where sentences end, and a longer sentence where words do.
FEW, MOST = 120, 180
# Lines that are shorter together stay together: there are texts of a million of them.
GRAIN = 15


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a chunk and where it stands."""

    text: str
    page: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never divided, and what it is divided by from the one before."""

    text: str
    words: int
    gap: str


def pieces_of(sections: Iterable[Section]) -> list[Piece]:
    """Return the chunks of a document in their order."""
    return [
        Piece(_joined(units), section.page, section.heading)
        for section in sections
        for units in _filled(_units(section.paragraphs))
    ]


def _joined(units: Sequence[Unit]) -> str:
    return "".join(unit.gap * bool(place) + unit.text for place, unit in enumerate(units))


def _filled(units: Sequence[Unit]) -> list[Sequence[Unit]]:
    """Divide units into chunks so that as few words as possible are missing in short ones."""
    # For each number of first units: what the best division of them lacks, and where its last
    # chunk begins.
    lacking, begins = [0.0], [0]
    for end in range(1, len(units) + 1):
        size, best = 0, (float("inf"), end - 1)
        for start in range(end - 1, -1, -1):
            size += units[start].words
            if size > MOST and start < end - 1:
                break
            best = min(best, (lacking[start] + max(FEW - size, 0) ** 2 + 1, start))
        lacking.append(best[0])
        begins.append(best[1])
    chunks, end = [], len(units)
    while end:
        chunks.append(units[begins[end] : end])
        end = begins[end]
    return chunks[::-1]


def _units(paragraphs: Iterable[str]) -> list[Unit]:
    units: list[Unit] = []
    for unit in (unit for each in paragraphs for unit in _cut(each)):
        if units and units[-1].words + unit.words <= GRAIN:
            last = units.pop()
            unit = Unit(_joined([last, unit]), last.words + unit.words, last.gap)  # noqa: PLW2901
        units.append(unit)
    return units


def _cut(paragraph: str) -> Iterator[Unit]:
    """Give a paragraph, or its sentences where it is longer than a chunk."""
    words = len(paragraph.split())
    if words <= MOST:
        yield Unit(paragraph, words, "\n")
        return
    gap = "\n"
    for sentence in sentences_of(paragraph):
        for part in _parts(sentence.split()):
            yield Unit(" ".join(part), len(part), gap)
            gap = " "


def _parts(words: list[str]) -> Iterator[list[str]]:
    """Give words in parts of about the same size, none longer than a chunk."""
    size = ceil(len(words) / ceil(len(words) / MOST))
    for start in range(0, len(words), size):
        yield words[start : start + size]
