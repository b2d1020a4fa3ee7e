"""The vectors of an office in memory, as long as its index stays as it is."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.conf import settings

from documents.index.embedding import NAME, SIZE, Vectors, unpacked
from documents.models import Chunk
from tenants.context import current_tenant

BYTES_EACH = SIZE * 4 + 12
# By the tenant: which state of the index it is, and the vectors.
_kept: OrderedDict[UUID, tuple[int, "Matrix"]] = OrderedDict()
_turn = Lock()


@dataclass(frozen=True, slots=True)
class Matrix:
    """One row for each chunk, in their order, with the number of its revision."""

    vectors: Vectors
    chunks: npt.NDArray[np.int64]
    revisions: npt.NDArray[np.int32]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.vectors.nbytes + self.chunks.nbytes + self.revisions.nbytes

    def best(
        self, question: Vectors, revisions: set[int], limit: int, also: list[int]
    ) -> dict[int, float]:
        """Return the cosines of the nearest chunks of these revisions, and of the others named."""
        # A product that takes one core; BLAS would keep the others spinning after each question.
        cosines = np.einsum("ij,j->i", self.vectors, question)
        allowed = np.isin(self.revisions, list(revisions))
        cosines = np.where(allowed, cosines, -2.0)
        count = min(limit, int(allowed.sum()))
        if not count:
            return {}
        nearest = np.argpartition(-cosines, count - 1)[:count]
        places = np.searchsorted(self.chunks, also)
        places = places[places < len(self.chunks)]
        named = places[np.isin(self.chunks[places], also)]
        return {int(self.chunks[n]): float(cosines[n]) for n in {*nearest, *named}}


def matrix_of(revisions: list[UUID], state: int) -> Matrix | None:
    """Return the vectors of these revisions, which are all that the tenant in force has.

    None where they are more than VECTOR_CACHE_BYTES allows.
    """
    tenant = current_tenant().pk
    with _turn:
        known = _kept.get(tenant)
        if known and known[0] == state:
            _kept.move_to_end(tenant)
            return known[1]
    matrix = _read(revisions)
    if matrix is None:
        return None
    with _turn:
        _kept[tenant] = (state, matrix)
        _kept.move_to_end(tenant)
        while sum(each.size for _state, each in _kept.values()) > settings.VECTOR_CACHE_BYTES:
            _kept.popitem(last=False)
    return matrix


def cosines_of(question: Vectors, chunks: list[int]) -> dict[int, float]:
    """Return the cosines of these chunks, read from the database."""
    rows = Chunk.objects.filter(pk__in=chunks, model=NAME).values_list("pk", "vector")
    found = list(rows)
    if not found:
        return {}
    cosines = unpacked([bytes(vector or b"") for _pk, vector in found]) @ question
    return {pk: float(cosine) for (pk, _vector), cosine in zip(found, cosines, strict=True)}


def _read(revisions: list[UUID]) -> Matrix | None:
    numbers = {revision: number for number, revision in enumerate(revisions)}
    rows = Chunk.objects.filter(model=NAME, revision__in=revisions).order_by("pk")
    if rows.count() * BYTES_EACH > settings.VECTOR_CACHE_BYTES:
        return None
    found = list(rows.values_list("pk", "revision_id", "vector"))
    return Matrix(
        vectors=unpacked([bytes(vector or b"") for _pk, _revision, vector in found]),
        chunks=np.array([pk for pk, _revision, _vector in found], dtype=np.int64),
        revisions=np.array([numbers[each] for _pk, each, _vector in found], dtype=np.int32),
    )
