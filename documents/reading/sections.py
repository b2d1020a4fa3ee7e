"""What a reader gives back, whatever the file was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs that stand on one page or below one heading; `page` only where a file has pages.

    The heading is the path to it, as "Leave > Sick leave".
    """

    paragraphs: list[str]
    page: int | None = None
    heading: str = ""


class UnreadableError(Exception):
    """Why a file is not taken, as a sentence for the person who sent it."""
