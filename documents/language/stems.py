"""The terms of the index: stems of words (Snowball's English), and codes as they are written."""

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

from documents.language.wordlists import DATA, words_in
from documents.language.words import words_of

STOPWORDS = words_in(DATA / "stopwords.txt")
# "HR-7b", "ISO/IEC-27001", "4.2.1": one term besides those of its parts.
CODE = re.compile(r"\b(?=[\w./-]*\d)\w+(?:[./-]\w+)+\b")
LONGEST = 60
# One stemmer works on one word at a time.
_stemmer, _turn = snowballstemmer.stemmer("english"), Lock()


def terms_of(text: str) -> list[str]:
    """Return what a text is found by, in the order of its words, its codes last."""
    plain = (word.removesuffix("'s") for word in words_of(text))
    stems = [stem_of(word[:LONGEST]) for word in plain if word not in STOPWORDS]
    return stems + codes_in(text)


def codes_in(text: str) -> list[str]:
    """Return the codes in a text, such as the names of forms and the numbers of paragraphs."""
    return [code.lower()[:LONGEST] for code in CODE.findall(text)]


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """Return the stem of a word in lower case."""
    with _turn:
        stem: str = _stemmer.stemWord(word)
    return stem
