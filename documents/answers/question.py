"""What kind of answer a question asks for, and whether a sentence has such a thing in it."""

import re
from collections.abc import Collection

from documents.language.stems import stem_of

NUMBER, MOMENT, WHO, WHERE, WHY, YES_OR_NO, WHAT = (
    *("number", "moment", "who", "where", "why", "yes_or_no"),
    "what",
)
# Those whose answer can be seen in a sentence that does not repeat the question.
OF_THINGS = frozenset({NUMBER, MOMENT, WHO, WHERE})
KINDS = (
    (NUMBER, r"\bhow (?:many|much|long|often|old|far|large|big|high|tall|fast|few)\b"
             r"|\bwhat (?:percent|percentage|number|amount|is the number)"),
    (MOMENT, r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|century|decade|time)"),
    (WHO, r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|company|group|organization)"),
    (WHERE, r"\bwhere\b|\b(?:what|which) (?:city|country|state|place|region|continent)"),
    (WHY, r"\bwhy\b"),
    (YES_OR_NO, r"^(?:is|are|was|were|do|does|did|can|could|may|must|should|will|has|have|am)\b"),
)  # fmt: skip
PATTERNS = [(kind, re.compile(pattern)) for kind, pattern in KINDS]
NUMBERS = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred"
    r"|thousand|million|half|once|twice)\b",
    re.IGNORECASE,
)
MOMENTS = re.compile(
    r"\b(?:1\d|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|centur(?:y|ies)"
    r"|days?|weeks?|months?|years?|hours?|minutes?|decade)\b"
)
REASONS = re.compile(
    r"\b(?:because|due to|since|so that|in order|as a result|caused?|reasons?|therefore|to \w+)\b",
    re.IGNORECASE,
)
# A word with a capital letter that does not begin a sentence.
NAMES = re.compile(r"(?<=[\w,;:)’'\"] )[A-Z][\w’'-]+")
UNKNOWN = 0.5


def kind_of_question(question: str) -> str:
    """Return what it asks for."""
    lower = question.strip().lower()
    return next((kind for kind, pattern in PATTERNS if pattern.search(lower)), WHAT)


def has_answer(kind: str, sentence: str, asked: Collection[str]) -> float:
    """Return 1 where the sentence has what is asked for, 0 where not, 0.5 if it cannot be seen.

    `asked` are the question's own terms: a name that stands in it is no answer.
    """
    if kind == NUMBER:
        return float(bool(NUMBERS.search(sentence)))
    if kind == MOMENT:
        return float(bool(MOMENTS.search(sentence)))
    if kind == WHY:
        return float(bool(REASONS.search(sentence)))
    if kind in {WHO, WHERE}:
        names = NAMES.findall(sentence)
        return float(any(stem_of(name.lower()) not in asked for name in names))
    return UNKNOWN
