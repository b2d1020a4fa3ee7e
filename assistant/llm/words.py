"""From the model's words to a draft: each must stand in the sentence, and our rules read them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from assistant.interpreter import (
    AssigneeStatus,
    Attendee,
    Context,
    Draft,
    Interpreter,
    Span,
)
from assistant.llm.errors import RefusedAnswerError
from assistant.llm.prompt import Reading
from assistant.local.language import languages_of, load
from assistant.local.people import NOBODY, Match, Roster
from assistant.local.text import fold

CONFIDENCE = 0.75
LONGEST_TITLE = 200
MOST_PHRASES = 8
# What our rules are given to read the words of time in; they take a quote as it stands.
LITERAL = '"x"'
TIMES = frozenset({"date", "time", "recurrence", "reminder"})
# What the rules say of a time that they read and could not use.
BAD_TIMES = frozenset({"past_date", "impossible_date"})
# The sentence itself is the matter.
WHOLE = frozenset({"ask", "list", "undo", "help"})
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase stands in the sentence."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody wrote, as the model's words are looked for in it."""

    text: str
    folded: str

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """Fold it once."""
        return cls(text, fold(text))

    def find(self, phrase: str) -> Place:
        """Return where the phrase stands, as whole words. Raises RefusedAnswerError."""
        parts = [re.escape(part) for part in fold(phrase).split()]
        found = re.search(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)", self.folded)
        if not parts or found is None:
            raise RefusedAnswerError("not_in_the_text")
        return Place(found.start(), found.end(), self.text[found.start() : found.end()])

    def find_all(self, phrases: Iterable[str]) -> list[Place]:
        """Return the phrases in the order of the text, each once. Raises RefusedAnswerError."""
        found = {self.find(phrase) for phrase in phrases}
        if len(found) > MOST_PHRASES:
            raise RefusedAnswerError("too_many_words")
        return sorted(found, key=lambda place: place.start)

    def title(self, words: str) -> str:
        """Return the words as a title; they must stand in the text, in this order."""
        wanted = _WORD.findall(fold(words))
        following = enumerate(_WORD.finditer(self.folded))
        kept = [next((at for at in following if at[1][0] == word), None) for word in wanted]
        if not wanted or None in kept:
            raise RefusedAnswerError("not_in_the_text")
        return tidy("".join(self._pieces([at for at in kept if at])))

    def _pieces(self, words: list[tuple[int, re.Match[str]]]) -> Iterator[str]:
        """The words as they were written, with the signs between those that stand side by side."""
        number, end = -1, 0
        for place, word in words:
            side_by_side = place == number + 1 and number >= 0
            yield self.text[end : word.start()] if side_by_side else " "
            yield self.text[word.start() : word.end()]
            number, end = place, word.end()


@dataclass(frozen=True, slots=True)
class Hearing:
    """A sentence with its circumstances, and what the rules alone made of it."""

    sentence: Sentence
    context: Context
    by_rules: Draft
    rules: Interpreter

    def draft(self, reading: Reading) -> Draft:
        """Return what the model's words come to. Raises RefusedAnswerError."""
        if reading.intent == "unclear":
            raise RefusedAnswerError("unclear")
        moment, times = self._moment(reading)
        named = self.sentence.find(reading.assignee) if reading.assignee else None
        match = self._match(named.text) if named else Match(AssigneeStatus.NONE)
        self._check_nothing_lost(moment, match)
        is_found = match.status is AssigneeStatus.FOUND
        is_event = reading.intent == "create_event"
        return Draft(
            intent=reading.intent,
            title=self._title(reading),
            due=moment.due,
            recurrence=moment.recurrence,
            priority=reading.priority or self.by_rules.priority,
            reminder_offset=moment.reminder_offset or self.by_rules.reminder_offset,
            assignee_status=match.status,
            assignee=match.candidates[0] if is_found else None,
            assignee_candidates=match.candidates,
            assignee_text=named.text if named else None,
            labels=self.by_rules.labels,
            spans=tuple(sorted([*times, *_span(named, match)], key=lambda span: span.start)),
            warnings=moment.warnings,
            confidence=CONFIDENCE,
            engine="llm",
            duration=self._length(reading) or moment.duration,
            attendees=tuple(self._attendees(reading)) if is_event else (),
            place=self.sentence.find(reading.place).text if is_event and reading.place else None,
        )

    def _title(self, reading: Reading) -> str:
        if reading.intent in WHOLE:
            return tidy(self.sentence.text)
        return self.sentence.title(reading.title or "")

    def _moment(self, reading: Reading) -> tuple[Draft, list[Span]]:
        """Let the rules read the words of time alone; what they leave over is no time to them."""
        words = [*reading.when, *([reading.reminder] if reading.reminder else [])]
        places = self.sentence.find_all(words)
        carrier = " ".join([LITERAL, *(place.text for place in places)])
        read = self.rules.interpret(carrier, self.context)
        if read.title != LITERAL or not all(span.kind in TIMES for span in read.spans):
            raise RefusedAnswerError("time_not_understood")
        return read, [self._moved(span, places) for span in read.spans]

    def _moved(self, span: Span, places: list[Place]) -> Span:
        """Return the span as it stands in the sentence."""
        start = _origin(span.start, places)
        end = _origin(span.end - 1, places) + 1
        return Span(span.kind, start, end, self.sentence.text[start:end], span.value)

    def _check_nothing_lost(self, moment: Draft, match: Match) -> None:
        """A time or a person that the rules are sure of does not vanish without a word."""
        if says_when(self.by_rules) and not says_when(moment):
            raise RefusedAnswerError("time_left_out")
        if self.by_rules.assignee and match.status is AssigneeStatus.NONE:
            raise RefusedAnswerError("person_left_out")

    def _match(self, phrase: str) -> Match:
        """Return who is meant, in the words of any of the speaker's languages."""
        found = NOBODY
        for language in languages_of(self.context.locale):
            roster = Roster(self.context.directory, load(language).lists)
            found = roster.find(phrase, typos=True)
            if found.status is not AssigneeStatus.NOT_FOUND:
                return found
        return found

    def _length(self, reading: Reading) -> timedelta | None:
        if not reading.length:
            return self.by_rules.duration
        words = self.sentence.find(reading.length).text
        length = self.rules.interpret(f"schedule a meeting for {words}", self.context).duration
        if length is None:
            raise RefusedAnswerError("length_not_understood")
        return length

    def _attendees(self, reading: Reading) -> Iterator[Attendee]:
        for place in self.sentence.find_all(reading.attendees):
            match = self._match(place.text)
            is_found = match.status is AssigneeStatus.FOUND
            yield Attendee(place.text, match.candidates[0] if is_found else None)


def says_when(draft: Draft) -> bool:
    """Tell whether the rules found a time, be it one that cannot be meant."""
    bad = any(item.code in BAD_TIMES for item in draft.warnings)
    return bad or draft.due is not None or draft.recurrence is not None


def tidy(text: str) -> str:
    """Return the text in one line, with a capital, not too long."""
    line = " ".join(text.split())[:LONGEST_TITLE]
    return line[:1].upper() + line[1:]


def _span(named: Place | None, match: Match) -> Iterator[Span]:
    if named is not None:
        is_found = match.status is AssigneeStatus.FOUND
        value = str(match.candidates[0].user_id) if is_found else None
        yield Span("assignee", named.start, named.end, named.text, value)


def _origin(offset: int, places: list[Place]) -> int:
    """Return where in the sentence a character of the carrier comes from."""
    start = len(LITERAL) + 1
    for place in places:
        if offset < start + len(place.text):
            return place.start + max(offset - start, 0)
        start += len(place.text) + 1
    raise RefusedAnswerError("time_not_understood")
