"""The stretches of a text that mean something: longest first, never overlapping."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from assistant.local.grammar import Chart
from assistant.local.text import Token

TIME = frozenset({"date", "time", "part", "shift", "recurrence"})
_SIGNS = frozenset(".,;:!?)(-\"'|/")
# A loose reading ("at 5") needs a time before it, or behind it the end of its phrase or a word
# of these; a bare "morning" needs the time before it.
_FOLLOWERS = frozenset(
    [
        "on",
        "in",
        "to",
        "for",
        "this",
        "next",
        "every",
        "each",
        "and",
        "with",
        "please",
        "about",
        "from",
        "sharp",
        "or",
        "that",
        "if",
        "so",
        "then",
        "via",
        "at",
        "by",
        "before",
        "using",
        "today",
        "tomorrow",
        "tonight",
    ]
)


class Category(NamedTuple):
    """A category of the grammar that stands alone in a sentence."""

    name: str
    kind: str
    loose: bool = False


CATEGORIES = (
    Category("repeat", "recurrence"),
    Category("until", "until"),
    Category("lead", "reminder"),
    Category("day", "date"),
    Category("loose_day", "date", loose=True),
    Category("shift", "shift"),
    Category("loose_shift", "shift", loose=True),
    Category("clock", "time"),
    Category("loose_clock", "time", loose=True),
    Category("part", "part"),
    Category("loose_part", "part", loose=True),
    Category("priority", "priority"),
    Category("loose_priority", "priority", loose=True),
    Category("label", "label"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A reading that was chosen: its kind, its tokens and its value."""

    kind: str
    first: int
    end: int
    value: object
    loose: bool = False


def find_pieces(chart: Chart) -> list[Piece]:
    """The chosen readings, in the order of the text."""
    found = [
        piece
        for start in range(len(chart.tokens))
        for category in CATEGORIES
        if (piece := _longest(chart, category, start)) and not is_possessive(chart, piece.end)
    ]
    firm = [piece for piece in found if not piece.loose]
    begins = {piece.first for piece in firm}
    ends = {piece.end for piece in firm if piece.kind in TIME}
    standing = [
        piece
        for piece in found
        if not piece.loose
        or piece.first in ends
        or (piece.kind != "part" and _phrase_ends(chart, piece.end, begins))
    ]
    return _without_overlaps(chart.tokens, standing)


def is_possessive(chart: Chart, end: int) -> bool:
    """Whether "'s" follows: "friday's report" is not due on friday."""
    following = chart.tokens[end - 1 : end + 2]
    glued = all(left.end == right.start for left, right in pairwise(following))
    return glued and [token.key for token in following[1:]] == ["'", "s"]


def _longest(chart: Chart, category: Category, start: int) -> Piece | None:
    readings = chart.read(category.name, start)
    if not readings:
        return None
    best = max(readings, key=lambda one: one.end)
    return Piece(category.kind, start, best.end, best.value, category.loose)


def _phrase_ends(chart: Chart, end: int, begins: set[int]) -> bool:
    if end >= len(chart.tokens) or end in begins:
        return True
    key = chart.tokens[end].key
    return key in _SIGNS or key in _FOLLOWERS


def _without_overlaps(tokens: tuple[Token, ...], found: list[Piece]) -> list[Piece]:
    def length(piece: Piece) -> int:
        return tokens[piece.end - 1].end - tokens[piece.first].start

    chosen: list[Piece] = []
    taken: set[int] = set()
    for piece in sorted(found, key=length, reverse=True):
        places = range(piece.first, piece.end)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(piece)
    return sorted(chosen, key=lambda piece: piece.first)
