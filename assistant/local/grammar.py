"""The little machine under the rules.

A module of the grammar declares a `Rules` table; `Grammar` compiles the tables and reads a text
with them. A category is a kind of phrase ("number", "day"); it is described by

* words:   a fixed table, `{"monday": 0, "tomorrow": 1}`;
* lexemes: a regular expression for things spelled with signs, "15:30", "2024-05-20";
* rules:   a sequence such as `"in|within the? <duration>"`: words with alternatives, `?` for
  optional parts, `<category>` for parts whose value the function receives, None when left out.

A function that returns None rejects the reading. No category may lead back to itself, which makes
reading one place cheap and a whole text linear. First declared wins when two readings end together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import NamedTuple, TypeVar

from assistant.local.text import DIGITS, Token, tokenize

Build = Callable[..., object]
LONGEST_PHRASE = 12  # tokens
F = TypeVar("F", bound=Build)


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


class Rules:
    """What one module contributes to the grammar."""

    def __init__(self) -> None:
        self.ways: list[tuple[str, Way]] = []

    def words(self, category: str, table: Mapping[str, object]) -> None:
        """Let each phrase of the table stand for its value."""
        for phrase, value in table.items():
            parts = tuple(
                Part(frozenset({token.key}), None, optional=False)
                for token in tokenize(phrase, LONGEST_PHRASE)
            )
            self.ways.append((category, Rule(parts, _constant(value))))

    def lexeme(self, category: str, pattern: str, first: str = DIGITS) -> Callable[[F], F]:
        """Let the pattern be read by the function; `first` names the tokens it may start with."""

        def declare(build: F) -> F:
            way = Lexeme(re.compile(pattern), frozenset(first.split()), build)
            self.ways.append((category, way))
            return build

        return declare

    def rule(self, category: str, *patterns: str) -> Callable[[F], F]:
        """Let each of the sequences be read by the function."""

        def declare(build: F) -> F:
            for pattern in patterns:
                parts = tuple(_part(piece) for piece in pattern.split())
                values = [part.category for part in parts if part.category]
                signature(build).bind(*values)  # fails at import, not in somebody's sentence
                self.ways.append((category, Rule(parts, build)))
            return build

        return declare


def _constant(value: object) -> Build:
    return lambda: value


def _part(piece: str) -> Part:
    bare = piece.removesuffix("?")
    category = bare[1:-1] if bare.startswith("<") else None
    words = frozenset() if category else frozenset(bare.split("|"))
    return Part(words, category, optional=bare != piece)


class Grammar:
    """The compiled tables: per category and first token, the ways worth trying."""

    def __init__(self, *tables: Rules) -> None:
        self._ways: dict[str, list[Way]] = {}
        for table in tables:
            for category, way in table.ways:
                self._ways.setdefault(category, []).append(way)
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
        self._index = grammar.index
        self._ends = {token.end: place for place, token in enumerate(tokens, start=1)}
        self._seen: dict[tuple[str, int], tuple[Found, ...]] = {}

    def read(self, category: str, start: int) -> tuple[Found, ...]:
        """Every reading of the category that starts at this token."""
        if start >= len(self.tokens):
            return ()
        ways = self._index[category].get(self.tokens[start].key)
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
