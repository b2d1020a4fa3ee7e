"""How a sentence asks, and whom: "remind X to …", "X should …", "assign … to X", "@x"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.interpreter import AssigneeStatus, Intent
from assistant.local.commands import Command, command_at, said_done
from assistant.local.events import event_at, is_bare_event
from assistant.local.frames import closing_note, frame_of, tail_of
from assistant.local.names import Named, NameFinder
from assistant.local.people import NOBODY, SELF
from assistant.local.pieces import Piece
from assistant.local.values import Duration, Opening

_SENTENCE_ENDS = frozenset(".!?,:;")
_IN_HEADS = frozenset({"reminder", "part", "recurrence"})
Cut = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Request:
    """The opening words of a request, whom it names, and where the thing to do begins.

    `tail` holds words behind the thing that only say to write it down.
    """

    head: Cut | None = None
    named: Named | None = None
    body: int = 0
    to_self: bool = False
    tail: Cut | None = None
    intent: Intent = "create_task"
    whole: bool = False  # the text itself is the matter; nothing is cut from it
    move: Duration | None = None  # how far the thing moves

    @property
    def status(self) -> AssigneeStatus:
        """How far the person is known."""
        if self.named:
            return self.named.match.status
        return AssigneeStatus.SELF if self.to_self else AssigneeStatus.NONE

    def cuts(self) -> Iterator[Cut]:
        """The tokens that do not belong into the title."""
        yield from filter(None, (self.head, self.named and self.named.cut, self.tail))

    @property
    def makes_event(self) -> bool:
        """Whether an event is asked for in so many words."""
        first, end = self.head or (0, 0)
        return self.intent == "create_event" and first < end

    def covers(self, piece: Piece) -> bool:
        """Whether a piece lies in the name or the opening words, which mean something else.

        "Set a daily reminder" says how often all the same.
        """
        if piece.kind in _IN_HEADS and self.is_in_head(piece):
            return False
        return any(piece.first < end and first < piece.end for first, end in self.cuts())

    def is_in_head(self, piece: Piece) -> bool:
        """Whether a piece lies inside the opening words."""
        first, end = self.head or (0, 0)
        return first < piece.first and piece.end <= end


class Asker:
    """Finds the request in one text."""

    def __init__(self, finder: NameFinder) -> None:
        self.finder = finder
        self.chart = finder.chart
        self._first = self._behind_courtesy()

    def find(self) -> Request:
        """The first request of the text, with the person it names anywhere."""
        request = self._opening() or self._said_done() or self._bare_event() or Request()
        if request.whole or request.intent in {"complete", "reschedule"}:
            return request
        if request.named is None:
            mention = self._mention()
            if mention or not request.to_self:
                request = replace(request, named=mention or self._for_somebody(request))
        tail = request.tail or tail_of(self.finder, request.body)
        return replace(request, tail=tail, head=request.head)

    def _opening(self) -> Request | None:
        for start in self._starts():
            ways = (
                *(self._command, self._framed, self._event, self._call),
                *(self._hand_over, self._duty, self._plain, self._titled),
            )
            request = next((found for way in ways if (found := way(start))), None)
            if request:
                return request
        return None

    def _behind_courtesy(self) -> int:
        """Where the text begins once it has said hello and please."""
        place = 0
        while found := self.chart.longest("courtesy", place):
            place = found.end
            while self.chart.key(place) in _SENTENCE_ENDS:
                place += 1
        return place if place < len(self.chart.tokens) else 0

    def _starts(self) -> Iterator[int]:
        """Where a clause begins: behind signs, courtesies and words of time."""
        tokens, place, is_start = self.chart.tokens, 0, True
        anywhere = self.chart.lists["opens_anywhere"]
        while place < len(tokens):
            piece = self.finder.piece_at.get(place)
            if piece:
                place = piece.end
                continue
            if is_start or tokens[place].key in anywhere:
                yield place
            skipped = self.chart.longest("courtesy", place) if is_start else None
            is_start = bool(skipped) or tokens[place].key in _SENTENCE_ENDS
            place = skipped.end if skipped else place + 1

    def _command(self, start: int) -> Request | None:
        """Read what is no new task, where it opens the text."""
        if start != self._first:
            return None
        command = command_at(self.finder, start)
        return _requested(command) if command else None

    def _said_done(self) -> Request | None:
        command = said_done(self.finder, self._first)
        return _requested(command) if command else None

    def _bare_event(self) -> Request | None:
        here = (self._first, self._first)
        is_event = is_bare_event(self.finder, self._first)
        return Request(here, None, self._first, intent="create_event") if is_event else None

    def _event(self, start: int) -> Request | None:
        """Read "schedule a meeting with …"."""
        head = event_at(self.finder, start) if start == self._first else None
        return Request(head, None, head[1], intent="create_event") if head else None

    def _framed(self, start: int) -> Request | None:
        """Read "add … to my list" and "set … reminder", where the thing stands between."""
        frame = frame_of(self.finder, start)
        return Request(frame.head, None, frame.head[1], tail=frame.tail) if frame else None

    def _titled(self, start: int) -> Request | None:
        """Read "dentist reminder", a title with the word for it."""
        tail = closing_note(self.finder, start) if start == 0 else None
        return Request((0, 0), None, 0, tail=tail) if tail else None

    def _call(self, start: int) -> Request | None:
        """Read "remind X to …" and its kin."""
        found = [*self.chart.read("call", start), *self.chart.read("note_call", start)]
        for end, kind in sorted(found, reverse=True, key=_end):
            named = self.finder.called(end, "note" if isinstance(kind, Opening) else str(kind))
            if named:
                is_self = named.match is SELF
                return Request((start, end), named, named.end, to_self=is_self)
        sent = self.chart.longest("send", start)
        return self._sent(start, sent.end) if sent else None

    def _sent(self, start: int, end: int) -> Request | None:
        """Read "send a reminder tomorrow to X"."""
        place = end
        while piece := self.finder.piece_at.get(place):
            place = piece.end
        leads = place > end and self.chart.key(place) in self.chart.lists["assign_to"]
        named = self.finder.called(place + 1, "send") if leads else None
        return Request((start, end), replace(named, sign=place), end) if named else None

    def _hand_over(self, start: int) -> Request | None:
        """Read "assign the report to X"."""
        head = self.chart.longest("hand_over", start)
        if head is None:
            return None
        for place in range(len(self.chart.tokens) - 1, head.end, -1):
            leads = self.chart.key(place) in self.chart.lists["assign_to"]
            named = self.finder.known_at(place + 1) if leads else None
            if named:
                return Request((start, head.end), replace(named, sign=place), head.end)
        return None

    def _duty(self, start: int) -> Request | None:
        """Read "X should …" and "X: …"."""
        if all(not self.chart.read("duty", end) for end in range(start + 1, start + 6)):
            return None
        named = self.finder.known_at(start)
        duty = self.chart.longest("duty", named.end) if named else None
        if named is None or duty is None or named.match is SELF:
            return None
        return Request((named.end, duty.end), named, duty.end)

    def _plain(self, start: int) -> Request | None:
        best = self.chart.longest("opening", start)
        if best and isinstance(best.value, Opening):
            return Request((start, best.end), None, best.end, to_self=best.value.self_named)
        if self.chart.key(start) in self.chart.lists["called"]:
            return Request((start, start + 1), None, start + 1)
        return None

    def _mention(self) -> Named | None:
        """Read "@sarah", whether she is known or not."""
        tokens = self.chart.tokens
        for place in range(len(tokens) - 1):
            sign, word = tokens[place], tokens[place + 1]
            is_mention = sign.key == "@" and sign.end == word.start and word.key[0].isalpha()
            if is_mention and place not in self.finder.in_pieces:
                named = self.finder.known_at(place + 1) or Named(place + 1, place + 2, NOBODY)
                return replace(named, sign=place)
        return None

    def _for_somebody(self, request: Request) -> Named | None:
        """Read "… for X" at the end of a phrase, when X is one of us."""
        for place in range(len(self.chart.tokens) - 2, request.body - 1, -1):
            leads = self.chart.key(place) in self.chart.lists["for"]
            named = self.finder.known_at(place + 1) if leads else None
            if named and named.match is not SELF and self._phrase_closes(named.end):
                return replace(named, sign=place)
        return None

    def _phrase_closes(self, end: int) -> bool:
        key = self.chart.key(end)
        closing = self.chart.lists["name_links_closing"]
        return (
            key in {"", *_SENTENCE_ENDS, ")", "-"} or end in self.finder.in_pieces or key in closing
        )


def _requested(command: Command) -> Request:
    return Request(
        command.head,
        command.named,
        command.head[1],
        tail=command.tail,
        intent=command.intent,
        whole=command.whole,
        to_self=command.to_self,
        move=command.move,
    )


def _end(found: tuple[int, object]) -> int:
    return found[0]
