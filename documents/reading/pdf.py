"""PDF (ISO 32000), page by page: with pypdf, and with PDFium where that one finds no way."""

import re
from pathlib import Path

import pypdf
import pypdfium2
from pypdf.errors import PyPdfError

from documents.reading.limits import MOST_CHARACTERS, MOST_PAGES
from documents.reading.sections import Section, UnreadableError

# A line that ends so, or after which there is a gap, ends a paragraph.
BULLET = re.compile(r"\s*(?:[•●◦▪–*-]|\d{1,2}[.)]|[a-z][.)])\s+")
# How fonts of symbols and old encodings write a bullet; what else is no letter says nothing.
SYMBOL = re.compile(r"[\x7f\uf0b7\uf0a7\uf0d8]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
END = re.compile(r"[.!?:;][\"'”’)\]]*$")
SHORT = 0.75  # of the widest line of its page
NO_TEXT = (
    "There is no text in this PDF: its pages are pictures. It needs OCR; send one that was read by"
    " a scanner with text recognition."
)


def sections_of_pdf(path: Path) -> list[Section]:
    """Return the paragraphs of each page. Raises UnreadableError."""
    try:
        pages = _by_pypdf(path)
    except UnreadableError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
        pages = []
    if not any(page.strip() for page in pages):
        pages = _by_pdfium(path)
    if not any(page.strip() for page in pages):
        raise UnreadableError(NO_TEXT)
    return [Section(paragraphs_of(text), page=number) for number, text in enumerate(pages, 1)]


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs of a page, whose lines end where the paper does."""
    lines = [CONTROL.sub("", SYMBOL.sub("•", line)) for line in text.split("\n")]
    widest = max(map(len, lines), default=0)
    found: list[str] = []
    open_line = False
    for line in lines:
        plain = " ".join(line.split())
        if not plain:
            open_line = False
            continue
        if open_line and not BULLET.match(line):
            found[-1] = f"{found[-1]} {plain}"
        else:
            found.append(plain)
        open_line = len(line) >= widest * SHORT or not END.search(plain)
        open_line = open_line and not _is_heading(plain, len(line), widest)
    return found


def _is_heading(plain: str, width: int, widest: int) -> bool:
    return width < widest / 2 and not END.search(plain) and plain[:1].isupper()


def _by_pypdf(path: Path) -> list[str]:
    reader = pypdf.PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError("This PDF is protected by a password.")
    _require_pages(len(reader.pages))
    pages, size = [], 0
    for page in reader.pages:
        pages.append(page.extract_text())
        size += len(pages[-1])
        _require_size(size)
    return pages


def _by_pdfium(path: Path) -> list[str]:
    pages, size = [], 0
    try:
        with pypdfium2.PdfDocument(path.read_bytes()) as document:
            _require_pages(len(document))
            for page in document:
                pages.append(page.get_textpage().get_text_bounded())
                size += len(pages[-1])
                _require_size(size)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableError("This PDF is protected by a password.") from error
        raise UnreadableError("This PDF is damaged.") from error
    return pages


def _require_pages(number: int) -> None:
    if number > MOST_PAGES:
        raise UnreadableError(f"This PDF has {number:,} pages; {MOST_PAGES:,} are read at most.")


def _require_size(size: int) -> None:
    if size > MOST_CHARACTERS:
        raise UnreadableError("There is more text in this PDF than anybody reads.")
