"""The little machine under the rules.

A category is a kind of phrase ("number", "day"); a reading of it has a value. It is described by

* rules: a sequence such as `"in|within the? <duration>"`: words with alternatives, `?` for
  optional parts, `{at}` for a list of words that the language names, `<category>` for parts whose
  value the function receives, None when left out;
* lexemes: a regular expression for things spelled with signs, "15:30", "2024-05-20".

A function that returns None rejects the reading. No category may lead back to itself, which makes
reading one place cheap and a whole text linear. First declared wins when two readings end together.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import NamedTuple

from assistant.local.makers import Build
from assistant.local.text import Token, tokenize

LONGEST_PHRASE = 12  # tokens
Lists = Mapping[str, frozenset[str]]


class Found(NamedTuple):
    """A reading: the token it ends before, and its value."""

    end: int
    value: object


class Part(NamedTuple):
    """One element of a rule: some words, or a category whose value is handed over."""

    words: frozenset[str]
    category: str | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A sequence of parts, and what to make of them."""

    parts: tuple[Part, ...]
    build: Build


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A pattern matched on the folded text where a token starts, and what to make of it."""

    pattern: re.Pattern[str]
    first: frozenset[str]
    build: Build


Way = Rule | Lexeme


def phrase_rule(phrase: str, value: object) -> Rule:
    """Read exactly these words as the value."""
    tokens = tokenize(phrase, LONGEST_PHRASE)
    parts = tuple(Part(frozenset({token.key}), None, optional=False) for token in tokens)
    return Rule(parts, lambda: value)


def pattern_rule(pattern: str, build: Build, lists: Lists) -> Rule:
    """Read the sequence with the function; raise TypeError if it does not take its values."""
    parts = tuple(_part(piece, lists) for piece in pattern.split())
    signature(build).bind(*(part.category for part in parts if part.category))
    return Rule(parts, build)


def _part(piece: str, lists: Lists) -> Part:
    bare = piece.removesuffix("?")
    optional = bare != piece
    if bare.startswith("<"):
        return Part(frozenset(), bare[1:-1], optional)
    words = lists[bare[1:-1]] if bare.startswith("{") else frozenset(bare.split("|"))
    return Part(words, None, optional)


class Grammar:
    """The compiled rules: per category and first token, the ways worth trying."""

    def __init__(self, ways: Mapping[str, list[Way]], lists: Lists) -> None:
        self._ways = ways
        self.lists = lists
        self._first: dict[str, frozenset[str]] = {}
        self.index: dict[str, dict[str, tuple[Way, ...]]] = {}
        for category in self._ways:
            self._compile(category, ())

    def _compile(self, category: str, above: tuple[str, ...]) -> frozenset[str]:
        if category in above:
            raise ValueError(f"The category {category} leads back to itself.")
        if category not in self._first:
            index: dict[str, list[Way]] = {}
            for way in self._ways[category]:
                for key in self._starts(way, (*above, category)):
                    index.setdefault(key, []).append(way)
            self.index[category] = {key: tuple(ways) for key, ways in index.items()}
            self._first[category] = frozenset(index)
        return self._first[category]

    def _starts(self, way: Way, above: tuple[str, ...]) -> frozenset[str]:
        if isinstance(way, Lexeme):
            return way.first
        keys: frozenset[str] = frozenset()
        begun = False
        for part in way.parts:
            first = self._compile(part.category, above) if part.category else part.words
            keys = keys if begun else keys | first
            begun = begun or not part.optional
        return keys


class Chart:
    """All readings of one text, each made at most once."""

    def __init__(self, grammar: Grammar, folded: str, tokens: tuple[Token, ...]) -> None:
        self.folded = folded
        self.tokens = tokens
        self.lists = grammar.lists
        self._index = grammar.index
        self._ends = {token.end: place for place, token in enumerate(tokens, start=1)}
        self._seen: dict[tuple[str, int], tuple[Found, ...]] = {}

    def longest(self, category: str, start: int) -> Found | None:
        """The longest reading of the category that starts at this token."""
        return max(self.read(category, start), key=_end, default=None)

    def key(self, place: int) -> str:
        """The word at a place; "" outside of the text."""
        return self.tokens[place].key if 0 <= place < len(self.tokens) else ""

    def read(self, category: str, start: int) -> tuple[Found, ...]:
        """Every reading of the category that starts at this token."""
        if start >= len(self.tokens):
            return ()
        ways = self._index.get(category, {}).get(self.tokens[start].key)
        if ways is None:
            return ()
        known = self._seen.get((category, start))
        if known is None:
            known = self._seen[category, start] = self._read(ways, start)
        return known

    def _read(self, ways: tuple[Way, ...], start: int) -> tuple[Found, ...]:
        found: dict[int, Found] = {}
        for way in ways:
            read = self._lexeme(way, start) if isinstance(way, Lexeme) else self._rule(way, start)
            for one in read:
                if one.value is not None:
                    found.setdefault(one.end, one)
        return tuple(found.values())

    def _lexeme(self, way: Lexeme, start: int) -> Iterator[Found]:
        match = way.pattern.match(self.folded, self.tokens[start].start)
        end = self._ends.get(match.end()) if match else None
        if match and end:
            yield Found(end, way.build(match))

    def _rule(self, way: Rule, start: int) -> Iterator[Found]:
        states: list[tuple[int, tuple[object, ...]]] = [(start, ())]
        for part in way.parts:
            states = [after for at, values in states for after in self._step(part, at, values)]
            if not states:
                return
        for end, values in states:
            if end > start:
                yield Found(end, way.build(*values))

    def _step(
        self, part: Part, at: int, values: tuple[object, ...]
    ) -> Iterator[tuple[int, tuple[object, ...]]]:
        if part.category:
            for found in self.read(part.category, at):
                yield found.end, (*values, found.value)
            if part.optional:
                yield at, (*values, None)
            return
        if at < len(self.tokens) and self.tokens[at].key in part.words:
            yield at + 1, values
        if part.optional:
            yield at, values


def _end(found: Found) -> int:
    return found.end
