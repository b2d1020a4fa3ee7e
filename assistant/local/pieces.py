"""The stretches of a text that mean something: longest first, never overlapping."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from assistant.local.grammar import Chart
from assistant.local.text import Token
from assistant.local.values import Repeat

TIME = frozenset({"date", "time", "part", "shift", "recurrence"})
_SIGNS = frozenset(".,;:!?)(-\"'|/")
_QUOTE = '"'
_GLUE = frozenset("._@")
_LONGEST_LEAD = 4  # tokens


@dataclass(frozen=True, slots=True)
class Piece:
    """A reading that was chosen: its kind, its tokens and its value."""

    kind: str
    first: int
    end: int
    value: object


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """What stands around a loose reading."""

    chart: Chart
    begins: frozenset[int]  # of the firm readings
    ends: frozenset[int]  # of those that say when
    dates: frozenset[int]  # where a firm date begins
    parts: frozenset[int]  # where a firm part of the day begins
    clocks: frozenset[int]  # where a time of day begins
    rhythms: frozenset[int]  # where a firm rhythm ends

    def phrase_ends(self, piece: Piece) -> bool:
        """Whether the phrase ends behind the piece."""
        if piece.end in self.begins:
            return True
        key = self.chart.key(piece.end)
        return not key or key in _SIGNS or key in self.chart.lists["followers"]

    def stands(self, piece: Piece) -> bool:
        """Whether a time stands before the piece, or its phrase ends behind it."""
        return piece.first in self.ends or self.phrase_ends(piece)

    def beside_time(self, piece: Piece) -> bool:
        """Whether a time stands right before or behind the piece."""
        beside = piece.first in self.ends or piece.end in self.clocks
        return beside or self.describes_note(piece)

    def opens_clause(self, piece: Piece) -> bool:
        """Whether the piece stands behind a sign or a time, or begins the text; and ends there."""
        key = self.chart.key(piece.first - 1)
        opens = not key or key in _SIGNS or piece.first in self.ends or piece.end in self.clocks
        return opens and self.phrase_ends(piece)

    def precedes_clock(self, piece: Piece) -> bool:
        """Whether a time or a part of the day stands right behind the piece."""
        return piece.end in self.clocks or bool(self.chart.read("part_plain", piece.end))

    def ends_after_day(self, piece: Piece) -> bool:
        """Whether a day or its part stands right before the piece, and its phrase ends behind."""
        return piece.first in self.ends and self.phrase_ends(piece)

    def leads_into_date(self, piece: Piece) -> bool:
        """Whether a date stands right behind the piece."""
        return piece.end in self.dates

    def leads_to_date(self, piece: Piece) -> bool:
        """Whether the piece opens the text and a date or its part stands behind it."""
        return piece.first == 0 and (piece.end in self.dates or piece.end in self.parts)

    def follows_note(self, piece: Piece) -> bool:
        """Whether the piece says for when a reminder or an alarm is."""
        return self.chart.key(piece.first - 1) in self.chart.lists["notes"]

    def follows_rhythm(self, piece: Piece) -> bool:
        """Whether a rhythm stands right before the piece."""
        return piece.first in self.rhythms

    def belongs_to_reminder(self, piece: Piece) -> bool:
        """Whether "remind me" or "reminder" is beside the piece, or its phrase ends behind it."""
        lists, before = self.chart.lists, self.chart.key(piece.first - 1)
        is_asked = before in lists["speaker"] or before in lists["notes"]
        return is_asked or self.describes_note(piece) or self.phrase_ends(piece)

    def follows_speaker(self, piece: Piece) -> bool:
        """Whether "me" stands before the piece, whose phrase ends behind it."""
        return self.chart.key(piece.first - 1) in self.chart.lists["speaker"] and self.phrase_ends(
            piece
        )

    def describes_note(self, piece: Piece) -> bool:
        """Whether a reminder is what the words describe: "a daily reminder"."""
        return self.chart.key(piece.end) in self.chart.lists["notes"]


Condition = Callable[[_Neighbours, Piece], bool]


class Category(NamedTuple):
    """A category of the grammar that stands alone in a sentence, a loose one under a condition."""

    name: str
    kind: str
    condition: Condition | None = None


WEAK_DAY, LOOSE_PART = "weak_day", "loose_part"
CATEGORIES = (
    Category("repeat", "recurrence"),
    Category("loose_repeat", "recurrence", _Neighbours.phrase_ends),
    Category("until", "until"),
    Category("rhythm_length", "until", _Neighbours.follows_rhythm),
    Category("loose_lead", "reminder", _Neighbours.belongs_to_reminder),
    Category("day", "date"),
    Category("loose_day", "date", _Neighbours.stands),
    Category(WEAK_DAY, "date", _Neighbours.precedes_clock),
    Category("clause_day", "date", _Neighbours.opens_clause),
    Category("for_days", "date", _Neighbours.follows_note),
    Category("shift", "shift"),
    Category("loose_shift", "shift", _Neighbours.stands),
    Category("for_shift", "shift", _Neighbours.follows_note),
    Category("speaker_shift", "shift", _Neighbours.follows_speaker),
    Category("clock", "time"),
    Category("loose_clock", "time", _Neighbours.stands),
    Category("for_clock", "time", _Neighbours.follows_note),
    Category("for_hour", "time", _Neighbours.leads_into_date),
    Category("dashed_hours", "time", _Neighbours.leads_into_date),
    Category("trailing_clock", "time", _Neighbours.ends_after_day),
    Category("leading_clock", "time", _Neighbours.leads_to_date),
    Category("part", "part"),
    Category("part_of", "part", _Neighbours.leads_into_date),
    Category(LOOSE_PART, "part", _Neighbours.beside_time),
    Category("priority", "priority"),
    Category("loose_priority", "priority", _Neighbours.stands),
    Category("label", "label"),
    Category("idiom", "idiom"),
)


def find_pieces(chart: Chart) -> list[Piece]:
    """The chosen readings, in the order of the text."""
    found = [
        (category, piece)
        for start in range(len(chart.tokens))
        for category in CATEGORIES
        if (piece := _longest(chart, category, start)) and not _is_name(chart, piece)
    ]
    firm = [piece for category, piece in found if not category.condition]
    likely = [piece for category, piece in found if category.name in {WEAK_DAY, LOOSE_PART}]
    around = _Neighbours(
        chart,
        begins=frozenset(piece.first for piece in firm),
        ends=frozenset(piece.end for piece in firm + likely if piece.kind in TIME),
        dates=frozenset(piece.first for piece in firm if piece.kind == "date"),
        parts=frozenset(piece.first for piece in firm if piece.kind == "part"),
        clocks=frozenset(piece.first for _, piece in found if piece.kind == "time"),
        rhythms=frozenset(piece.end for piece in firm if piece.kind == "recurrence"),
    )
    standing = [
        piece
        for category, piece in found
        if not category.condition or category.condition(around, piece)
    ]
    quoted = _quoted(chart)
    named = [
        piece
        for piece in standing
        if not _is_attribute(around, piece) and quoted.isdisjoint(range(piece.first, piece.end))
    ]
    return _without_overlaps(chart.tokens, named)


def _quoted(chart: Chart) -> frozenset[int]:
    """The places between two quotation marks: what is quoted is meant as it stands."""
    marks = [place for place, token in enumerate(chart.tokens) if token.key == _QUOTE]
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return frozenset(place for first, end in pairs for place in range(first, end + 1))


def is_possessive(chart: Chart, end: int) -> bool:
    """Whether "'s" follows: "friday's report" is not due on friday."""
    following = chart.tokens[end - 1 : end + 2]
    glued = all(left.end == right.start for left, right in pairwise(following))
    return glued and [token.key for token in following[1:]] == ["'", "s"]


def _is_address(chart: Chart, end: int) -> bool:
    """Whether ".com" and the like is glued to the words."""
    following = chart.tokens[end - 1 : end + 2]
    glued = all(left.end == right.start for left, right in pairwise(following))
    return (
        glued
        and [token.key[0].isalpha() for token in following[1:]] == [False, True]
        and (following[1].key in _GLUE)
    )


def _longest(chart: Chart, category: Category, start: int) -> Piece | None:
    best = chart.longest(category.name, start)
    return Piece(category.kind, start, best.end, best.value) if best else None


def _is_name(chart: Chart, piece: Piece) -> bool:
    """Whether they are a part of another name: "friday's report", "monday.com", "palm sunday"."""
    if is_possessive(chart, piece.end) or _is_address(chart, piece.end):
        return True
    if piece.kind != "date":
        return False
    before = chart.key(piece.first - 1)
    if before in chart.lists["purpose"] and chart.read("holiday", piece.first):
        return True
    is_named = any(chart.read(name, piece.first) for name in ("weekday", "holiday"))
    return is_named and before in chart.lists["adjectives_of_days"]


def describes_event(chart: Chart, piece: Piece) -> bool:
    """Whether a word such as "weekly" stands before the name of an event."""
    is_adverb = isinstance(piece.value, Repeat) and piece.value.adverb
    return is_adverb and bool(chart.read("event_noun", piece.end))


def _is_attribute(around: _Neighbours, piece: Piece) -> bool:
    """Whether the words only describe what follows: "the monday meeting", "weekly report"."""
    lists, chart = around.chart.lists, around.chart
    if isinstance(piece.value, Repeat) and piece.value.adverb:
        if describes_event(chart, piece):
            return False  # whether that event is asked for, and so repeats, is seen later
        ends = not chart.key(piece.end) or chart.key(piece.end) in _SIGNS
        ends = ends or piece.end in around.begins or around.describes_note(piece)
        return not ends and not chart.read("rhythm_follower", piece.end)
    if piece.kind == "date" and chart.key(piece.first - 1) in lists["every"]:
        return True
    if piece.kind not in {"date", "time"} or around.phrase_ends(piece):
        return False
    return chart.key(piece.first - 1) in lists["determiners"] and not _is_awaited(chart, piece)


def _is_awaited(chart: Chart, piece: Piece) -> bool:
    """Whether the reminder is for what the words describe: "an hour before the 2pm call"."""
    article = piece.first - 1
    places = range(max(0, article - _LONGEST_LEAD), article)
    return any(one.end == article for start in places for one in chart.read("ahead_bare", start))


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
