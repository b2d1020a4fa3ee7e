"""Examples and commands, as they stand in the documentation."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from config.env import ROOT

PAGES = (
    *(ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "clients" / "python" / "README.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
# Words of a command that stand for something of the reader's.
FOR_SOMETHING = {
    "…": "x",
    "NAME": "x",
    "FILE": "/dev/null",
    "FILE,…": "x",
    "FOLDER": "x",
    "TEXT": "x",
}


def blocks(page: Path, language: str) -> list[str]:
    """Return the examples of a page in one language."""
    return [text for name, text in BLOCK.findall(page.read_text()) if name == language]


def commands(first: str) -> Iterator[tuple[Path, list[str]]]:
    """Return each command of all pages that begins so, in words, with where it stands."""
    for page in PAGES:
        text = page.read_text()
        examples = [block.replace("\\\n", " ") for _language, block in BLOCK.findall(text)]
        lines = [line for block in examples for line in block.splitlines()]
        for said in (*lines, *INLINE.findall(BLOCK.sub("", text))):
            _before, found, rest = f" {said.partition('  #')[0]}".partition(f" {first}")
            is_one = found and "`" not in rest and not said.lstrip().startswith(("#", "-"))
            if is_one and (words := _words(rest)):
                yield page, words


def _words(rest: str) -> list[str]:
    # What may be left out is not left out here; what may come again comes once.
    plain = re.sub(r"([A-Z]+) …", r"\1", re.sub(r"[\[\]]", " ", rest))
    named = re.sub(r"<[^>]*>", "x", re.sub(r"<[^>]* id>", str(UUID(int=0)), plain))
    words = shlex.split(named)
    return [FOR_SOMETHING.get(word, word) for word in words]
