"""Where a text names somebody, and who that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from assistant.interpreter import AssigneeStatus
from assistant.local.grammar import Chart
from assistant.local.people import Match, Roster, normalize
from assistant.local.pieces import TIME, Piece, is_possessive

LONGEST_NAME = 5  # tokens
LONGEST_PHRASE = 8
LONGEST_STRANGER = 3  # words of a name that nobody here bears
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


class NameFinder:
    """Finds names in one text."""

    def __init__(self, chart: Chart, text: str, pieces: Iterable[Piece], roster: Roster) -> None:
        self.chart = chart
        self.text = text
        self.roster = roster
        self.piece_at = {piece.first: piece for piece in pieces}
        self.in_pieces = {
            place for piece in self.piece_at.values() for place in range(piece.first, piece.end)
        }

    def phrase(self, first: int, end: int) -> str:
        """The words of the text between two tokens."""
        tokens = self.chart.tokens
        return self.text[tokens[first].start : tokens[end - 1].end] if first < end else ""

    def says_when(self) -> bool:
        """Whether the text says when."""
        return any(piece.kind in TIME for piece in self.piece_at.values())

    def known_at(self, start: int, *, owning: bool = False) -> Named | None:
        """The longest name of the directory that starts here; an owning one is "Omar's"."""
        tokens = self.chart.tokens
        if self.chart.key(start) in _NOT_IN_NAMES:
            return None
        for end in range(min(start + LONGEST_NAME, len(tokens)), start, -1):
            if any(token.key in _NOT_IN_NAMES for token in tokens[start:end]):
                continue
            phrase = self.phrase(start, end)
            if self.roster.knows(phrase) and is_possessive(self.chart, end) == owning:
                return Named(start, end, self.roster.find(phrase))
        return None

    def called(self, start: int, kind: str) -> Named | None:
        """Who is named behind "remind", "ask" and their like, known here or not."""
        links = self.chart.lists.get(f"name_links_{kind}", frozenset())
        known = self.known_at(start)
        link = self.link(known.end) if known else ""
        if known and link not in self.chart.lists["joins"] and (not links or link in links):
            return known
        end = self.phrase_end(start)
        if not normalize(self.phrase(start, end)) or (links and self.link(end) not in links):
            return None
        match = self.roster.find(self.phrase(start, end), typos=True)
        if match.status is not AssigneeStatus.NOT_FOUND:
            return Named(start, end, match)
        several = self._several(start, end)
        if several or self._is_stranger(start, end, kind):
            return Named(start, end, several or match)
        return None

    def link(self, end: int) -> str:
        """The word behind a name and the times that may follow it; "" at the end."""
        while piece := self.piece_at.get(end):
            end = piece.end
        return self.chart.key(end)

    def phrase_end(self, start: int) -> int:
        """Where a name ends that the directory may not have: at a linking word."""
        end, last = start, min(start + LONGEST_PHRASE, len(self.chart.tokens))
        while end < last and end not in self.in_pieces:
            if self.chart.key(end) in self.chart.lists["name_links"]:
                return end
            end += 1
        is_closed = end == len(self.chart.tokens) or end in self.in_pieces
        return end if is_closed else start

    def _several(self, start: int, end: int) -> Match | None:
        """Two people who are both known; but a thing has one assignee."""
        joins = self.chart.lists["joins"]
        places = [n for n in range(start, end) if self.chart.key(n) in joins | {","}]
        if not places:
            return None
        edges = [start - 1, *places, end]
        phrases = [self.phrase(a + 1, b) for a, b in pairwise(edges)]
        matches = [self.roster.find(phrase) for phrase in phrases if phrase]
        candidates = tuple(one for match in matches for one in match.candidates)
        is_all_known = candidates and all(match.candidates for match in matches)
        return Match(AssigneeStatus.AMBIGUOUS, candidates) if is_all_known else None

    def _is_stranger(self, start: int, end: int, kind: str) -> bool:
        """Whether words nobody here bears still are a name: always behind "remind"."""
        is_short = end - start <= LONGEST_STRANGER
        if kind in {"remind", "assign"}:
            return is_short or self.link(end) in self.chart.lists["name_links"]
        if kind in {"for", "need"}:
            return False
        first = self.text[self.chart.tokens[start].start]
        is_capitalized = first.isupper() and not self.text.isupper()
        is_person = self.chart.key(end - 1) in self.chart.lists["people_words"]
        return (is_capitalized and is_short) or (kind == "note" and is_person)
