"""What is left to do once the words of time, person and courtesy are cut out."""

import re
from collections.abc import Iterable
from itertools import pairwise

from assistant.local.grammar import Chart
from assistant.local.pieces import Piece

LONGEST_TITLE = 200
_LEADS = {
    "date": "leads_to_date",
    "time": "leads_to_time",
    "part": "leads_to_part",
    "shift": "leads_to_time",
    "recurrence": "leads_to_rhythm",
    "until": "leads_to_rhythm",
}
_BLANKS = re.compile(r"\s+")
_EMPTY = re.compile(r"\([\s!.,;:]*\)|\[[\s!.,;:]*\]")
_SIGNS_IN_A_ROW = re.compile(r"([,;])(?:\s*[,;])+")
_SPACE_BEFORE_SIGN = re.compile(r" ([,.;:!?])")
_EDGES = " ,;:-–—|.!?/&'"
_QUOTES = '"“”„'
_SEPARATORS = frozenset(",;:.!?")
_TRAILING_WORDS = 3
Cut = tuple[int, int]


def cut_of(chart: Chart, piece: Piece) -> Cut:
    """The tokens to leave out with a piece: words of time take one preposition along."""
    first, leads = piece.first, _LEADS.get(piece.kind)
    if leads is None:
        return piece.first, piece.end
    if first and chart.key(first) not in chart.lists[leads]:
        first -= chart.key(first - 1) in chart.lists[leads]
    first -= chart.key(first - 1) in chart.lists["lead_chains"] and not _is_told(chart, first - 1)
    return first + _is_told(chart, first), piece.end


def _is_told(chart: Chart, place: int) -> bool:
    """Whether "due" is what is said of the thing: "the rent is due on friday"."""
    is_chain = chart.key(place) in chart.lists["lead_chains"]
    return is_chain and chart.key(place - 1) in chart.lists["be"]


def make_title(chart: Chart, text: str, cuts: Iterable[Cut], *, body: int, asked: bool) -> str:
    """The bare thing to do, as it was written; what precedes the request only if nothing else."""
    left_out = {place for first, end in cuts for place in range(first, end)}
    kept = [place for place in range(len(chart.tokens)) if place not in left_out]
    inside = _bare(chart, [place for place in kept if place >= body], asked=asked)
    if not _has_words(chart, inside):
        before = [place for place in kept if place < body]
        inside = _without_trailing(chart, _bare(chart, before, asked=False), "courtesy")
    return _polish(_join(chart, text, inside))


def _has_words(chart: Chart, places: list[int]) -> bool:
    return any(chart.tokens[place].key[0].isalnum() for place in places)


def _bare(chart: Chart, places: list[int], *, asked: bool) -> list[int]:
    """Drop "please" and "can you" in front, and "to", "that I need to" behind a request."""
    categories = ("courtesy", "leftover") if asked else ("courtesy",)
    while places:
        if chart.key(places[0]) in _SEPARATORS:
            places = places[1:]
            continue
        ends = [one.end for name in categories for one in chart.read(name, places[0])]
        fitting = [end for end in ends if places[0] < end and end - 1 in places[:6]]
        if not fitting:
            break
        places = [place for place in places if place >= max(fitting)]
    return _without_trailing(chart, places)


def _without_trailing(chart: Chart, places: list[int], category: str = "trailing") -> list[int]:
    while places:
        if not chart.tokens[places[-1]].key[0].isalnum() and chart.key(places[-1]) in _EDGES:
            places = places[:-1]
            continue
        starts = places[-_TRAILING_WORDS:]
        end = places[-1] + 1
        first = next((one for one in starts if _reads_to(chart, category, one, end)), None)
        if first is None:
            return places
        places = [place for place in places if place < first]
    return places


def _reads_to(chart: Chart, category: str, start: int, end: int) -> bool:
    return any(found.end == end for found in chart.read(category, start))


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
    title = _SIGNS_IN_A_ROW.sub(r"\1", title).strip(_EDGES)
    if sum(map(title.count, _QUOTES)) == 1:
        title = title.strip(_EDGES + _QUOTES)
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
    return title[:1].upper() + title[1:]
