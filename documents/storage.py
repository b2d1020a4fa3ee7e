"""The files of documents: below the office's own folder, named by their revision alone."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from documents.reading.limits import MEGABYTE, MOST_BYTES
from documents.reading.sections import UnreadableError
from tenants.context import current_tenant
from tenants.files import folder_of

FOLDER = "documents"


def path_of(revision_id: UUID) -> Path:
    """Return where the file of a revision of the tenant in force lies."""
    return folder_of(current_tenant().pk) / FOLDER / str(revision_id)


def store(revision_id: UUID, pieces: Iterable[bytes]) -> tuple[int, str]:
    """Write a new file, to the disk's surface; return its size and SHA-256.

    Raises UnreadableError for one that is empty or too large, and leaves none behind then.
    """
    path = path_of(revision_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    size, digest = 0, hashlib.sha256()
    try:
        with path.open("xb") as file:
            for piece in pieces:
                size += len(piece)
                _require_bounds(size)
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            _refuse_empty()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size, digest.hexdigest()


def remove(revision_ids: Iterable[UUID]) -> None:
    """Remove these files; those that are gone already do not matter."""
    for revision_id in revision_ids:
        path_of(revision_id).unlink(missing_ok=True)


def _require_bounds(size: int) -> None:
    if size > MOST_BYTES:
        raise UnreadableError(f"This file is larger than {MOST_BYTES // MEGABYTE} MB.")


def _refuse_empty() -> None:
    raise UnreadableError("This file is empty.")
