"""The local engine: tokens, pieces, request, moment, title, and how sure it is of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from assistant.interpreter import (
    AssigneeStatus,
    Context,
    Draft,
    Intent,
    ParseWarning,
    Priority,
    Span,
)
from assistant.local.grammar import Chart
from assistant.local.language import grammar_for
from assistant.local.moments import Moment, resolve
from assistant.local.names import NameFinder
from assistant.local.people import Roster
from assistant.local.pieces import Piece, find_pieces
from assistant.local.plan import Plan, make_plan
from assistant.local.remarks import warning
from assistant.local.requests import Asker, Request
from assistant.local.text import fold, tokenize
from assistant.local.title import Cut, cut_of, make_title
from assistant.local.typos import correct
from assistant.local.values import Importance, Label, Lead

READ_LIMIT = 2_000  # characters; what is due stands in the first lines
TOKEN_LIMIT = 500  # words and signs; prose of 2,000 characters has about 400
DAYS_IN_A_MONTH = 30

_KINDS = {"part": "time", "shift": "date", "until": "recurrence"}
_ORDER: tuple[Priority, ...] = get_args(Priority)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text, taken apart."""

    text: str
    chart: Chart
    pieces: list[Piece]
    request: Request
    plan: Plan
    moment: Moment

    def used(self) -> Iterator[Piece]:
        """The pieces that mean something here: those of the plan, and every mark."""
        planned = set(map(id, self.plan.pieces()))
        for piece in self.pieces:
            if id(piece) in planned or isinstance(piece.value, Importance | Label | Lead):
                yield piece

    def cuts(self) -> Iterator[Cut]:
        """What does not belong into the title."""
        yield from (cut_of(self.chart, piece) for piece in self.used())
        yield from self.request.cuts()


class LocalInterpreter:
    """Reads a sentence by rules alone, and says so when it does not understand it."""

    def interpret(self, text: str, context: Context) -> Draft:
        """The draft of what the first 2,000 characters ask for."""
        reading = _read(text[:READ_LIMIT], context)
        request, moment = reading.request, reading.moment
        title = _title(reading)
        warnings = (*moment.warnings, *_length_warning(text, reading.chart))
        intent: Intent = "create_task" if title and _is_request(reading) else "unclear"
        candidates = request.named.match.candidates if request.named else ()
        is_found = request.status is AssigneeStatus.FOUND
        return Draft(
            intent=intent,
            title=title,
            due=moment.due,
            recurrence=moment.recurrence,
            priority=_priority(reading),
            reminder_offset=_reminder_offset(reading),
            assignee_status=request.status,
            assignee=candidates[0] if is_found else None,
            assignee_candidates=candidates,
            assignee_text=_assignee_text(reading),
            labels=tuple(dict.fromkeys(_labels(reading))),
            spans=tuple(sorted(_spans(reading), key=lambda span: span.start)),
            warnings=warnings,
            confidence=_confidence(intent, request, len(warnings)),
            duration=moment.duration,
        )


def _read(text: str, context: Context) -> _Reading:
    folded = fold(text)
    grammar = grammar_for(context.locale)
    tokens = correct(tokenize(folded, TOKEN_LIMIT), grammar.lists)
    chart = Chart(grammar, folded, tokens)
    pieces = find_pieces(chart)
    roster = Roster(context.directory, grammar.lists)
    request = Asker(NameFinder(chart, text, pieces, roster)).find()
    pieces = [piece for piece in pieces if not request.covers(piece)]
    plan = make_plan(chart, pieces, request.body)
    moment = resolve(plan, context)
    return _Reading(text, chart, pieces, request, plan, moment)


def _title(reading: _Reading) -> str:
    request = reading.request
    return make_title(
        reading.chart,
        reading.text,
        reading.cuts(),
        body=request.body,
        asked=request.head is not None,
    )


def _is_request(reading: _Reading) -> bool:
    """Whether there is something to do: no question, and more than small talk."""
    if reading.request.head or reading.request.named:
        return True
    chart = reading.chart
    is_asked = bool(chart.tokens) and chart.tokens[-1].key == "?"
    opens_with = {name for name in ("question", "courtesy") if chart.read(name, 0)}
    if "question" in opens_with or (is_asked and "courtesy" not in opens_with):
        return False
    return not _is_small_talk(chart)


def _is_small_talk(chart: Chart) -> bool:
    place = 0
    while place < len(chart.tokens):
        ends = [one.end for one in chart.read("small_talk", place)]
        if not ends and chart.tokens[place].key[0].isalnum():
            return False
        place = max(ends, default=place + 1)
    return True


def _priority(reading: _Reading) -> Priority:
    ranks = [one.value.priority for one in reading.used() if isinstance(one.value, Importance)]
    known: list[Priority] = [rank for rank in _ORDER if rank in ranks]
    return known[-1] if known else "medium"


def _reminder_offset(reading: _Reading) -> timedelta | None:
    for piece in reading.used():
        if isinstance(piece.value, Lead):
            length = piece.value.length
            return length.exact + timedelta(days=length.days + DAYS_IN_A_MONTH * length.months)
    return None


def _labels(reading: _Reading) -> Iterator[str]:
    for piece in reading.used():
        if isinstance(piece.value, Label):
            start = reading.chart.tokens[piece.end - 1].end - len(piece.value.name)
            yield reading.text[start : start + len(piece.value.name)]


def _assignee_text(reading: _Reading) -> str | None:
    span = _assignee_span(reading)
    return span.text if span else None


def _assignee_span(reading: _Reading) -> Span | None:
    named = reading.request.named
    if named is None:
        return None
    is_found = named.match.status is AssigneeStatus.FOUND
    value = str(named.match.candidates[0].user_id) if is_found else None
    return _span(reading, "assignee", (named.first, named.end), value)


def _span(reading: _Reading, kind: str, cut: Cut, value: str | None) -> Span:
    start, end = reading.chart.tokens[cut[0]].start, reading.chart.tokens[cut[1] - 1].end
    return Span(kind, start, end, reading.text[start:end], value)


def _spans(reading: _Reading) -> Iterator[Span]:
    for piece in reading.used():
        kind = _KINDS.get(piece.kind, piece.kind)
        yield _span(reading, kind, _cut_of(reading, piece), _value_of(reading, piece))
    assignee = _assignee_span(reading)
    if assignee:
        yield assignee
    head = reading.request.head
    if head and head[0] < head[1]:
        inside = [one.first for one in reading.used() if reading.request.is_in_head(one)]
        yield _span(reading, "intent", (head[0], min(inside, default=head[1])), "create_task")


def _cut_of(reading: _Reading, piece: Piece) -> Cut:
    """The words that leave the title with a piece, except those of other spans."""
    first, end = cut_of(reading.chart, piece)
    others = [one.end for one in reading.pieces if one.end <= piece.first]
    others += [cut[1] for cut in reading.request.cuts() if cut[1] <= piece.first]
    return max([first, *others]), end


def _value_of(reading: _Reading, piece: Piece) -> str | None:
    if isinstance(piece.value, Importance):
        return piece.value.priority
    if isinstance(piece.value, Label):
        return piece.value.name
    if isinstance(piece.value, Lead):
        return str(_reminder_offset(reading))
    if piece.kind == "recurrence":
        return reading.moment.recurrence
    return reading.moment.due.isoformat() if reading.moment.due else None


def _length_warning(text: str, chart: Chart) -> Iterator[ParseWarning]:
    if len(text) > READ_LIMIT or len(chart.tokens) == TOKEN_LIMIT:
        yield warning("text_too_long")


def _confidence(intent: Intent, request: Request, warnings: int) -> float:
    """0.95 for a request in so many words, less for a bare phrase and each assumption."""
    if intent == "unclear":
        return 0.2
    certain = 0.95 if request.head or request.named else 0.8
    if request.status in {AssigneeStatus.NOT_FOUND, AssigneeStatus.AMBIGUOUS}:
        certain = 0.5
    return round(max(certain - 0.1 * warnings, 0.3), 2)
