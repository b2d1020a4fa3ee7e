"""Where things lie: the checkout, its `var/`, locks and secrets."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from config.embedded.errors import EmbeddedError

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Layout:
    """The folder that holds everything a run writes."""

    root: Path
    var: Path

    def folder(self, name: str) -> Path:
        """Return a folder inside `var/`, made when missing. Raises EmbeddedError."""
        path = self.var / name
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"cannot make {path}: {error.strerror}") from error
        return path

    @property
    def logs(self) -> Path:
        """What the programs say, one file each."""
        return self.folder("log")

    @property
    def locks(self) -> Path:
        """One lock per program: whoever holds it may use that program's data."""
        return self.folder("lock")

    @property
    def run_file(self) -> Path:
        """What runs, for other programs to read."""
        return self.var / "run.json"

    def secret(self, name: str, length: int = 50) -> str:
        """Return the secret kept in a file that only we can read, made when missing."""
        path = self.folder(".") / name
        with contextlib.suppress(FileNotFoundError):
            if text := path.read_text(encoding="ascii").strip():
                return text
        text = secrets.token_urlsafe(length)
        write_atomically(path, text + "\n", mode=0o600)
        return text


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace the file at once: readers see the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def write_json(path: Path, content: Mapping[str, Any], *, mode: int = 0o644) -> None:
    """Replace a JSON file at once."""
    write_atomically(path, json.dumps(content, indent=2) + "\n", mode=mode)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; a missing or broken one is empty."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def try_lock(path: Path) -> IO[str] | None:
    """Take the lock and write our pid into it; None when somebody else holds it."""
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise EmbeddedError(f"cannot write {path}: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
