"""What a note consists of: its lines, who speaks them, and their sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.language.sentences import spans_of_sentences
from documents.language.wordlists import words_in

HEADING = re.compile(r"#{1,6}\s")
# "Ada Lovelace: …", "**Ada:** …" or "**Ada**: …"; a time in front may say when.
SPEAKER = re.compile(
    r"(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s+)?(?:\*\*)?"
    r"(?P<name>[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ(][\w.'’()-]*){0,3})(?:\*\*)?:(?:\*\*)?\s+(?=\S)"
)
BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
# Names of fields, not of people.
FIELDS = words_in(Path(__file__).with_name("data") / "fields.txt")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands in the note, from `start` on, and who says it."""

    text: str
    start: int
    speaker: str = ""
    is_heading: bool = False
    # The heading below which it stands.
    section: str = ""


def sentences_in(body: str) -> list[Sentence]:
    """Return the sentences of a note in their order."""
    found: list[Sentence] = []
    start, section = 0, ""
    for line in body.splitlines(keepends=True):
        found += _in_line(line, start, section)
        if heading := HEADING.match(line):
            section = line[heading.end() :].strip()
        start += len(line)
    return found


def _in_line(line: str, start: int, section: str) -> Iterator[Sentence]:
    skipped, speaker = 0, ""
    is_heading = bool(HEADING.match(line))
    if bullet := BULLET.match(line):
        skipped = bullet.end()
    named = SPEAKER.match(line[skipped:])
    if named and not is_heading and named["name"].lower().split()[0] not in FIELDS:
        speaker, skipped = named["name"], skipped + named.end()
    for first, last in spans_of_sentences(line[skipped:]):
        text = line[skipped + first : skipped + last]
        yield Sentence(text, start + skipped + first, speaker, is_heading, section)
