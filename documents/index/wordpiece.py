"""The tokens of BERT's uncased models: WordPiece (Devlin and others 2019, Wu and others 2016).

The library that does this brings a client for a hub of models with it, and a dozen packages more;
these are the few rules that it follows here. A test holds what they give for odd texts.
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

# As the model's makers publish it (Apache-2.0): a line each, its number is the token's id.
VOCABULARY = Path(__file__).with_name("data") / "minilm-vocabulary.txt"
BEGIN, END, UNKNOWN = 101, 102, 100
LONGEST_WORD = 100
# Ideographs are words of their own.
IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2FA1F), (0xF900, 0xFAFF))
ASCII_SIGNS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def token_ids(text: str, most: int) -> list[int]:
    """Return the ids of a text's tokens, no more than `most` with those at both ends."""
    found: list[int] = []
    for word in words_of(text):
        found += pieces_of(word)
        if len(found) > most:
            break
    return [BEGIN, *found[: most - 2], END]


def words_of(text: str) -> list[str]:
    """Return the words and signs of a text, in lower case and without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(map(_spaced, plain)).split()


@lru_cache(maxsize=20_000)
def pieces_of(word: str) -> tuple[int, ...]:
    """Return the ids of the longest pieces that make up a word, from left to right."""
    if len(word) > LONGEST_WORD:
        return (UNKNOWN,)
    known, found, start = _vocabulary(), [], 0
    while start < len(word):
        prefix = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((each for each in ends if prefix + word[start:each] in known), None)
        if end is None:
            return (UNKNOWN,)
        found.append(known[prefix + word[start:end]])
        start = end
    return tuple(found)


@lru_cache(maxsize=5_000)
def _spaced(letter: str) -> str:
    """Return what a letter becomes before words are divided by white space."""
    kind = unicodedata.category(letter)
    if letter in "\t\n\r" or kind == "Zs":
        return " "
    if kind in {"Cc", "Cf", "Mn"} or letter == "�":
        return ""
    if letter in ASCII_SIGNS or kind.startswith("P"):
        return f" {letter} "
    if any(first <= ord(letter) <= last for first, last in IDEOGRAPHS):
        return f" {letter} "
    return letter


@cache
def _vocabulary() -> dict[str, int]:
    lines = VOCABULARY.read_text(encoding="utf-8").split("\n")
    return {line: number for number, line in enumerate(lines) if line}
