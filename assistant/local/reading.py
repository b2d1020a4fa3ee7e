"""A text, taken apart: its pieces, what it asks for, and when that is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from assistant.interpreter import Attendee, Context, Priority
from assistant.local.events import attendees_of, calendar_of, length_of, place_of
from assistant.local.grammar import Chart
from assistant.local.language import languages_of, load
from assistant.local.moments import Moment, resolve
from assistant.local.names import NameFinder
from assistant.local.people import Roster
from assistant.local.pieces import Piece, describes_event, find_pieces
from assistant.local.plan import Plan, make_plan
from assistant.local.requests import Asker, Request
from assistant.local.text import fold, tokenize
from assistant.local.title import Cut, cut_of, make_title
from assistant.local.values import Importance, Label, Lead

TOKEN_LIMIT = 250  # words and signs: a page of prose, and far below 50 ms at the worst
BILINGUAL_LIMIT = TOKEN_LIMIT // 2
DAYS_IN_A_MONTH = 30
_ORDER: tuple[Priority, ...] = get_args(Priority)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an event says beside its time."""

    attendees: tuple[Attendee, ...] = ()
    place: Cut | None = None
    length: Cut | None = None
    calendar: Cut | None = None  # words that only say where to write it down
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules found in a text."""

    text: str
    chart: Chart
    pieces: list[Piece]
    request: Request
    plan: Plan
    moment: Moment
    occasion: Occasion

    def words(self, cut: Cut) -> str:
        """The words of the text at these tokens."""
        return self.text[self.chart.tokens[cut[0]].start : self.chart.tokens[cut[1] - 1].end]

    def used(self) -> Iterator[Piece]:
        """The pieces that mean something here: those of the plan, and every mark."""
        planned = set(map(id, self.plan.pieces()))
        for piece in self.pieces:
            if id(piece) in planned or isinstance(piece.value, Importance | Label | Lead):
                yield piece

    def understood(self) -> int:
        """How many words the rules made something of."""
        cuts = [*((piece.first, piece.end) for piece in self.used()), *self.request.cuts()]
        words = sum(end - first for first, end in cuts)
        return words + len(self.chart.tokens) * self.request.whole

    def title(self) -> str:
        """The bare thing that is asked for; a question stays as it was put."""
        cuts: list[Cut] = []
        if not self.request.whole:
            cuts += [cut_of(self.chart, piece) for piece in self.used()]
            cuts += self.request.cuts()
            occasion = self.occasion
            cuts += filter(None, (occasion.place, occasion.length, occasion.calendar))
        asked = self.request.head is not None and not self.request.whole
        return make_title(self.chart, self.text, cuts, body=self.request.body, asked=asked)

    def priority(self) -> Priority:
        """The highest rank the text gives."""
        ranks = [one.value.priority for one in self.used() if isinstance(one.value, Importance)]
        known: list[Priority] = [rank for rank in _ORDER if rank in ranks]
        return known[-1] if known else "medium"

    def reminder_offset(self) -> timedelta | None:
        """How long before the moment a reminder is asked for."""
        for piece in self.used():
            if isinstance(piece.value, Lead):
                length = piece.value.length
                return length.exact + timedelta(days=length.days + DAYS_IN_A_MONTH * length.months)
        return None

    def labels(self) -> Iterator[str]:
        """The #tags, as they were written."""
        for piece in self.used():
            if isinstance(piece.value, Label):
                yield self.words((piece.first, piece.end)).lstrip("#")


def read(text: str, context: Context) -> Reading:
    """Take the text apart in the language of the speaker that understands more of it."""
    folded = fold(text)
    tokens = tokenize(folded, TOKEN_LIMIT)
    languages = languages_of(context.locale)
    if len(tokens) > BILINGUAL_LIMIT:
        languages = languages[:1]
    charts = [Chart(load(one), folded, tokens) for one in languages]
    return max((_read(text, chart, context) for chart in charts), key=Reading.understood)


def _read(text: str, chart: Chart, context: Context) -> Reading:
    pieces = find_pieces(chart)
    finder = NameFinder(chart, text, pieces, Roster(context.directory, chart.lists))
    request = Asker(finder).find()
    pieces = [piece for piece in pieces if not request.covers(piece)]
    if not request.makes_event:
        pieces = [piece for piece in pieces if not describes_event(chart, piece)]
    plan = make_plan(chart, pieces, request.body)
    moment = resolve(plan, context)
    return Reading(text, chart, pieces, request, plan, moment, _occasion(finder, request))


def _occasion(finder: NameFinder, request: Request) -> Occasion:
    if request.intent != "create_event":
        return Occasion()
    start = request.head[0] if request.head else 0
    duration, length = length_of(finder, start) or (None, None)
    return Occasion(
        attendees=tuple(attendees_of(finder, request.body)),
        place=place_of(finder, request.body),
        length=length,
        calendar=calendar_of(finder, request.body),
        duration=duration,
    )
