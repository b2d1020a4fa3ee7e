"""Which model's vectors an office searches with; those of another are never compared to them."""

from typing import NamedTuple

from documents.index.embedding import NAME, SIZE


class Space(NamedTuple):
    """A model, and how many numbers its vectors have; named as the columns of a chunk."""

    model: str
    size: int


LOCAL = Space(NAME, SIZE)


def space_in_use() -> Space:
    """Return the space of the tenant in force."""
    return LOCAL
