"""Which of the time pieces of a sentence belong to the thing to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from assistant.local.grammar import Chart
from assistant.local.pieces import Piece


@dataclass(frozen=True, slots=True)
class Plan:
    """At most one piece of each kind: the ones that say when."""

    date: Piece | None = None
    time: Piece | None = None
    part: Piece | None = None
    shift: Piece | None = None
    recurrence: Piece | None = None
    until: Piece | None = None
    others: bool = False  # whether the sentence names further days

    def pieces(self) -> Iterator[Piece]:
        """The pieces that were used."""
        for field in fields(self):
            piece = getattr(self, field.name)
            if isinstance(piece, Piece):
                yield piece


def make_plan(chart: Chart, pieces: Iterable[Piece], body: int) -> Plan:
    """Choose among the pieces from `body` on, or before it when there are none."""
    timed = [piece for piece in pieces if piece.kind in Plan.__slots__]
    scope = [piece for piece in timed if piece.end > body] or timed
    dates = [piece for piece in scope if piece.kind == "date"]
    date = next((one for one in dates if _is_deadline(chart, one)), _first(dates))
    times = [piece for piece in scope if piece.kind == "time"]
    return Plan(
        date=date,
        time=_nearest(times, date),
        part=_nearest([piece for piece in scope if piece.kind == "part"], date),
        shift=_first([piece for piece in scope if piece.kind == "shift"]),
        recurrence=_first([piece for piece in scope + timed if piece.kind == "recurrence"]),
        until=_first([piece for piece in scope if piece.kind == "until"]),
        others=len(dates) > 1,
    )


def _first(pieces: list[Piece]) -> Piece | None:
    return pieces[0] if pieces else None


def _nearest(pieces: list[Piece], date: Piece | None) -> Piece | None:
    if date is None:
        return _first(pieces)
    return min(
        pieces, key=lambda one: max(one.first - date.end, date.first - one.end), default=None
    )


def _is_deadline(chart: Chart, piece: Piece) -> bool:
    before = chart.tokens[max(piece.first - 1, 0) : piece.first + 1]
    return any(token.key in chart.lists["deadline"] for token in before)
