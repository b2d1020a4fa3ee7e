"""Where the files of organisations lie: below `VAR_DIR`, or in a store that an app announces.

A name in a store begins with the organisation's id: Django's own calls, as `open` and `save`, take
those of the organisation in force and no others. What looks after all of them says whose it means.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from shutil import rmtree
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages

from common.errors import AppError
from tenants.context import current_tenant
from tenants.files import CHUNK, chunks_of, files_folder, files_in, folder_of


class StoreAwayError(AppError):
    """The store does not answer, or does not let us in: to be tried again later."""

    status = 503
    code = "store_away"


class Stray(NamedTuple):
    """A file that belongs to no living organisation."""

    name: str
    pieces: Iterator[bytes]


class Store(Protocol):
    """A Django storage, and what archives and erasures ask of it. Raises StoreAwayError."""

    is_local: bool

    def open(self, name: str, mode: str = "rb") -> File[bytes]:
        """Open a file. Raises FileNotFoundError."""

    def save(self, name: str, content: File[bytes]) -> str:
        """Keep a new file."""

    def walk(self, tenant_id: UUID) -> Iterator[tuple[str, int]]:
        """Give each file of an organisation, without its id, and how long it is."""

    def clear(self, tenant_id: UUID) -> None:
        """Remove all that an organisation has."""

    def left_of(self, tenant_id: UUID) -> int:
        """Return how much is left of an organisation, in whatever form."""

    def strays(self, living: Collection[str]) -> Iterator[Stray]:
        """Give what lies in no folder of these organisations."""


def require_own(name: str) -> str:
    """Return a name of the tenant in force. Raises NoTenantError, SuspiciousFileOperation."""
    own, path = str(current_tenant().pk), PurePosixPath(name)
    if path.as_posix() != name or ".." in path.parts or path.parts[:1] != (own,):
        raise SuspiciousFileOperation("This is no name of the organisation in force.")
    return name


class Folders(FileSystemStorage):
    """A folder for each organisation below `VAR_DIR`, which we alone may read."""

    is_local = True

    @property
    def base_location(self) -> str:
        """The folder that holds one folder for each organisation."""
        return str(files_folder())

    @property
    def location(self) -> str:
        """The same."""
        return str(files_folder().absolute())

    def path(self, name: str) -> str:
        """Return where a file of the organisation in force lies."""
        return super().path(require_own(name))

    def url(self, name: str | None) -> str:
        """Refuse: files are given out by views that ask who wants them."""
        raise NotImplementedError("files of organisations have no address")

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: none is given out twice."""
        return name

    def _save(self, name: str, content: Any) -> str:
        """Write a new file, to the disk's surface, and leave none behind that is not whole."""
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                for piece in content.chunks(CHUNK):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return name

    def walk(self, tenant_id: UUID) -> Iterator[tuple[str, int]]:
        """Give each file of an organisation; links are not followed."""
        for inside, path in files_in(folder_of(tenant_id)):
            with suppress(FileNotFoundError):
                yield inside, path.stat().st_size

    def clear(self, tenant_id: UUID) -> None:
        """Remove the organisation's folder."""
        if folder_of(tenant_id).exists():
            rmtree(folder_of(tenant_id))

    def left_of(self, tenant_id: UUID) -> int:
        """Tell whether there is a folder of it."""
        return int(folder_of(tenant_id).exists())

    def strays(self, living: Collection[str]) -> Iterator[Stray]:
        """Give what lies in no folder of these organisations."""
        for inside, path in files_in(files_folder()):
            if PurePosixPath(inside).parts[0] not in living:
                yield Stray(inside, chunks_of(path))


_LOCAL = Folders()
# By the first part of a name below an organisation's id: the alias in STORAGES.
_announced: dict[str, str] = {}


def register_store(folder: str, alias: str) -> None:
    """Have the files below a folder of each organisation lie in this storage; at start."""
    _announced[folder] = alias


def store_of(inside: str) -> Store:
    """Return where a file lies, by its name without the organisation's id."""
    alias = _announced.get(PurePosixPath(inside).parts[0])
    return cast("Store", storages[alias]) if alias else _LOCAL


def stores() -> list[Store]:
    """Return everything in which files of organisations may lie."""
    # Several folders may lie in one.
    announced = (cast("Store", storages[alias]) for alias in dict.fromkeys(_announced.values()))
    return [_LOCAL, *(each for each in announced if not each.is_local)]


def files_of(tenant_id: UUID) -> Iterator[tuple[str, int]]:
    """Give each file of an organisation that is in use, without its id, and how long it is."""
    for store in stores():
        for inside, size in store.walk(tenant_id):
            if store_of(inside).is_local == store.is_local:
                yield inside, size
