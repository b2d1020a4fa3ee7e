"""Where an organisation's files lie: below `VAR_DIR`, in a folder that carries its id."""

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

CHUNK = 1024 * 1024
KEEP_EXPORTS = timedelta(hours=24)


def files_folder() -> Path:
    """Return the folder that holds one folder for each organisation."""
    return Path(settings.VAR_DIR) / "files"


def folder_of(tenant_id: UUID) -> Path:
    """Return where this organisation's files lie; it may be missing."""
    return files_folder() / str(tenant_id)


def exports_folder() -> Path:
    """Return where finished archives wait to be fetched, readable by us alone."""
    folder = Path(settings.VAR_DIR) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def export_path(operation_id: UUID) -> Path:
    """Return where the archive of an export stands; no part of the name comes from outside."""
    return exports_folder() / f"{operation_id}.zip"


def keep_upload(pieces: Iterable[bytes]) -> Path:
    """Keep an archive that somebody sent until it is imported, or a day; return its place."""
    path = exports_folder() / f"{uuid4()}.upload.zip"
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            for piece in pieces:
                file.write(piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def remove_old_exports() -> None:
    """Remove archives that nobody fetched in time, and halves of them."""
    limit = (timezone.now() - KEEP_EXPORTS).timestamp()
    for path in exports_folder().iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give each file with its path inside the folder, in order; links are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def chunks_of(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
