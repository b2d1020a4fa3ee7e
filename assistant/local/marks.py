"""What a request says beside its time: <priority>, <label>, <lead> (remind me … before)."""

import re

from assistant.local.grammar import Rules
from assistant.local.values import Duration, Importance, Label, Lead

RULES = Rules()

_URGENT, _HIGH, _MEDIUM, _LOW = (Importance(word) for word in ("urgent", "high", "medium", "low"))

RULES.words(
    "priority",
    {
        "urgent": _URGENT,
        "urgently": _URGENT,
        "asap": _URGENT,
        "a.s.a.p.": _URGENT,
        "as soon as possible": _URGENT,
        "top priority": _URGENT,
        "highest priority": _URGENT,
        "very important": _HIGH,
        "not urgent": _LOW,
        "not important": _LOW,
        "no rush": _LOW,
        "no hurry": _LOW,
        "whenever you can": _LOW,
        "whenever possible": _LOW,
        "when you have time": _LOW,
        "when i have time": _LOW,
    },
)
RULES.words(  # ordinary words too: they rank only where the phrase ends
    "loose_priority",
    {"important": _HIGH, "critical": _URGENT, "immediately": _URGENT, "whenever": _LOW},
)
RULES.words(
    "rank",
    {
        "urgent": _URGENT,
        "critical": _URGENT,
        "high": _HIGH,
        "medium": _MEDIUM,
        "normal": _MEDIUM,
        "low": _LOW,
    },
)
RULES.words("link", {"with": 1, "at": 1, "as": 1, "with a": 1})
_BY_NUMBER = {"0": _URGENT, "1": _HIGH, "2": _MEDIUM, "3": _LOW, "4": _LOW}


@RULES.rule("priority", "<link>? <rank> - priority", "<link>? <rank> priority")
@RULES.rule("priority", "<link>? priority :|-|=|is? <rank>")
def _ranked(_: int | None, rank: Importance) -> Importance:
    return rank


@RULES.lexeme("priority", r"(?<![\w-])p([0-4])(?![\w.-]*\w)", first="p")
def _numbered(match: re.Match[str]) -> Importance:
    return _BY_NUMBER[match[1]]


@RULES.lexeme("priority", r"(?<!!)!!(!?)(?!!)", first="!")
def _shouted(match: re.Match[str]) -> Importance:
    return _URGENT if match[1] else _HIGH


@RULES.lexeme("label", r"(?<![\w&#])#([^\W\d_][\w-]{0,49})(?![\w-])", first="#")
def _label(match: re.Match[str]) -> Label:
    return Label(match[1])


_BEFORE = "before|prior|ahead|beforehand|earlier"
_CALL = "remind|alert|notify|warn|ping"


@RULES.rule(
    "lead",
    f"{_CALL} <ahead>",
    f"{_CALL} me|us <ahead>",
    f"and {_CALL} me|us <ahead>",
    "and|with? a|an|the? reminder|alert <ahead>",
    "( reminder <ahead> )",
    "( remind me <ahead> )",
)
def _lead(length: Duration) -> Lead:
    return Lead(length)


@RULES.rule(
    "ahead",
    f"<duration> {_BEFORE}",
    "<duration> before it|that",
    "<duration> in advance",
    "<duration> ahead of time",
)
def _ahead(length: Duration) -> Duration:
    return length


@RULES.rule("ahead", "the <unit_name> before")
def _the_unit_before(unit: Duration) -> Duration:
    return unit
