"""The local engine: a draft from what the rules read, and how sure it is of it."""

from collections.abc import Iterator

from assistant.interpreter import AssigneeStatus, Context, Draft, Intent, Move, ParseWarning
from assistant.local.grammar import Chart
from assistant.local.reading import TOKEN_LIMIT, Reading, read
from assistant.local.remarks import warning
from assistant.local.spans import assignee_span, spans_of
from assistant.local.windows import window_of

READ_LIMIT = 2_000  # characters; what is due stands in the first lines


class LocalInterpreter:
    """Reads a sentence by rules alone, and says so when it does not understand it."""

    def interpret(self, text: str, context: Context) -> Draft:
        """The draft of what the first 2,000 characters ask for."""
        reading = read(text[:READ_LIMIT], context)
        request, moment, occasion = reading.request, reading.moment, reading.occasion
        title = reading.title()
        warnings = (*moment.warnings, *_length_warning(text, reading.chart))
        intent = _intent(reading, title)
        named = request.named.match.candidates if request.named else ()
        assignee = assignee_span(reading)
        return Draft(
            intent=intent,
            title=title,
            due=moment.due,
            recurrence=moment.recurrence,
            priority=reading.priority(),
            reminder_offset=reading.reminder_offset(),
            assignee_status=request.status,
            assignee=named[0] if request.status is AssigneeStatus.FOUND else None,
            assignee_candidates=named,
            assignee_text=assignee.text if assignee else None,
            labels=tuple(dict.fromkeys(reading.labels())),
            spans=spans_of(reading),
            warnings=warnings,
            confidence=_confidence(intent, reading, len(warnings)),
            duration=occasion.duration or moment.duration,
            attendees=occasion.attendees,
            place=reading.words(_without_lead(reading)) if occasion.place else None,
            move=_move(reading),
            window=window_of(reading.chart, reading.plan, context) if intent == "list" else None,
        )


def _move(reading: Reading) -> Move | None:
    length = reading.request.move
    return Move(length.months, length.days, length.exact) if length else None


def _without_lead(reading: Reading) -> tuple[int, int]:
    first, end = reading.occasion.place or (0, 0)
    lead = reading.chart.longest("place_lead", first)
    return (lead.end if lead else first), end


def _intent(reading: Reading, title: str) -> Intent:
    """What is asked for; "unclear" where nothing is left to do, or nothing was asked."""
    request = reading.request
    if request.whole:
        return request.intent
    if not title or not (request.head or request.named or _is_request(reading.chart)):
        return "unclear"
    return request.intent


def _is_request(chart: Chart) -> bool:
    """Whether there is something to do: no question, and more than small talk."""
    is_question = bool(chart.tokens) and chart.tokens[-1].key == "?"
    if is_question and not chart.read("courtesy", 0):
        return False
    return not _is_small_talk(chart)


def _is_small_talk(chart: Chart) -> bool:
    place = 0
    while place < len(chart.tokens):
        found = chart.longest("small_talk", place)
        if not found and chart.tokens[place].key[0].isalnum():
            return False
        place = found.end if found else place + 1
    return True


def _length_warning(text: str, chart: Chart) -> Iterator[ParseWarning]:
    if len(text) > READ_LIMIT or len(chart.tokens) == TOKEN_LIMIT:
        yield warning("text_too_long")


def _confidence(intent: Intent, reading: Reading, warnings: int) -> float:
    """0.95 for a request in so many words, less for a bare phrase and each assumption."""
    request = reading.request
    if intent == "unclear":
        return 0.2
    certain = 0.95 if request.head or request.named else 0.8
    if request.status in {AssigneeStatus.NOT_FOUND, AssigneeStatus.AMBIGUOUS}:
        certain = 0.5
    return round(max(certain - 0.1 * warnings, 0.3), 2)
