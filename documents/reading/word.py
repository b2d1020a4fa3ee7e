"""Word documents (ECMA-376), with python-docx."""

import re
from pathlib import Path

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from documents.reading.plain import SEPARATOR
from documents.reading.sections import Section

HEADING = re.compile(r"(?:heading|überschrift|titre|título) (\d)", re.IGNORECASE)
TITLE = "title"


def sections_of_word(path: Path) -> list[Section]:
    """Return what stands below each heading; a row of a table is one paragraph."""
    found: list[Section] = []
    steps: list[tuple[int, str]] = []
    paragraphs: list[str] = []
    for block in Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            paragraphs += _rows_of(block)
            continue
        text = " ".join(block.text.split())
        if not text:
            continue
        level = _level_of(block)
        if level is None:
            paragraphs.append(text)
            continue
        found.append(Section(paragraphs, heading=_joined(steps)))
        steps = [step for step in steps if step[0] < level] + [(level, text)]
        paragraphs = []
    found.append(Section(paragraphs, heading=_joined(steps)))
    return [section for section in found if section.paragraphs or section.heading]


def _joined(steps: list[tuple[int, str]]) -> str:
    return SEPARATOR.join(title for _level, title in steps)


def _level_of(paragraph: Paragraph) -> int | None:
    """Return how deep a heading stands; None for what is none."""
    name = (paragraph.style.name or "") if paragraph.style else ""
    if name.lower() == TITLE:
        return 0
    found = HEADING.fullmatch(name)
    return int(found.group(1)) if found else None


def _rows_of(table: Table) -> list[str]:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            # A merged cell is told once for each column that it spans.
            if text and (not cells or cells[-1] != text):
                cells.append(text)
        if cells:
            rows.append(" | ".join(cells))
    return rows
