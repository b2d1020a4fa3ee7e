"""The vectors of an office in memory; what changes in its index is read alone.

A state of the index is told from every other one by a hash. When it changes, the vectors
of new revisions are appended, and those of revisions that are gone are passed over until they
are many. What a question has in hand stays as it is meanwhile.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.contrib.postgres.aggregates import BitXor
from django.db.models import BigIntegerField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast

from common.memory import give_back
from documents.index.embedding import Vectors, unpacked
from documents.index.spaces import Space
from documents.models import Chunk, Revision
from tenants.context import current_tenant
from tenants.reads import Read

READ_AT_ONCE = 2_000
# How much room there is for what comes later, and how much of it may be given to what is gone.
ROOM, MOST_GONE = 1 / 8, 1 / 4
# By the tenant: which state of the index it is, and the vectors of the model in use.
_kept: OrderedDict[UUID, tuple[str, "Matrix"]] = OrderedDict()
_turn, _turns = Lock(), defaultdict[UUID, Lock](Lock)


@dataclass(frozen=True, slots=True)
class Rows:
    """Room for a row for each chunk: its vector, its number, and the number of its revision."""

    vectors: Vectors
    chunks: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int32]

    @classmethod
    def of_size(cls, size: int, width: int) -> "Rows":
        """Return room for so many, each of so many numbers."""
        return cls(
            np.empty((size, width), np.float32), np.empty(size, np.int64), np.empty(size, np.int32)
        )

    def first(self, count: int) -> "Rows":
        """Return the first ones, which are not written to again."""
        return Rows(self.vectors[:count], self.chunks[:count], self.owners[:count])


@dataclass(frozen=True, slots=True)
class Matrix:
    """The vectors of a state of the index, all of one space."""

    space: Space
    rows: Rows
    count: int
    # Of each revision that counts: its own number here, and how often its index had changed.
    numbers: dict[UUID, int]
    steps: dict[UUID, int]
    next_number: int
    # Chunks in their order.
    order: npt.NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.rows.chunks) * bytes_of(self.space)

    def best(
        self, question: Vectors, revisions: Iterable[UUID] | None, limit: int, also: Collection[int]
    ) -> dict[int, float]:
        """Return the cosines of the nearest chunks of these revisions, and of the others named.

        Without revisions, of all.
        """
        seen = self.rows.first(self.count)
        allowed = self._allowed(revisions)[seen.owners]
        count = min(limit, int(np.count_nonzero(allowed)))
        if not count:
            return {}
        # A product that takes one core; BLAS would keep the others spinning after each question.
        cosines = np.einsum("ij,j->i", seen.vectors, question)
        if not allowed.all():
            cosines[~allowed] = -2.0
        nearest = np.argpartition(cosines, len(cosines) - count)[len(cosines) - count :]
        wanted = np.fromiter(also, np.int64, len(also))
        places = np.searchsorted(seen.chunks, wanted, sorter=self.order)
        named = self.order[places[places < self.count]]
        named = named[np.isin(seen.chunks[named], wanted) & allowed[named]]
        return {int(seen.chunks[n]): float(cosines[n]) for n in {*nearest, *named}}

    def _allowed(self, revisions: Iterable[UUID] | None) -> npt.NDArray[np.bool_]:
        """Return for each number of a revision whether it counts."""
        table = np.zeros(self.next_number + 1, np.bool_)
        wanted = self.numbers if revisions is None else revisions
        table[[self.numbers[each] for each in wanted if each in self.numbers]] = True
        return table


def bytes_of(space: Space) -> int:
    """Return how much a chunk takes."""
    return space.size * 4 + 20


def matrix_now(space: Space) -> Matrix | None:
    """Return the tenant's vectors of this space; None where they need more than allowed."""
    tenant = current_tenant().pk
    [state] = _state().rows({}, lambda row: row[0])
    with _turns[tenant]:
        with _turn:
            known = _kept.get(tenant)
            old = known[1] if known and known[1].space == space else None
            if known and old and known[0] == state:
                _kept.move_to_end(tenant)
                return old
        matrix = _renewed(old or _empty(space))
        with _turn:
            _kept.pop(tenant, None)
            if matrix:
                _kept[tenant] = (state, matrix)
            while sum(each.size for _state, each in _kept.values()) > settings.VECTOR_CACHE_BYTES:
                _kept.popitem(last=False)
    return matrix


def cosines_of(question: Vectors, space: Space, chunks: Collection[int]) -> dict[int, float]:
    """Return the cosines of those of these chunks that are in the space, read from the database."""
    rows = Chunk.objects.filter(pk__in=chunks, **space._asdict()).values_list("pk", "vector")
    found = list(rows)
    if not found:
        return {}
    cosines = unpacked([bytes(vector or b"") for _pk, vector in found], space.size) @ question
    return {pk: float(cosine) for (pk, _vector), cosine in zip(found, cosines, strict=True)}


@cache
def _state() -> Read:
    """Describe the hash of what is indexed, and of how often each has changed."""
    each = Func(F("pk"), F("steps"), function="uuid_hash_extended", output_field=BigIntegerField())
    rows = Revision.objects.filter(chunks__gt=0).order_by().values(one=Value(1))
    return Read(rows.annotate(state=Cast(BitXor(each), TextField())).values_list("state"))


def _empty(space: Space) -> Matrix:
    return Matrix(space, Rows.of_size(0, space.size), 0, {}, {}, 0, np.empty(0, np.int64))


def _renewed(old: Matrix) -> Matrix | None:
    """Return the vectors as they are now, those that are known taken over."""
    steps = dict(Revision.objects.filter(chunks__gt=0).order_by().values_list("pk", "steps"))
    stay = {
        each: number
        for each, number in old.numbers.items()
        if each in steps and steps[each] == old.steps.get(each)
    }
    rows = Chunk.objects.filter(**old.space._asdict()).order_by("pk")
    if stay:
        rows = rows.filter(revision__in=steps.keys() - stay.keys())
    matrix = _with_room(old, stay, rows.count())
    if matrix.size > settings.VECTOR_CACHE_BYTES:
        return None
    return _filled(matrix, rows, steps)


def _with_room(old: Matrix, stay: dict[UUID, int], more: int) -> Matrix:
    """Return what stays, where there is room for more rows: there, unless much there is gone."""
    seen = old.rows.first(old.count)
    table = np.zeros(old.next_number + 1, np.bool_)
    table[list(stay.values())] = True
    kept = table[seen.owners]
    live = int(np.count_nonzero(kept))
    is_roomy = old.count + more <= len(old.rows.chunks)
    if is_roomy and old.count - live <= MOST_GONE * old.count:
        return replace(old, numbers=stay)
    rows = Rows.of_size(int((live + more) * (1 + ROOM)), old.space.size)
    rows.vectors[:live], rows.chunks[:live] = seen.vectors[kept], seen.chunks[kept]
    rows.owners[:live] = seen.owners[kept]
    return replace(old, rows=rows, count=live, numbers=stay)


def _filled(matrix: Matrix, rows: QuerySet[Chunk], steps: dict[UUID, int]) -> Matrix:
    """Append the vectors of these chunks."""
    numbers, count, room = dict(matrix.numbers), matrix.count, matrix.rows
    next_number = matrix.next_number
    for some in _some_by_some(rows, len(room.chunks) - count):
        for _pk, owner, _vector in some:
            if owner not in numbers:
                numbers[owner], next_number = next_number, next_number + 1
        place = slice(count, count + len(some))
        vectors = [bytes(vector or b"") for _pk, _owner, vector in some]
        room.vectors[place] = unpacked(vectors, matrix.space.size)
        room.chunks[place] = [pk for pk, _owner, _vector in some]
        room.owners[place] = [numbers[owner] for _pk, owner, _vector in some]
        count += len(some)
    order = np.argsort(room.chunks[:count], kind="stable")
    give_back()
    return Matrix(matrix.space, room, count, numbers, steps, next_number, order)


def _some_by_some(rows: QuerySet[Chunk], most: int) -> Iterator[Sequence[tuple[int, UUID, Any]]]:
    """Give number, revision and vector of these chunks, at most so many, page by page.

    A cursor would not do: those of the server are switched off, and others hold all rows at once.
    """
    last = 0
    while most > 0:
        page = rows.filter(pk__gt=last).values_list("pk", "revision_id", "vector")
        some = list(page[: min(READ_AT_ONCE, most)])
        if some:
            yield some
        if len(some) < READ_AT_ONCE:
            return
        last, most = some[-1][0], most - len(some)
