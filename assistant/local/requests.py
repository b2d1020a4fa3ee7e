"""How a sentence asks, and whom: "remind X to …", "X should …", "assign … to X", "@x"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.interpreter import AssigneeStatus
from assistant.local.grammar import Chart
from assistant.local.openings import NAME_LINKERS
from assistant.local.people import NOBODY, SELF, Match, Roster, normalize
from assistant.local.pieces import Piece, is_possessive
from assistant.local.values import Opening

LONGEST_NAME = 5  # tokens
LONGEST_PHRASE = 8
LONGEST_STRANGER = 3  # words of a name that nobody here bears
_SENTENCE_ENDS = frozenset(".!?,:;")
_ANYWHERE = frozenset({"remind", "assigned"})  # these open a request wherever they stand
_JOINS = frozenset({"and", "&"})
_NOT_IN_NAMES = frozenset(".,;:!?()@#/")


@dataclass(frozen=True, slots=True)
class Named:
    """The tokens that name somebody, who that is, and the "@", "to" or "for" before them."""

    first: int
    end: int
    match: Match
    sign: int | None = None

    @property
    def cut(self) -> tuple[int, int]:
        """The tokens that do not belong into the title."""
        return (self.first if self.sign is None else self.sign), self.end


@dataclass(frozen=True, slots=True)
class Request:
    """The opening words of a request, whom it names, and where the thing to do begins."""

    head: tuple[int, int] | None = None
    named: Named | None = None
    body: int = 0
    to_self: bool = False

    @property
    def status(self) -> AssigneeStatus:
        """How far the person is known."""
        if self.named:
            return self.named.match.status
        return AssigneeStatus.SELF if self.to_self else AssigneeStatus.NONE

    def covers(self, piece: Piece) -> bool:
        """Whether a piece lies in the name or the opening words, which mean something else."""
        stretches = [self.head] if self.head else []
        stretches += [self.named.cut] if self.named else []
        return any(piece.first < end and first < piece.end for first, end in stretches)


class Asker:
    """Finds the request in one text."""

    def __init__(self, chart: Chart, text: str, pieces: list[Piece], roster: Roster) -> None:
        self.chart = chart
        self.text = text
        self.roster = roster
        self.piece_at = {piece.first: piece for piece in pieces}
        self._in_pieces = {place for piece in pieces for place in range(piece.first, piece.end)}

    def find(self) -> Request:
        """The first request of the text, with the person it names anywhere."""
        request = self._opening() or Request()
        if request.named is None:
            mention = self._mention()
            if mention or not request.to_self:
                request = replace(request, named=mention or self._for_somebody(request))
        return request

    def _opening(self) -> Request | None:
        for start in self._starts():
            ways = (self._call, self._hand_over, self._duty, self._plain)
            request = next((found for way in ways if (found := way(start))), None)
            if request:
                return request
        return None

    def _starts(self) -> Iterator[int]:
        """Where a clause begins: behind signs, courtesies and words of time."""
        tokens, place, is_start = self.chart.tokens, 0, True
        while place < len(tokens):
            piece = self.piece_at.get(place)
            if piece:
                place = piece.end
                continue
            if is_start or tokens[place].key in _ANYWHERE:
                yield place
            skipped = self._longest("courtesy", place) if is_start else None
            is_start = bool(skipped) or tokens[place].key in _SENTENCE_ENDS
            place = skipped or place + 1

    def _longest(self, category: str, start: int) -> int | None:
        return max((one.end for one in self.chart.read(category, start)), default=None)

    def _phrase(self, first: int, end: int) -> str:
        tokens = self.chart.tokens
        return self.text[tokens[first].start : tokens[end - 1].end] if first < end else ""

    def _name_at(self, start: int) -> Named | None:
        """The longest name of the directory that starts here."""
        tokens = self.chart.tokens
        for end in range(min(start + LONGEST_NAME, len(tokens)), start, -1):
            if any(token.key in _NOT_IN_NAMES for token in tokens[start:end]):
                continue
            phrase = self._phrase(start, end)
            if self.roster.knows(phrase) and not is_possessive(self.chart, end):
                return Named(start, end, self.roster.find(phrase))
        return None

    def _call(self, start: int) -> Request | None:
        """Read "remind X to …" and its kin."""
        for end, kind in sorted(self.chart.read("call", start), reverse=True, key=_end):
            named = self._called(end, str(kind))
            if named:
                is_self = named.match is SELF
                return Request((start, end), named, named.end, to_self=is_self)
        return None

    def _called(self, start: int, kind: str) -> Named | None:
        linkers = NAME_LINKERS[kind]
        known = self._name_at(start)
        link = self._link(known.end) if known else ""
        if known and link not in _JOINS and (not linkers or link in linkers):
            return known
        end = self._phrase_end(start)
        if not normalize(self._phrase(start, end)) or (linkers and self._link(end) not in linkers):
            return None
        match = self.roster.find(self._phrase(start, end), typos=True)
        if match.status is not AssigneeStatus.NOT_FOUND:
            return Named(start, end, match)
        several = self._several(start, end)
        if several or self._is_stranger(start, end, kind):
            return Named(start, end, several or match)
        return None

    def _link(self, end: int) -> str:
        """The word behind a name and the times that may follow it; "" at the end."""
        while piece := self.piece_at.get(end):
            end = piece.end
        return self.chart.tokens[end].key if end < len(self.chart.tokens) else ""

    def _phrase_end(self, start: int) -> int:
        """Where a name ends that the directory may not have: at a linking word."""
        end, last = start, min(start + LONGEST_PHRASE, len(self.chart.tokens))
        while end < last and end not in self._in_pieces:
            if self.chart.tokens[end].key in NAME_LINKERS["any"]:
                return end
            end += 1
        is_closed = end == len(self.chart.tokens) or end in self._in_pieces
        return end if is_closed else start

    def _several(self, start: int, end: int) -> Match | None:
        """Two people who are both known; but a thing has one assignee."""
        tokens = self.chart.tokens
        places = [place for place in range(start, end) if tokens[place].key in {*_JOINS, ","}]
        if not places:
            return None
        edges = [start - 1, *places, end]
        phrases = [self._phrase(a + 1, b) for a, b in pairwise(edges)]
        matches = [self.roster.find(phrase) for phrase in phrases if phrase]
        candidates = tuple(one for match in matches for one in match.candidates)
        is_all_known = candidates and all(match.candidates for match in matches)
        return Match(AssigneeStatus.AMBIGUOUS, candidates) if is_all_known else None

    def _is_stranger(self, start: int, end: int, kind: str) -> bool:
        """Whether words nobody here bears still are a name: always behind "remind"."""
        is_short = end - start <= LONGEST_STRANGER
        if kind in {"remind", "assign"}:
            return is_short or self._link(end) in NAME_LINKERS["any"]
        first = self.text[self.chart.tokens[start].start]
        is_capitalized = first.isupper() and not self.text.isupper()
        return is_capitalized and is_short and kind != "for"

    def _hand_over(self, start: int) -> Request | None:
        """Read "assign the report to X"."""
        head = self._longest("hand_over", start)
        tokens = self.chart.tokens
        if head is None:
            return None
        for place in range(len(tokens) - 1, head, -1):
            named = self._name_at(place + 1) if tokens[place].key == "to" else None
            if named:
                return Request((start, head), replace(named, sign=place), head)
        return None

    def _duty(self, start: int) -> Request | None:
        """Read "X should …" and "X: …"."""
        tokens = self.chart.tokens
        if all(self._longest("duty", end) is None for end in range(start + 1, start + 6)):
            return None
        named = self._name_at(start) if tokens[start].key not in _NOT_IN_NAMES else None
        duty = self._longest("duty", named.end) if named else None
        if named is None or duty is None or named.match is SELF:
            return None
        return Request((named.end, duty), named, duty)

    def _plain(self, start: int) -> Request | None:
        readings = self.chart.read("opening", start)
        best = max(readings, key=_end, default=None)
        if best and isinstance(best.value, Opening):
            return Request((start, best.end), None, best.end, to_self=best.value.self_named)
        if self.chart.tokens[start].key == "remind":
            return Request((start, start + 1), None, start + 1)
        return None

    def _mention(self) -> Named | None:
        """Read "@sarah", whether she is known or not."""
        tokens = self.chart.tokens
        for place in range(len(tokens) - 1):
            sign, word = tokens[place], tokens[place + 1]
            is_mention = sign.key == "@" and sign.end == word.start and word.key[0].isalpha()
            if is_mention and place not in self._in_pieces:
                named = self._name_at(place + 1) or Named(place + 1, place + 2, NOBODY)
                return replace(named, sign=place)
        return None

    def _for_somebody(self, request: Request) -> Named | None:
        """Read "… for X" at the end of a phrase, when X is one of us."""
        tokens = self.chart.tokens
        for place in range(len(tokens) - 2, request.body - 1, -1):
            named = self._name_at(place + 1) if tokens[place].key == "for" else None
            if named and named.match is not SELF and self._phrase_closes(named.end):
                return replace(named, sign=place)
        return None

    def _phrase_closes(self, end: int) -> bool:
        tokens = self.chart.tokens
        is_open = end < len(tokens) and tokens[end].key not in {*_SENTENCE_ENDS, ")", "-"}
        return not is_open or end in self._in_pieces or tokens[end].key in NAME_LINKERS["closing"]


def _end(found: tuple[int, object]) -> int:
    return found[0]
