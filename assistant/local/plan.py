"""Which of the time pieces of a sentence belong to the thing to do."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from assistant.local.grammar import Chart
from assistant.local.periods import is_week
from assistant.local.pieces import Piece
from assistant.local.values import Day


@dataclass(frozen=True, slots=True)
class Plan:
    """At most one piece of each kind: the ones that say when."""

    date: Piece | None = None
    weekday: Piece | None = None  # of the week that the date names
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


def make_plan(chart: Chart, pieces: list[Piece], body: int) -> Plan:
    """Choose among the pieces from `body` on, or before it when there are none."""
    dates = _of_kind(pieces, "date", body)
    own = [one for one in dates if chart.key(one.first - 1) not in chart.lists["dates_a_thing"]]
    date = next((one for one in own if _is_deadline(chart, one)), _first(own or dates))
    return Plan(
        date=date,
        weekday=_weekday_in(date, dates),
        time=_nearest(_of_kind(pieces, "time", body), date),
        part=_nearest(_of_kind(pieces, "part", body), date),
        shift=_first(_of_kind(pieces, "shift", body)),
        recurrence=_first(_of_kind(pieces, "recurrence", body)),
        until=_first(_of_kind(pieces, "until", body)),
        others=len(dates) > 1,
    )


def _of_kind(pieces: list[Piece], kind: str, body: int) -> list[Piece]:
    """The pieces of a kind from `body` on, or those before it when there are none."""
    fitting = [piece for piece in pieces if piece.kind == kind]
    return [piece for piece in fitting if piece.end > body] or fitting


def _weekday_in(date: Piece | None, dates: list[Piece]) -> Piece | None:
    """The weekday that is named apart from its week: "next week, say on Wednesday"."""
    period = date.value.period if date and isinstance(date.value, Day) else None
    if period is None or not is_week(period):
        return None
    others = [one for one in dates if isinstance(one.value, Day) and one.value.name is not None]
    return _first(others)


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
