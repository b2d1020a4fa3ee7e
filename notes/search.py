"""Finding notes by their words: as they are typed, else as they may have been meant.

The words of a note stand in a column that PostgreSQL keeps (`words`), all of them, the title's with
more weight. It is no field of the model, since nobody reads it.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import F, FloatField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from documents.language.words import COMMON

N = TypeVar("N", bound=QuerySet[Any])
ENGLISH = "english"
# Short words are too near to others; who quotes or excludes wants what is written.
WORD, PRECISE = re.compile(r"[^\W\d_]{4,20}"), re.compile(r'["-]')
MOST_WORDS = 8


def matching(rows: N, text: str) -> N:
    """Return the notes in which the words stand, or whose title contains the text, best first.

    Where there is none, those in which each word stands with one slip of the finger in it.
    """
    query = SearchQuery(text, config=ENGLISH, search_type="websearch")
    words = RawSQL('"notes_note"."words"', [], output_field=SearchVectorField())
    rows = rows.annotate(words_of=words)
    found = rows.filter(Q(words_of=query) | Q(title__icontains=text))
    meant = "" if found.exists() else _as_meant(text)
    if meant:
        query = SearchQuery(meant, config=ENGLISH, search_type="raw")
        found = rows.filter(words_of=query)
    # Of double precision: what a cursor holds of it has to be what PostgreSQL compares.
    rank = Cast(SearchRank(F("words_of"), query), FloatField())
    ranked = found.annotate(rank=rank)
    return ranked.order_by("-rank", "-created_at", "id")


def _as_meant(text: str) -> str:
    """Return the query for what may have been meant; empty where nothing is to be guessed."""
    typed = [] if PRECISE.search(text) else WORD.findall(text.lower())
    telling = [word for word in typed if word not in COMMON][:MOST_WORDS]
    return " & ".join(f"({' | '.join(sorted(set(_meant_by(word))))})" for word in telling)


def _meant_by(word: str) -> Iterator[str]:
    """Yield the word, and what is one letter less, more or other, or has two of them turned.

    Some hundreds, each looked up in the index. Likeness by trigrams would need an index in each
    schema, and finds "bugdet" no more like "budget" than any word that begins so (0.29).
    """
    yield word
    letters = sorted({*ascii_lowercase, *word})
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        yield from (before + letter + after for letter in letters)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
