"""Words that say what a text is about."""

import re

from documents.language.wordlists import DATA, words_in

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# Words that stand in every text, and those that people say while they think.
COMMON = words_in(DATA / "common.txt")


def words_of(text: str) -> list[str]:
    """Return the words of a text in their order, in lower case."""
    return WORD.findall(text.lower().replace("’", "'"))


def telling(words: list[str]) -> list[str]:
    """Return those that say what it is about."""
    return [word for word in words if word not in COMMON and len(word) > 1]
