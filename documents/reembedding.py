"""Embedding anew what has no vectors of the model in use: after another one was chosen, say.

Each revision that lacks some is given back to the job that indexes, which goes on at the first
chunk without one. Meanwhile words find what has no vector yet, and vectors of the model before
take no part.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from documents.index.spaces import Space, profile_anew, space_of
from documents.models import Chunk, Revision, Status
from tenants.context import atomic

# About as long as a worker takes for a chunk: so the sweep does not queue what nobody begins.
SECONDS_EACH = 0.1


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of an office's chunks have a vector of the model in use."""

    space: Space
    chunks: int
    embedded: int

    def __str__(self) -> str:
        return (
            f"{self.embedded} of {self.chunks} chunks have vectors of {self.space.model}"
            f" ({self.space.size} numbers)"
        )


@atomic()
def reembed() -> int:
    """Have those documents embedded that lack vectors; return how many. Harmless when run twice.

    Whoever is at work on one loses the turn: the model may have changed meanwhile.
    """
    done, waits = _embedded(space_of(profile_anew())), 0
    rows = Revision.objects.select_for_update(of=("self",)).order_by("-created_at", "pk")
    lacking = []
    for row in rows.filter(status=Status.READY, chunks__gt=0):
        row.embedded = done.get(row.pk, 0)
        if row.embedded == row.chunks:
            continue
        row.attempts, row.leased_until = row.attempts + 1, None
        row.wake_at = timezone.now() + timedelta(seconds=waits * SECONDS_EACH)
        waits += row.chunks - row.embedded
        lacking.append(row)
    columns = ["embedded", "attempts", "leased_until", "wake_at"]
    Revision.objects.bulk_update(lacking, columns, batch_size=500)
    return len(lacking)


@atomic()
def coverage() -> Coverage:
    """Return how far it is."""
    space = space_of(profile_anew())
    chunks = Revision.objects.filter(chunks__gt=0).aggregate(all=Sum("chunks"))["all"] or 0
    return Coverage(space, chunks, sum(_embedded(space).values()))


def _embedded(space: Space) -> dict[object, int]:
    rows = Chunk.objects.filter(**space._asdict()).order_by().values_list("revision")
    return dict(rows.annotate(Count("pk")))
