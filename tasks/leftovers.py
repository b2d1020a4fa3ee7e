"""Contents that no file needs: removed from the store."""

from collections.abc import Collection
from uuid import UUID

from tasks.models import LeftoverFile, TaskFile
from tasks.shelf import SHELF
from tenants.context import atomic


def remove_contents(ids: Collection[UUID]) -> None:
    """Remove from the store what no row needs, and strike it out. Raises StoreAwayError."""
    with atomic():
        there = set(TaskFile.objects.filter(pk__in=ids).values_list("pk", flat=True))
    gone = set(ids) - there
    SHELF.remove(gone)
    with atomic():
        LeftoverFile.objects.filter(pk__in=gone).delete()
