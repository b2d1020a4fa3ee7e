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
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import NamedTuple

from assistant.local.compounds import split
from assistant.local.makers import Build, Lists
from assistant.local.text import Token, tokenize
from assistant.local.typos import correct

LONGEST_PHRASE = 12  # tokens
_NO_WAYS: Mapping[str, tuple["Way", ...]] = {}


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
_State = tuple[int, tuple[object, ...]]


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
        self.lists = grammar.lists
        self.tokens = tokens = correct(split(tokens, grammar.lists), grammar.lists)
        self._index = grammar.index
        self._keys = [*(token.key for token in tokens), ""]
        self._ends = {token.end: place for place, token in enumerate(tokens, start=1)}
        self._seen: dict[tuple[str, int], tuple[Found, ...]] = {}

    def longest(self, category: str, start: int) -> Found | None:
        """The longest reading of the category that starts at this token."""
        found = self.read(category, start)
        # Most categories have no reading, or one: those are asked for at each word.
        if len(found) > 1:
            return max(found, key=_end)
        return found[0] if found else None

    def key(self, place: int) -> str:
        """The word at a place; "" outside of the text."""
        return self.tokens[place].key if 0 <= place < len(self.tokens) else ""

    def read(self, category: str, start: int) -> tuple[Found, ...]:
        """Every reading of the category that starts at this token, or behind the last."""
        if start >= len(self.tokens):
            return ()
        ways = self._index.get(category, _NO_WAYS).get(self._keys[start])
        if ways is None:
            return ()
        known = self._seen.get((category, start))
        if known is None:
            known = self._seen[category, start] = self._read(ways, start)
        return known

    def _read(self, ways: tuple[Way, ...], start: int) -> tuple[Found, ...]:
        found: dict[int, Found] = {}
        for way in ways:
            if isinstance(way, Lexeme):
                self._add_lexeme(way, start, found)
                continue
            for end, values in self._matches(way, start):
                value = way.build(*values) if end > start and end not in found else None
                if value is not None:
                    found[end] = Found(end, value)
        return tuple(found.values())

    def _add_lexeme(self, way: Lexeme, start: int, found: dict[int, Found]) -> None:
        match = way.pattern.match(self.folded, self.tokens[start].start)
        end = self._ends.get(match.end()) if match else None
        value = way.build(match) if match and end and end not in found else None
        if end and value is not None:
            found[end] = Found(end, value)

    def _matches(self, rule: Rule, start: int) -> list[_State]:
        """Where the rule may end, with the values of its parts."""
        states: list[_State] = [(start, ())]
        for words, category, optional in rule.parts:
            after: list[_State] = []
            for at, values in states:
                if category is not None:
                    after += [(end, (*values, value)) for end, value in self.read(category, at)]
                elif self._keys[at] in words:
                    after.append((at + 1, values))
                if optional:
                    after.append((at, values if category is None else (*values, None)))
            if not after:
                return after
            states = after
        return states


def _end(found: Found) -> int:
    return found.end
