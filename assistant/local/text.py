"""The text as the grammar sees it: folded without moving a character, and cut into tokens."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

_SAME = {"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "„": '"'}
_TOKEN = re.compile(
    r"(?:https?://|www\.)\S{1,2000}"  # an address is one opaque token, so is an e-mail address
    r"|[\w.+-]{1,64}@[\w-]{1,64}\.[\w-]{1,64}(?:\.[\w-]{1,64}){0,4}"
    r"|[^\W\d_]+|\d+|\S"
)
DIGITS = "0"  # the key under which every number starts


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a sign or an address, with its place in the text."""

    key: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower-case without accents, each character at its old offset."""
    return "".join(_fold_character(character) for character in text)


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character.isspace():
        return " "
    bare = unicodedata.normalize("NFKD", _SAME.get(character, character))
    bare = "".join(part for part in bare if not unicodedata.combining(part)).lower()
    return bare if len(bare) == 1 else character


def tokenize(folded: str, limit: int) -> tuple[Token, ...]:
    """The first tokens; up to the limit every non-blank character belongs to exactly one."""
    found = islice(_TOKEN.finditer(folded), limit)
    return tuple(Token(_key(part[0]), part.start(), part.end()) for part in found)


def _key(word: str) -> str:
    return DIGITS if word.isdigit() else word
