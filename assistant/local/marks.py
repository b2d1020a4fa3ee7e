"""What a request says beside its time: <priority>, <label>, <lead> (remind me … before)."""

import re
from datetime import timedelta

from assistant.local.makers import Makers
from assistant.local.values import Duration, Importance, Label, Lead

MAKERS = Makers()

_RANKS = {word: Importance(word) for word in ("urgent", "high", "medium", "low")}
_BY_NUMBER = {"0": "urgent", "1": "high", "2": "medium", "3": "low", "4": "low"}

for _category in ("priority", "loose_priority", "rank"):
    MAKERS.words(_category, _RANKS)


@MAKERS.phrase
def _ranked(*values: str | Importance | None) -> Importance:
    return next(value for value in values if isinstance(value, Importance))


@MAKERS.sign("priority", r"(?<![\w-])p([0-4])(?![\w.-]{0,30}\w)", first="p")
def _numbered(match: re.Match[str]) -> Importance:
    return _RANKS[_BY_NUMBER[match[1]]]


@MAKERS.sign("priority", r"(?<!!)!!(!?)(?!!)", first="!")
def _shouted(match: re.Match[str]) -> Importance:
    return _RANKS["urgent" if match[1] else "high"]


@MAKERS.sign("label", r"(?<![\w&#])#([^\W\d_][\w-]{0,49})(?![\w-])", first="#")
def _label(match: re.Match[str]) -> Label:
    return Label(match[1])


@MAKERS.phrase
def _lead(length: Duration) -> Lead:
    return Lead(length)


@MAKERS.phrase
def _ahead(length: Duration) -> Duration:
    return length


@MAKERS.phrase
def _the_unit_before(unit: Duration) -> Duration:
    return unit


@MAKERS.phrase
def _night_before() -> Duration:
    """Half a day: from a morning back to the evening before it."""
    return Duration(exact=timedelta(hours=12))
