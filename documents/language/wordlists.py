"""Lists of words, as data."""

from pathlib import Path

DATA = Path(__file__).with_name("data")


def words_in(file: Path) -> frozenset[str]:
    """Return the words of a file, which spaces and lines divide."""
    return frozenset(file.read_text(encoding="utf-8").split())
