"""Finding rows by words: as they are typed, else as they may have been meant."""

import re
from functools import reduce
from operator import and_, or_

from django.db.models import Q

MOST_WORDS = 8
# Short words are too near to others.
_WORD, _LETTERS = re.compile(r"[^\W_]+"), re.compile(r"[^\W\d_]{4,20}")


def words_of(text: str) -> list[str]:
    """Return the words that are looked for."""
    return _WORD.findall(text)[:MOST_WORDS]


def holding(text: str, *fields: str) -> Q:
    """Ask that each word stands in one of the fields; without a word nothing is found."""
    return _each(words_of(text), fields, "icontains")


def holding_as_meant(text: str, *fields: str) -> Q:
    """Ask the same, with one slip of the finger in each word that is long enough for one."""
    return _each([_with_a_slip(word) for word in words_of(text)], fields, "iregex")


def _each(wanted: list[str], fields: tuple[str, ...], how: str) -> Q:
    places = [reduce(or_, (Q(**{f"{field}__{how}": word}) for field in fields)) for word in wanted]
    return reduce(and_, places) if places else Q(pk__in=[])


def _with_a_slip(word: str) -> str:
    """Return the expression for a word with a letter less, more or other, or two turned.

    A word is letters and digits alone: nothing in it means something to the expression.
    """
    if not _LETTERS.fullmatch(word):
        return rf"\m{word}"
    forms = {word}
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        forms |= {f"{before}.?{after}", f"{before}.{word[place:]}"}
        if after:
            forms.add(f"{before}{after[0]}{word[place]}{after[1:]}")
    return rf"\m({'|'.join(sorted(forms))})"
