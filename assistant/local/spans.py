"""Where in the text each meaning stands."""

from collections.abc import Iterator

from assistant.interpreter import AssigneeStatus, Span
from assistant.local.pieces import Piece
from assistant.local.reading import Reading
from assistant.local.title import Cut, cut_of
from assistant.local.values import Importance, Label, Lead

_KINDS = {"part": "time", "shift": "date", "until": "recurrence"}


def spans_of(reading: Reading) -> tuple[Span, ...]:
    """The words that were understood, in the order of the text."""
    return tuple(sorted(_spans(reading), key=lambda span: span.start))


def assignee_span(reading: Reading) -> Span | None:
    """The words that name who is to do it."""
    named = reading.request.named
    if named is None:
        return None
    is_found = named.match.status is AssigneeStatus.FOUND
    value = str(named.match.candidates[0].user_id) if is_found else None
    return _span(reading, "assignee", (named.first, named.end), value)


def _span(reading: Reading, kind: str, cut: Cut, value: str | None) -> Span:
    start, end = reading.chart.tokens[cut[0]].start, reading.chart.tokens[cut[1] - 1].end
    return Span(kind, start, end, reading.text[start:end], value)


def _spans(reading: Reading) -> Iterator[Span]:
    for piece in reading.used():
        kind = _KINDS.get(piece.kind, piece.kind)
        yield _span(reading, kind, _cut_of(reading, piece), _value_of(reading, piece))
    assignee = assignee_span(reading)
    if assignee:
        yield assignee
    head = reading.request.head
    if head and head[0] < head[1]:
        inside = [one.first for one in reading.used() if reading.request.is_in_head(one)]
        words = (head[0], min(inside, default=head[1]))
        yield _span(reading, "intent", words, reading.request.intent)


def _cut_of(reading: Reading, piece: Piece) -> Cut:
    """The words that leave the title with a piece, except those of other spans."""
    first, end = cut_of(reading.chart, piece)
    others = [one.end for one in reading.pieces if one.end <= piece.first]
    others += [cut[1] for cut in reading.request.cuts() if cut[1] <= piece.first]
    return max([first, *others]), end


def _value_of(reading: Reading, piece: Piece) -> str | None:
    if isinstance(piece.value, Importance):
        return piece.value.priority
    if isinstance(piece.value, Label):
        return piece.value.name
    if isinstance(piece.value, Lead):
        return str(reading.reminder_offset())
    if piece.kind == "recurrence":
        return reading.moment.recurrence
    return reading.moment.due.isoformat() if reading.moment.due else None
