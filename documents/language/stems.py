"""The terms of the index: stems of words (Snowball's English), and codes as they are written."""

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

from documents.language.wordlists import DATA, words_in
from documents.language.words import words_of

STOPWORDS = words_in(DATA / "stopwords.txt")
# "ISO/IEC-27001", "4.2.1": one term besides those of its parts.
CODE = re.compile(r"\b(?=[\w./-]*\d)\w+(?:[./-]\w+)+\b")
# "HR 7b", "Form A 38": letters that are written large, and what has a number in it behind them.
SPACED = re.compile(r"\b([A-Z]{1,5}) (\d\w{0,7})\b")
# "HR7b" is a word like others, and what is left of both of these.
TOGETHER = re.compile(r"\b[^\W\d_]{1,8}\d\w*\b")
# In a question people do not write large.
LOOSE = re.compile(r"\b([^\W\d_]{1,5}) (\d\w{0,7})\b(?![./-]\w)")
SIGNS = re.compile(r"[./-]")
LONGEST = 60
# One stemmer works on one word at a time.
_stemmer, _turn = snowballstemmer.stemmer("english"), Lock()


def terms_of(text: str) -> list[str]:
    """Return what a text is found by, in the order of its words, its codes last."""
    plain = (word.removesuffix("'s") for word in words_of(text))
    stems = [stem_of(word[:LONGEST]) for word in plain if word not in STOPWORDS]
    return stems + codes_in(text)


def codes_in(text: str) -> list[str]:
    """Return the codes in a text, such as the names of forms and the numbers of paragraphs.

    "HR-7b" and "HR 7b" are both "hr7b", as which "HR7b" stands among the words already.
    """
    codes = [_plain(code) for code in CODE.findall(text)]
    codes += ["".join(parts) for parts in SPACED.findall(text)]
    return [code.lower()[:LONGEST] for code in codes]


def codes_meant_by(question: str) -> list[str]:
    """Return what may be a code in a question, however it is written."""
    loose = ["".join(parts).lower() for parts in LOOSE.findall(question)]
    together = [each.lower() for each in TOGETHER.findall(question)]
    named = [each for each in codes_in(question) if is_code(each)]
    return list(dict.fromkeys([*named, *together, *loose]))


def is_code(term: str) -> bool:
    """Tell whether a term names one thing: letters with a number, or a number of three parts."""
    return bool(TOGETHER.fullmatch(term)) or len(SIGNS.findall(term)) > 1


def _plain(code: str) -> str:
    """Return a code without its signs, but those between its numbers."""
    plain = SIGNS.sub("", code)
    return plain if TOGETHER.fullmatch(plain) else code


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """Return the stem of a word in lower case."""
    with _turn:
        stem: str = _stemmer.stemWord(word)
    return stem
