"""A language is a file: tables of words, and phrases with the name of what is made of them.

* `[lists]`      words that the engine asks for by name, also usable in phrases as `{name}`
* `[words.day]`  value = the words that stand for it, where a module says what the value means;
                 elsewhere the value is the name itself, or the number it spells
* `[phrases.day]` function = the phrases that it reads (see `grammar` for how they are written)

Signs such as "15:30" or "2024-05-20" are alike in each language and stand with their functions.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from assistant.local import (
    calendar_words,
    clock_ranges,
    clocks,
    dates,
    durations,
    holidays,
    marks,
    numbers,
    numeric_dates,
    offsets,
    openings,
    recurrence,
    stretches,
)
from assistant.local.grammar import Grammar, Lexeme, Way, pattern_rule, phrase_rule
from assistant.local.makers import Build, Lists, Makers
from assistant.local.text import fold

FOLDER = Path(__file__).parent / "languages"
FALLBACK = "en"
MAKERS = (
    numbers.MAKERS,
    durations.MAKERS,
    calendar_words.MAKERS,
    numeric_dates.MAKERS,
    holidays.MAKERS,
    dates.MAKERS,
    offsets.MAKERS,
    clocks.MAKERS,
    clock_ranges.MAKERS,
    stretches.MAKERS,
    recurrence.MAKERS,
    marks.MAKERS,
    openings.MAKERS,
)
Words = Mapping[str, Mapping[str, list[str]]]


class WordLists(dict[str, frozenset[str]]):
    """The lists of a language; one that it does not have is empty."""

    def __missing__(self, name: str) -> frozenset[str]:
        return frozenset()


def languages_of(locale: str) -> tuple[str, ...]:
    """The languages in which somebody of that locale may write; English is always one."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    known = language in known_languages() and language != FALLBACK
    return (language, FALLBACK) if known else (FALLBACK,)


@cache
def spoken_words(name: str, locale: str) -> frozenset[str]:
    """The folded words of a list in all languages in which somebody of that locale may write."""
    lists = (load(language).lists[name] for language in languages_of(locale))
    return frozenset().union(*lists)


@cache
def known_languages() -> frozenset[str]:
    """The languages that have a file."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


@cache
def load(language: str) -> Grammar:
    """The grammar in a language file, read once."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        tables = tomllib.load(file)
    return compile_tables(tables, MAKERS)


def compile_tables(tables: Mapping[str, Mapping[str, object]], makers: Iterable[Makers]) -> Grammar:
    """Join words and phrases with what the modules make of them."""
    makers = list(makers)
    listed = _table(tables, "lists").items()
    lists = WordLists((name, frozenset(map(fold, words))) for name, words in listed)
    ways: dict[str, list[Way]] = {}
    for one in makers:
        for sign in one.signs:
            ways.setdefault(sign.category, []).append(Lexeme(*sign[1:]))
    values = {name: table for one in makers for name, table in one.values.items()}
    for category, words in _table(tables, "words").items():
        ways.setdefault(category, []).extend(_word_ways(words, values.get(category)))
    builds = {"same": _same} | {name: one for each in makers for name, one in each.phrases.items()}
    for category, phrases in _table(tables, "phrases").items():
        ways.setdefault(category, []).extend(_phrase_ways(phrases, builds, lists))
    return Grammar(ways, lists)


def _word_ways(
    words: Mapping[str, list[str]], values: Mapping[str, object] | None
) -> Iterator[Way]:
    for name, phrases in words.items():
        plain = int(name) if name.isdigit() else name
        value = values[name] if values else plain
        for phrase in phrases:
            yield phrase_rule(fold(phrase), value)


def _phrase_ways(
    phrases: Mapping[str, list[str]], builds: Mapping[str, Build], lists: Lists
) -> Iterator[Way]:
    for name, patterns in phrases.items():
        for pattern in patterns:
            yield pattern_rule(fold(pattern), builds[name], lists)


def _same(value: object) -> object:
    return value


def _table(tables: Mapping[str, Mapping[str, object]], name: str) -> Mapping[str, Any]:
    return tables.get(name, {})
