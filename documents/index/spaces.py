"""Which model's vectors an office searches with; those of another are never compared to them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assistant.llm.embeddings import embed
from assistant.llm.endpoints import EmbeddingProfile, embedding_profile_of
from assistant.llm.errors import NoUseError
from documents.index.embedding import NAME, SIZE, Vectors
from documents.models import Revision
from tenants.context import atomic, current_tenant
from tenants.directory import any_tenant

# Seconds that people wait for the vector of a question, and a worker for those of some chunks.
QUESTION_WAITS, CHUNKS_WAIT = 4, 30


class Space(NamedTuple):
    """A model, and how many numbers its vectors have; named as the columns of a chunk."""

    model: str
    size: int


class Meaning(NamedTuple):
    """The vector of a question as a model outside gave it; none where it failed."""

    space: Space
    vector: Vectors | None


LOCAL = Space(NAME, SIZE)


def space_of(profile: EmbeddingProfile | None) -> Space:
    """Return the space of an office's model outside; without one, of ours."""
    return Space(profile.name, profile.size) if profile else LOCAL


def space_in_use() -> Space:
    """Return the space of the tenant in force."""
    return space_of(embedding_profile_of(current_tenant()))


def profile_anew() -> EmbeddingProfile | None:
    """Return the office's model outside as it is set now, however long one has worked here."""
    tenant = any_tenant(current_tenant().pk)
    return embedding_profile_of(tenant) if tenant else None


def meaning_outside(question: str) -> Meaning | None:
    """Return what a model outside makes of a question; None where the office uses ours.

    Nobody is asked where there is nothing to compare it with. Not inside a transaction.
    """
    profile = embedding_profile_of(current_tenant())
    if profile is None:
        return None
    space = space_of(profile)
    with atomic():
        if not Revision.objects.filter(embedded__gt=0).exists():
            return None
    try:
        return Meaning(space, vectors_outside([question], profile, QUESTION_WAITS)[0])
    except NoUseError:
        return Meaning(space, None)


def vectors_outside(texts: Sequence[str], profile: EmbeddingProfile, seconds: float) -> Vectors:
    """Return the vectors of these texts, of length 1. Raises NoUseError."""
    rows = np.array(embed(texts, profile, seconds=seconds), dtype=np.float64)
    rows /= np.abs(rows).max(axis=1, keepdims=True)
    vectors: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return vectors
