"""Words of time one slip of the finger away: "on Mondy" is on Monday."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.local.makers import Lists
from assistant.local.text import Token

SHORTEST = 5


def correct(tokens: Iterable[Token], lists: Lists) -> tuple[Token, ...]:
    """The tokens, those one edit away from a word the language lists read as that word."""
    words, others = lists["correctable"], lists["not_typos"]
    return tuple(
        token if len(token.key) < SHORTEST or token.key in others else _corrected(token, words)
        for token in tokens
    )


def _corrected(token: Token, words: frozenset[str]) -> Token:
    key = token.key
    near = {word for word in words if word[0] == key[0] and is_one_edit(key, word)}
    return token if key in words or len(near) != 1 else replace(token, key=near.pop())


def is_one_edit(left: str, right: str) -> bool:
    """Whether one letter more, less, different or swapped makes the words equal."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    if start is None:
        return True
    one, other = left[start:], right[start:]
    swapped = one[1::-1] + one[2:]
    return other in {swapped, one[1:]} or one == other[1:] or one[1:] == other[1:]
