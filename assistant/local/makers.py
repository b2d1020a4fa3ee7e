"""What a module of the grammar can make of words, whatever the language that says them.

A language file (see `language`) names the functions below and the phrases that call for them.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from assistant.local.text import DIGITS

Build = Callable[..., object]
Lists = Mapping[str, frozenset[str]]  # the words that a language names
F = TypeVar("F", bound=Build)


class Sign(NamedTuple):
    """A pattern read on the folded text where a token starts: what is spelled with signs."""

    category: str
    pattern: re.Pattern[str]
    first: frozenset[str]
    build: Build


class Makers:
    """The functions, signs and word values that one module contributes."""

    def __init__(self) -> None:
        self.phrases: dict[str, Build] = {}
        self.signs: list[Sign] = []
        self.values: dict[str, Mapping[str, object]] = {}

    def phrase(self, build: F) -> F:
        """Offer the function to language files, by its name without the underscore."""
        self.phrases[build.__name__.lstrip("_")] = build
        return build

    def sign(self, category: str, pattern: str, first: str = DIGITS) -> Callable[[F], F]:
        """Let the pattern be read by the function; `first` names the tokens it may start with."""

        def declare(build: F) -> F:
            sign = Sign(category, re.compile(pattern), frozenset(first.split()), build)
            self.signs.append(sign)
            return build

        return declare

    def words(self, category: str, values: Mapping[str, object]) -> None:
        """Say what the names in a language file's table of this category stand for."""
        self.values[category] = values
