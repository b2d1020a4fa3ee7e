"""What `.dockerignore` keeps from the builder: of the lines that fit, the last one decides."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


class Ignored:
    """The lines of the file."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        self.lines = [
            (not line.startswith("!"), as_pattern(line.removeprefix("!"))) for line in lines
        ]
        self.exceptions = [line[1:].strip("/") for line in lines if line.startswith("!")]

    def __contains__(self, path: str) -> bool:
        """Tell whether a path is kept away; a folder's lines hold for all below it."""
        parts = PurePosixPath(path).parts
        names = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
        kept_away = False
        for ignores, pattern in self.lines:
            if any(pattern.fullmatch(name) for name in names):
                kept_away = ignores
        return kept_away

    def files_of(self, context: Path) -> Iterator[str]:
        """Return what the builder gets to see; folders that no line brings back are not entered."""
        yield from self._below(context, "")

    def _below(self, context: Path, folder: str) -> Iterator[str]:
        for entry in sorted((context / folder).iterdir()):
            path = f"{folder}/{entry.name}".lstrip("/")
            if entry.is_dir() and not entry.is_symlink():
                if path not in self or self._is_excepted_below(path):
                    yield from self._below(context, path)
            elif path not in self:
                yield path

    def _is_excepted_below(self, folder: str) -> bool:
        return any(line.startswith((f"{folder}/", "*")) for line in self.exceptions)


def as_pattern(line: str) -> re.Pattern[str]:
    """Return a line as a regular expression of whole paths."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", line.strip("/"))
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))
