"""Files that people hand in: taken in whole, kept below the office's id, given out as downloads."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.http import FileResponse
from django.utils.translation import gettext as _

from common.errors import InvalidError
from tenants.context import current_tenant

# In STORAGES: where all files lie that people hand in.
STORE = "documents"
MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
HEAD = 64 * 1024
LONGEST_NAME = 255


@dataclass(slots=True)
class Upload:
    """A file as it came: its name, which says what it is, and its content piece by piece."""

    filename: str
    pieces: Iterable[bytes]

    @property
    def name(self) -> str:
        """A name that can be shown: no folders, nothing that cannot be seen."""
        last = self.filename.replace("\\", "/").rpartition("/")[2]
        shown = "".join(letter for letter in last if letter.isprintable()).strip()
        return (shown or "document")[-LONGEST_NAME:]


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come in whole."""

    file: IO[bytes]
    size: int
    sha256: str
    # Its first bytes, which say what it is.
    head: bytes


@contextmanager
def received(pieces: Iterable[bytes]) -> Iterator[Received]:
    """Give a file that comes in, once it is here; it is in no store yet, and gone afterwards.

    Raises InvalidError that names `file` for one that is empty or too large.
    """
    size, digest = 0, hashlib.sha256()
    with TemporaryFile() as file:
        for piece in pieces:
            size += len(piece)
            _require_bounds(size)
            digest.update(piece)
            file.write(piece)
        if not size:
            raise unfit(_("This file is empty."))
        file.seek(0)
        head = file.read(HEAD)
        file.seek(0)
        yield Received(file, size, digest.hexdigest(), head)


def unfit(sentence: str) -> InvalidError:
    """Return the refusal of a file."""
    return InvalidError(sentence, code="unreadable_file", attr="file")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files of one kind stand: in a folder of each office, named by an id alone."""

    folder: str

    def name_of(self, pk: UUID) -> str:
        """Return the name of a file in the store. Raises NoTenantError outside a tenant."""
        return f"{current_tenant().pk}/{self.folder}/{pk}"

    def store(self, pk: UUID, file: Received) -> None:
        """Keep a new file. Raises StoreAwayError."""
        _store().save(self.name_of(pk), File(file.file))

    def opened(self, pk: UUID) -> File[Any]:
        """Open a file as one of this machine. Raises FileNotFoundError, StoreAwayError."""
        return _store().open(self.name_of(pk))

    def exists(self, pk: UUID) -> bool:
        """Tell whether there is a file. Raises StoreAwayError."""
        return _store().exists(self.name_of(pk))

    def remove(self, ids: Iterable[UUID]) -> None:
        """Remove these files; those that are gone already do not matter. Raises StoreAwayError."""
        for pk in ids:
            _store().delete(self.name_of(pk))


def file_response(file: File[Any], *, filename: str, media_type: str) -> FileResponse:
    """Return a file as a download that no page can show."""
    return FileResponse(
        file,
        as_attachment=True,
        filename=filename,
        content_type=media_type,
        headers={"Cache-Control": "no-store", "Content-Security-Policy": "sandbox"},
    )


def _store() -> Storage:
    return storages[STORE]


def _require_bounds(size: int) -> None:
    if size > MOST_BYTES:
        raise unfit(_("This file is larger than {value} MB.").format(value=MOST_BYTES // MEGABYTE))
