"""Requests that stand around or behind the thing to do: "add … to my list", "…, remind me"."""

from typing import NamedTuple

from assistant.local.grammar import Chart
from assistant.local.names import NameFinder

Cut = tuple[int, int]
_SIGNS = frozenset(",;.:-!?()")
_LONGEST_COURTESY = 5  # tokens


class Frame(NamedTuple):
    """The words before and behind the thing to do."""

    head: Cut
    tail: Cut


def frame_of(finder: NameFinder, start: int) -> Frame | None:
    """The frame that opens here, if its other half stands where a phrase ends."""
    chart = finder.chart
    listed = chart.longest("list_verb", start)
    if listed:
        for place in range(len(chart.tokens) - 1, listed.end, -1):
            tail = chart.longest("list_tail", place)
            if tail and phrase_ends(finder, tail.end):
                return Frame((start, listed.end), (place, tail.end))
    made = chart.longest("make_verb", start)
    note = closing_note(finder, made.end) if made else None
    if made and note:
        determined = chart.longest("determiner", made.end)
        return Frame((start, determined.end if determined else made.end), note)
    return None


def closing_note(finder: NameFinder, start: int) -> Cut | None:
    """The word "reminder" where nothing but words of time follow; something stands before it."""
    chart = finder.chart
    place = len(chart.tokens)
    while place > start + 1 and says_nothing(finder, place - 1):
        place -= 1
    is_note = place > start + 1 and chart.key(place - 1) in chart.lists["notes"]
    before = chart.key(place - 2) in chart.lists["determiners"] | chart.lists["assign_to"]
    return (place - 1, place) if is_note and not before else None


def tail_of(finder: NameFinder, body: int) -> Cut | None:
    """A request behind the thing to do, with the courtesy before it: ", please remind me"."""
    chart = finder.chart
    for place in range(body + 1, len(chart.tokens)):
        tail = None if place in finder.in_pieces else chart.longest("tail", place)
        if tail and closes(finder, tail.end):
            return _with_courtesy(finder, place, body), tail.end
    return None


def _with_courtesy(finder: NameFinder, place: int, body: int) -> int:
    """Where the signs and the courtesy right before a word begin."""
    chart = finder.chart
    while place > body:
        before = range(max(body, place - _LONGEST_COURTESY), place)
        if chart.key(place - 1) in _SIGNS and place - 1 not in finder.in_pieces:
            place -= 1
            continue
        first = next((one for one in before if _is_courtesy(chart, one, place)), None)
        if first is None:
            return place
        place = first
    return place


def _is_courtesy(chart: Chart, start: int, end: int) -> bool:
    return any(found.end == end for found in chart.read("courtesy", start))


def closes(finder: NameFinder, end: int) -> bool:
    """Whether nothing but words of time, courtesy and signs follow."""
    return all(says_nothing(finder, place) for place in range(end, len(finder.chart.tokens)))


def says_nothing(finder: NameFinder, place: int) -> bool:
    """Whether the word is one of time, courtesy or a sign."""
    chart = finder.chart
    key = chart.key(place)
    leads = chart.lists["leads_to_date"] | chart.lists["leads_to_time"]
    is_empty = place in finder.in_pieces or key in _SIGNS or key in leads
    return is_empty or bool(chart.read("trailing", place))


def phrase_ends(finder: NameFinder, end: int) -> bool:
    """Whether a phrase ends before this word."""
    key = finder.chart.key(end)
    followers = finder.chart.lists["followers"]
    return not key or key in _SIGNS or key in followers or end in finder.in_pieces
