"""What an event says beside its time: that it is one, who comes, where, and how long."""

from collections.abc import Iterator
from datetime import timedelta

from assistant.interpreter import AssigneeStatus, Attendee
from assistant.local.frames import phrase_ends
from assistant.local.names import NameFinder
from assistant.local.pieces import describes_event
from assistant.local.values import Duration

Cut = tuple[int, int]
_LONGEST_PLACE = 5  # tokens
_SIGNS = frozenset(".,;:!?()")


def event_at(finder: NameFinder, start: int) -> Cut | None:
    """The words that ask for an event, before its name."""
    chart = finder.chart
    if chart.longest("event_verb_sure", start) and finder.says_when():
        return start, start
    block = chart.longest("event_verb_block", start)
    if block:
        return start, block.end
    for verb, noun in (("event_verb", "event_noun"), ("event_verb_weak", "event_noun_start")):
        opened = chart.longest(verb, start)
        first = _name_of(finder, opened.end, noun) if opened else None
        if first is not None:
            return start, first
    return None


def is_bare_event(finder: NameFinder, start: int) -> bool:
    """Whether the text is the name of an event with its time: "lunch with Eve at noon"."""
    return _named_event(finder, "event_noun_start", start) and finder.says_when()


def _name_of(finder: NameFinder, place: int, noun: str) -> int | None:
    """Where the name of an event begins, behind articles and lengths of time."""
    chart = finder.chart
    while (behind := _behind_filler(finder, place)) > place:
        place = behind
    wrapper = chart.longest("event_wrapper", place)
    if wrapper and chart.key(wrapper.end) not in chart.lists["notes"]:
        return wrapper.end
    most = min(place + _LONGEST_PLACE, len(chart.tokens))
    for first in range(place, most):
        key = chart.key(first)
        ends = chart.lists["name_ends"] | chart.lists["notes"]
        if first in finder.in_pieces or key in ends:
            return None
        if _named_event(finder, noun, first):
            return place
    return None


def _behind_filler(finder: NameFinder, place: int) -> int:
    """Where an article, a length of time or "weekly" ends that stands before the name."""
    chart, piece = finder.chart, finder.piece_at.get(place)
    if piece and describes_event(chart, piece):
        return piece.end
    filler = chart.longest("event_filler", place) or chart.longest("length_of", place)
    return filler.end if filler else place


def _named_event(finder: NameFinder, noun: str, place: int) -> bool:
    """Whether an event stands here, and not a thing of that name: "meeting notes"."""
    chart = finder.chart
    found = chart.longest(noun, place)
    if found is None:
        return False
    return phrase_ends(finder, found.end) or bool(chart.read("with", found.end))


def attendees_of(finder: NameFinder, start: int) -> Iterator[Attendee]:
    """Those who are named behind "with" and "invite"."""
    chart, place = finder.chart, start
    while place < len(chart.tokens):
        lead = chart.longest("with", place) or chart.longest("invite", place)
        if lead is None or place in finder.in_pieces:
            place += 1
            continue
        place = lead.end
        for first, end in _listed(finder, lead.end):
            place = end
            yield _attendee(finder, first, end)


def _listed(finder: NameFinder, start: int) -> Iterator[Cut]:
    """The names of a list such as "Omar, Eve and the sales team"."""
    chart = finder.chart
    first = place = start
    joins = chart.lists["name_joins"]
    while place <= len(chart.tokens):
        key = chart.key(place)
        ends = not key or place in finder.in_pieces or key in chart.lists["name_ends"]
        ends = ends or (key in _SIGNS and key not in joins)
        if ends or key in joins:
            if first < place:
                yield first, place
            first = place + 1
        if ends:
            return
        place += 1


def _attendee(finder: NameFinder, first: int, end: int) -> Attendee:
    text = finder.phrase(first, end)
    match = finder.roster.find(text)
    is_found = match.status is AssigneeStatus.FOUND
    return Attendee(text, match.candidates[0] if is_found else None)


def place_of(finder: NameFinder, start: int) -> Cut | None:
    """Where it takes place: the last "in …" or "at …" that is not a time."""
    chart = finder.chart
    for place in range(len(chart.tokens) - 2, start - 1, -1):
        lead = chart.longest("place_lead", place)
        if lead is None or place in finder.in_pieces:
            continue
        end = lead.end
        while end < len(chart.tokens) and not _ends_place(finder, lead.end, end):
            end += 1
        if lead.end < end:
            return place, end
    return None


def _ends_place(finder: NameFinder, first: int, place: int) -> bool:
    chart, key = finder.chart, finder.chart.key(place)
    is_over = key in _SIGNS or key in chart.lists["name_ends"] or bool(chart.read("with", place))
    return is_over or place in finder.in_pieces or place - first >= _LONGEST_PLACE


def calendar_of(finder: NameFinder, start: int) -> Cut | None:
    """The words "on my calendar", which say where to write it down."""
    for place in range(start + 1, len(finder.chart.tokens)):
        found = finder.chart.longest("on_calendar", place)
        if found:
            return place, found.end
    return None


def length_of(finder: NameFinder, start: int) -> tuple[timedelta, Cut] | None:
    """How long it takes: "for 2 hours", "a 30 minute call", with the words that say so."""
    for category in ("length", "length_of"):
        for place in range(start, len(finder.chart.tokens)):
            found = finder.chart.longest(category, place)
            if found and isinstance(found.value, Duration) and place not in finder.in_pieces:
                length = found.value.exact + timedelta(days=found.value.days)
                return (length, (place, found.end)) if length else None
    return None
