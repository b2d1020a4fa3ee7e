"""What a search looks at: the revisions that the asker may read, described once for all who ask.

The conditions stand in the SQL of everything that is read here, before anything is counted or
weighed.
"""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Aggregate, BinaryField, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from accounts.models import User
from accounts.reading import Values, read
from common.columns import Columns, Row
from common.models import IsOneOf
from documents.models import Chunk, Document, Revision, Term


class Joined(Aggregate):
    """Bytes of all rows in one piece."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


class Reach(NamedTuple):
    """Who asks, and the documents that are named, if any are."""

    by: User
    documents: Collection[UUID] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether it is all that the office has."""
        return self.by.sees_all and self.documents is None

    def read(self, describe: Any, columns: Columns, **values: Any) -> list[Row]:
        """Return the rows that a description finds within reach."""
        if self.documents is not None:
            values["documents"] = list(self.documents)
        return read(describe, columns, by=self.by, values=values)


class Scope(NamedTuple):
    """How much there is within reach, as BM25 asks for it."""

    chunks: int
    terms: int
    embedded: int


def scope_of(reach: Reach) -> Scope:
    """Return how much there is within reach."""
    [row] = reach.read(_sizes, SIZES)
    return Scope(*(int(row[name] or 0) for name in Scope._fields))


def revisions_in(reach: Reach) -> list[UUID]:
    """Return the revisions within reach."""
    return [row["pk"] for row in reach.read(_within, IDS)]


def postings_in(reach: Reach, terms: Collection[str]) -> dict[str, bytes]:
    """Return the postings of these terms within reach, by the term."""
    rows = reach.read(_terms, TERMS, terms=sorted(set(terms)))
    return {row["term"]: bytes(row["joined"]) for row in sorted(rows, key=lambda row: row["term"])}


def chunks_in(reach: Reach, chunks: Collection[int]) -> dict[int, Row]:
    """Return what is shown of these chunks, as far as they are within reach."""
    return {row["pk"]: row for row in reach.read(_chunks, CHUNKS, chunks=list(chunks))}


def _within(asker: User, values: Values) -> QuerySet[Revision]:
    rows = Revision.objects.filter(chunks__gt=0).order_by()
    if asker.sees_all and "documents" not in values:
        return rows
    seen = Document.objects.visible_to(asker).order_by()
    if "documents" in values:
        seen = seen.filter(IsOneOf("pk", values["documents"]))
    return rows.filter(document__in=seen.values("pk"))


def _of(rows: QuerySet[Any], asker: User, values: Values) -> QuerySet[Any]:
    """Return those rows that belong to a revision within reach."""
    if asker.sees_all and "documents" not in values:
        # What is indexed is what can be found.
        return rows
    return rows.filter(revision__in=_within(asker, values).values("pk"))


def _sizes(asker: User, values: Values) -> QuerySet[Any, Any]:
    # As texts: Django would convert numbers that it adds up one by one.
    sums = {f"all_{name}": Cast(Sum(name), TextField()) for name in Scope._fields}
    rows = _within(asker, values).values(one=Value(1))
    found: QuerySet[Any, Any] = rows.annotate(**sums)
    return found


def _terms(asker: User, values: Values) -> QuerySet[Any, Any]:
    rows = _of(Term.objects.filter(IsOneOf("term", values["terms"])), asker, values)
    found: QuerySet[Any, Any] = rows.values("term").annotate(joined=Joined("postings"))
    return found


def _chunks(asker: User, values: Values) -> QuerySet[Any]:
    return _of(Chunk.objects.filter(IsOneOf("pk", values["chunks"])), asker, values)


def _columns(**paths: str) -> Columns:
    return Columns({name: tuple(path.split("__")) for name, path in paths.items()}, {})


SIZES = Columns({name: (f"all_{name}",) for name in Scope._fields}, {})
IDS = _columns(pk="pk")
TERMS = _columns(term="term", joined="joined")
CHUNKS = _columns(
    pk="pk",
    text="text",
    heading="heading",
    page="page",
    document_id="revision__document__id",
    document="revision__document__title",
    revision="revision__number",
)
