"""The files of documents: below the office's id in the store, named by their revision alone."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from documents.reading.limits import MEGABYTE, MOST_BYTES
from documents.reading.sections import UnreadableError
from tenants.context import current_tenant

# In STORAGES, and the folder of each office.
STORE = FOLDER = "documents"
HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come in whole."""

    file: IO[bytes]
    size: int
    sha256: str
    # Its first bytes, which say what it is.
    head: bytes


def name_of(revision_id: UUID) -> str:
    """Return the name of a revision's file in the store. Raises NoTenantError outside a tenant."""
    return f"{current_tenant().pk}/{FOLDER}/{revision_id}"


@contextmanager
def received(pieces: Iterable[bytes]) -> Iterator[Received]:
    """Give a file that comes in, once it is here; it is in no store yet, and gone afterwards.

    Raises UnreadableError for one that is empty or too large.
    """
    size, digest = 0, hashlib.sha256()
    with TemporaryFile() as file:
        for piece in pieces:
            size += len(piece)
            _require_bounds(size)
            digest.update(piece)
            file.write(piece)
        if not size:
            raise UnreadableError(_("This file is empty."))
        file.seek(0)
        head = file.read(HEAD)
        file.seek(0)
        yield Received(file, size, digest.hexdigest(), head)


def store(revision_id: UUID, file: Received) -> None:
    """Keep a new file. Raises StoreAwayError."""
    _store().save(name_of(revision_id), File(file.file))


def opened(revision_id: UUID) -> File[Any]:
    """Open a file as one of this machine. Raises FileNotFoundError, StoreAwayError."""
    return _store().open(name_of(revision_id))


def exists(revision_id: UUID) -> bool:
    """Tell whether there is a file. Raises StoreAwayError."""
    return _store().exists(name_of(revision_id))


def remove(revision_ids: Iterable[UUID]) -> None:
    """Remove these files; those that are gone already do not matter. Raises StoreAwayError."""
    for revision_id in revision_ids:
        _store().delete(name_of(revision_id))


def _store() -> Storage:
    return storages[STORE]


def _require_bounds(size: int) -> None:
    if size > MOST_BYTES:
        raise UnreadableError(
            _("This file is larger than {value} MB.").format(value=MOST_BYTES // MEGABYTE)
        )
