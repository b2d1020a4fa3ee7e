"""Short answers to a question of the office: "yes", "no, thanks", "the second one"."""

from typing import Literal, NamedTuple

from assistant.local.grammar import Chart
from assistant.local.language import languages_of, load
from assistant.local.text import fold, tokenize

_LONGEST = 8  # tokens
_SIGNS = frozenset(".,;:!?)(-\"'")


class Answer(NamedTuple):
    """What was answered; a choice with its number, counted from one."""

    kind: Literal["yes", "no", "choice"]
    number: int = 0


def read_answer(text: str, locale: str) -> Answer | None:
    """The answer, if the text is nothing but one."""
    folded = fold(text)
    tokens = tokenize(folded, _LONGEST + 1)
    if len(tokens) > _LONGEST:
        return None
    charts = (Chart(load(language), folded, tokens) for language in languages_of(locale))
    return next(filter(None, map(_answer, charts)), None)


def _answer(chart: Chart) -> Answer | None:
    if _is_all(chart, "yes"):
        return Answer("yes")
    if _is_all(chart, "no"):
        return Answer("no")
    for found in chart.read("choice", 0):
        if isinstance(found.value, int) and _is_over(chart, found.end):
            return Answer("choice", found.value)
    return None


def _is_all(chart: Chart, category: str) -> bool:
    """Whether the text is made of such words, signs and courtesy alone."""
    place = 0
    while found := chart.longest(category, place):
        place = found.end
        while chart.key(place) in _SIGNS:
            place += 1
    return place > 0 and _is_over(chart, place)


def _is_over(chart: Chart, place: int) -> bool:
    while place < len(chart.tokens):
        polite = chart.longest("trailing", place)
        if polite is None and chart.key(place) not in _SIGNS:
            return False
        place = polite.end if polite else place + 1
    return True
