"""What is left to do once the words of time, person and courtesy are cut out."""

import re
from collections.abc import Iterable
from itertools import pairwise

from assistant.local.grammar import Chart
from assistant.local.pieces import Piece

LONGEST_TITLE = 200
_LEADS_TO_TIME = frozenset(
    [
        "on",
        "by",
        "for",
        "in",
        "due",
        "until",
        "till",
        "from",
        "starting",
        "start",
        "beginning",
        "before",
        "at",
        "@",
        "this",
        "of",
    ]
)
_CUT_ALONE = frozenset({"date", "time", "part", "shift", "recurrence", "until"})
_BLANKS = re.compile(r"\s+")
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_SIGNS_IN_A_ROW = re.compile(r"([,;])(?:\s*[,;])+")
_SPACE_BEFORE_SIGN = re.compile(r" ([,.;:!?])")
_EDGES = " ,;:-–—|.!?/&\"'"
_COURTESY = re.compile(
    r"[\s,.;:-]*\b(?:please|pls|plz|thanks|thank you|thx|and)[\s.!,]*$", re.IGNORECASE
)
Cut = tuple[int, int]


def cut_of(chart: Chart, piece: Piece) -> Cut:
    """The tokens to leave out with a piece: words of time take their preposition along."""
    first = piece.first
    if piece.kind in _CUT_ALONE:
        while first and chart.tokens[first - 1].key in _LEADS_TO_TIME:
            first -= 1
    return first, piece.end


def make_title(chart: Chart, text: str, cuts: Iterable[Cut], *, body: int, asked: bool) -> str:
    """The bare thing to do, as it was written; what precedes the request only if nothing else."""
    left_out = {place for first, end in cuts for place in range(first, end)}
    kept = [place for place in range(len(chart.tokens)) if place not in left_out]
    inside = _without_leftovers(chart, [place for place in kept if place >= body], asked=asked)
    if not _has_words(chart, inside):
        before = [place for place in kept if place < body]
        inside = _without_leftovers(chart, before, asked=False)
    return _polish(_join(chart, text, inside))


def _has_words(chart: Chart, places: list[int]) -> bool:
    return any(chart.tokens[place].key[0].isalnum() for place in places)


def _without_leftovers(chart: Chart, places: list[int], *, asked: bool) -> list[int]:
    """Drop "please" and "can you" in front, and "to", "that I need to" behind a request."""
    categories = ("courtesy", "leftover") if asked else ("courtesy",)
    while places:
        ends = [one.end for name in categories for one in chart.read(name, places[0])]
        fitting = [end for end in ends if places[0] < end and end - 1 in places[:4]]
        if not fitting:
            return places
        places = [place for place in places if place >= max(fitting)]
    return places


def _join(chart: Chart, text: str, places: list[int]) -> str:
    """The kept tokens with the blanks that stood between them, or one where a cut was."""
    pieces: list[str] = []
    for before, place in pairwise([-1, *places]):
        token = chart.tokens[place]
        if before >= 0:
            glued = before + 1 == place and chart.tokens[before].end == token.start
            pieces.append("" if glued else " ")
        pieces.append(text[token.start : token.end])
    return "".join(pieces)


def _polish(title: str) -> str:
    title = _BLANKS.sub(" ", _EMPTY.sub(" ", title))
    title = _SPACE_BEFORE_SIGN.sub(r"\1", title)
    title = _SIGNS_IN_A_ROW.sub(r"\1", title)
    title = _COURTESY.sub("", title).strip(_EDGES)
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
    return title[:1].upper() + title[1:]
