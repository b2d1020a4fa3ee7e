"""A first visit loads few files: small ones of ours that belong together are served as one.

`settings.JOINED` says which. Nobody builds anything: whoever looks for such a file finds it joined
from its parts as they are now; production collects it with all others, packs it, and names it by
what stands in it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class JoinedFinder(BaseFinder):
    """Finds what is joined from other files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.VAR_DIR / "joined")

    def check(self, **kwargs: Any) -> list[Any]:
        """Find nothing wrong: a part that is not there stops the start."""
        return []

    # Django names it.
    def find(self, path: str, *, find_all: bool = False, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return where it is, joined anew where a part has changed; nothing of all others."""
        if path not in settings.JOINED:
            return []
        return [self._joined(path)] if find_all else self._joined(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Give all of them, for whoever collects."""
        for path in settings.JOINED:
            self._joined(path)
            yield path, self.storage

    def _joined(self, path: str) -> str:
        parts = [_path_of(part) for part in settings.JOINED[path]]
        whole = Path(self.storage.path(path))
        text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
        if not whole.exists() or whole.read_text(encoding="utf-8") != text:
            _write(whole, text)
        return str(whole)


def _path_of(part: str) -> Path:
    found = finders.find(part)
    if found is None:
        raise FileNotFoundError(part)
    return Path(found)


def _write(path: Path, text: str) -> None:
    """Whoever reads it meanwhile reads all of the old or all of the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
