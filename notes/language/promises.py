"""Who says that somebody will do something: “I'll send it”, “Max will ask”, “Eve to order”."""

import re
from typing import NamedTuple

OWN = re.compile(
    r"^(?:so |then |and |ok(?:ay)?,? |yes,? |sure,? )*"
    r"i(?: will|'ll| shall| am going to|'m going to) ",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"^(?P<name>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2}),?"
    r" (?:will|shall|is going to|needs to|has to|is to|to|should|please|could you|can you) "
)
ADDRESSED = re.compile(r"^(?P<name>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2})[,:] (?=[a-z])")


class Promise(NamedTuple):
    """Whose work it is, in the words of the sentence (empty for the speaker), and what it is."""

    name: str
    what: str


def promise_in(sentence: str) -> Promise | None:
    """Return what a sentence says that somebody will do; None where it says nothing of the kind."""
    if found := OWN.match(sentence):
        return Promise("", sentence[found.end() :])
    found = OTHERS.match(sentence) or ADDRESSED.match(sentence)
    return Promise(found["name"], sentence[found.end() :]) if found else None
