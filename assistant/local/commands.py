"""Requests for something else than a new task: done, move, hand on, note, list, ask, undo, help."""

from typing import NamedTuple

from assistant.interpreter import Intent
from assistant.local.frames import closes, says_nothing
from assistant.local.names import Named, NameFinder
from assistant.local.people import NOBODY, SELF
from assistant.local.values import Duration

Cut = tuple[int, int]
_TIMES = frozenset({"date", "time", "part", "shift"})
_MARKED = (
    ("complete_verb", "complete_tail"),
    ("check_verb", "check_tail"),
    ("set_verb", "set_tail"),
)
_FEW = 7  # tokens


class Command(NamedTuple):
    """What is asked for, and the words around the thing that it is asked for."""

    intent: Intent
    head: Cut
    tail: Cut | None = None
    named: Named | None = None
    whole: bool = False  # the text itself is the matter; nothing is cut from it
    to_self: bool = False
    move: Duration | None = None  # how far the thing moves


def command_at(finder: NameFinder, start: int) -> Command | None:
    """The command that begins with this clause."""
    ways = (_spoken, _note, _completed, _moved, _handed_on, _taken_over, _listed, _asked)
    return next((found for way in ways if (found := way(finder, start))), None)


def _spoken(finder: NameFinder, start: int) -> Command | None:
    """Read "undo that" and "help", which must be all that is said."""
    for category in ("undo", "help"):
        found = finder.chart.longest(category, start)
        if found and closes(finder, found.end):
            intent: Intent = "undo" if category == "undo" else "help"
            return Command(intent, (start, found.end), whole=True)
    return None


def _note(finder: NameFinder, start: int) -> Command | None:
    found = finder.chart.longest("note_open", start)
    opening = finder.chart.longest("opening", start)
    if found is None or (opening and opening.end > found.end):
        return None
    return Command("create_note", (start, found.end))


def _completed(finder: NameFinder, start: int) -> Command | None:
    """Read "done with X" and "mark X as done"."""
    chart = finder.chart
    opened = chart.longest("complete_open", start)
    if opened and not closes(finder, opened.end):
        return Command("complete", (start, opened.end))
    for verb_name, tail_name in _MARKED:
        verb = chart.longest(verb_name, start)
        for place in range(verb.end + 1 if verb else len(chart.tokens), len(chart.tokens)):
            tail = chart.longest(tail_name, place)
            if verb and tail and closes(finder, tail.end):
                return Command("complete", (start, verb.end), tail=(place, tail.end))
    return None


def said_done(finder: NameFinder, start: int) -> Command | None:
    """Read "X is done"."""
    for place in range(start + 1, len(finder.chart.tokens)):
        tail = finder.chart.longest("complete_said", place)
        if tail and closes(finder, tail.end):
            return Command("complete", (start, start), tail=(place, tail.end))
    return None


def _moved(finder: NameFinder, start: int) -> Command | None:
    """Read "postpone X to friday", and "move X to friday" where a time stands behind "to"."""
    chart = finder.chart
    sure = chart.longest("move_verb_sure", start)
    verb = sure or chart.longest("move_verb", start) or chart.longest("move_verb_by", start)
    moved = _moved_by(finder, start, verb.end) if verb else None
    if moved:
        return moved
    if sure and not closes(finder, sure.end):
        return Command("reschedule", (start, sure.end))
    verb = chart.longest("move_verb", start)
    if verb is None:
        return None
    for place in range(verb.end + 1, len(chart.tokens)):
        piece = finder.piece_at.get(place)
        to = chart.lists["move_to"]
        leads = chart.key(place - 1) in to or chart.key(place) in to
        if piece and piece.kind in _TIMES and leads:
            back = place - 2 if chart.key(place - 2) in chart.lists["move_back"] else place - 1
            return Command("reschedule", (start, verb.end), tail=(back, place))
    return None


def _moved_by(finder: NameFinder, start: int, first: int) -> Command | None:
    """Read "postpone X by two days", and "move X up by an hour"."""
    chart = finder.chart
    for place in range(first + 1, len(chart.tokens)):
        length = chart.longest("duration", place + 1)
        leads = chart.key(place) in chart.lists["move_by"]
        if not (leads and length and isinstance(length.value, Duration)) or length.value.working:
            continue
        end = length.end + (chart.key(length.end) in chart.lists["move_back"])
        if closes(finder, end):
            words = {*map(chart.key, range(start, first)), chart.key(place - 1), chart.key(end - 1)}
            move = -length.value if words & chart.lists["earlier"] else length.value
            back = place - (chart.key(place - 1) in chart.lists["move_back"])
            return Command("reschedule", (start, first), tail=(back, end), move=move)
    return None


def _handed_on(finder: NameFinder, start: int) -> Command | None:
    """Read "reassign X to Y", and "give X to Y instead"."""
    chart = finder.chart
    sure = chart.longest("hand_on_sure", start)
    verb = sure or chart.longest("hand_on", start)
    if verb is None:
        return None
    for place in range(len(chart.tokens) - 1, verb.end, -1):
        if chart.key(place) not in chart.lists["assign_to"]:
            continue
        named = finder.known_at(place + 1)
        if named is None and chart.read("hand_on_anybody", start):
            named = _stranger(finder, place + 1)
        over = chart.key(place - 1) in chart.lists["over"]
        if named and (sure or over or chart.read("instead", named.end)):
            first = place - 1 if over else place
            end = named.end + bool(chart.read("instead", named.end))
            moved = Named(named.first, named.end, named.match, sign=first)
            return Command("reassign", (start, verb.end), tail=(named.end, end), named=moved)
    return None


def _stranger(finder: NameFinder, start: int) -> Named | None:
    end = start
    while end < len(finder.chart.tokens) and not says_nothing(finder, end):
        end += 1
    return Named(start, end, NOBODY) if end > start else None


def _taken_over(finder: NameFinder, start: int) -> Command | None:
    """Read "Y should take over X"."""
    named = finder.known_at(start)
    verb = finder.chart.longest("take_over", named.end) if named else None
    if named is None or verb is None or named.match is SELF:
        return None
    return Command("reassign", (named.end, verb.end), named=named)


def _listed(finder: NameFinder, start: int) -> Command | None:
    """Read "what is due this week?" and "show my tasks"."""
    chart = finder.chart
    opened = chart.longest("list_open", start)
    if opened and _mentions(finder, "list_noun_strict", start):
        is_all = chart.key(start) in chart.lists["all_alone"]
        if not is_all or len(chart.tokens) - start <= _FEW:
            return _list(finder, start)
    asked = chart.longest("question_word", start) or (_asks(finder, start) or None)
    return _list(finder, start) if asked and _mentions(finder, "list_noun", start) else None


def _list(finder: NameFinder, start: int) -> Command:
    """A list, with whose things it is to have: "tasks for Omar", "Omar's tasks", "my tasks"."""
    chart, places = finder.chart, range(start, len(finder.chart.tokens))
    owners = (finder.known_at(place, owning=True) for place in places)
    led = (one for one in places if chart.key(one - 1) in chart.lists["owner_leads"])
    people = filter(None, (*owners, *map(finder.known_at, led)))
    named = next((one for one in people if one.match is not SELF), None)
    to_self = named is None and any(chart.key(one) in chart.lists["mine"] for one in places)
    return Command("list", (start, start), named=named, whole=True, to_self=to_self)


def _mentions(finder: NameFinder, category: str, start: int) -> bool:
    places = range(start, len(finder.chart.tokens))
    return any(finder.chart.read(category, place) for place in places)


def _asked(finder: NameFinder, start: int) -> Command | None:
    """Read a question that no task answers: "how many days of leave do I have?"."""
    opened = finder.chart.longest("question_word", start)
    if opened or _asks(finder, start):
        return Command("ask", (start, start), whole=True)
    return None


def _asks(finder: NameFinder, start: int) -> bool:
    chart = finder.chart
    is_question = bool(chart.tokens) and chart.tokens[-1].key == "?"
    is_polite = bool(chart.read("courtesy", start))
    return is_question and bool(chart.read("question_verb", start)) and not is_polite
