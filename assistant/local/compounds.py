"""Words that a language writes as one: "Freitagabend" is a day and a part of it."""

from collections.abc import Iterable, Iterator

from assistant.local.makers import Lists
from assistant.local.text import Token


def split(tokens: Iterable[Token], lists: Lists) -> Iterator[Token]:
    """The tokens, a compound of a head and a tail that the language lists as two."""
    heads, tails = lists["compound_heads"], lists["compound_tails"]
    for token in tokens:
        key = token.key
        head = next((one for one in heads if key.startswith(one) and key[len(one) :] in tails), "")
        if head:
            middle = token.start + len(head)
            yield Token(head, token.start, middle)
            yield Token(key[len(head) :], middle, token.end)
        else:
            yield token
