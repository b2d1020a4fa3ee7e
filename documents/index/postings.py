"""Postings as they are stored: for each chunk where a term stands eight bytes, in one piece.

Its number, how often the term stands there, and how many terms there are in all; big-endian.
"""

from collections.abc import Iterable
from struct import Struct

import numpy as np
import numpy.typing as npt

ONE = Struct(">IHH")
FORM = np.dtype([("chunk", ">u4"), ("times", ">u2"), ("length", ">u2")])
# Larger numbers count as these.
MOST = 32_767
Postings = npt.NDArray[np.void]


def packed_postings(rows: Iterable[tuple[int, int, int]]) -> bytes:
    """Return the postings of a term: chunk, times, length."""
    return b"".join(
        ONE.pack(chunk, min(times, MOST), min(length, MOST)) for chunk, times, length in rows
    )


def unpacked_postings(stored: bytes) -> Postings:
    """Return stored postings, of one revision or of several joined together."""
    return np.frombuffer(stored, dtype=FORM)


def best_of(chunks: npt.NDArray[np.int64], scores: npt.NDArray[np.float64], limit: int
            ) -> dict[int, float]:  # fmt: skip
    """Add the scores of each chunk up; return the highest sums, the best first."""
    if not len(chunks):
        return {}
    low = int(chunks.min())
    if int(chunks.max()) - low < SPREAD:
        sums = np.bincount(chunks - low, weights=scores)
        found = np.flatnonzero(sums)
        sums, names = sums[found], found + low
    else:
        names, places = np.unique(chunks, return_inverse=True)
        sums = np.bincount(places, weights=scores)
    if len(sums) > limit:
        # All that are as good as the last one: which of them are taken does not hang on chance.
        worst = np.partition(sums, -limit)[-limit]
        names, sums = names[sums >= worst], sums[sums >= worst]
    order = np.lexsort((names, -sums))[:limit]
    return dict(zip(names[order].tolist(), sums[order].tolist(), strict=True))


# Up to here an array with a place for each number is quicker than to sort the numbers.
SPREAD = 4_000_000
