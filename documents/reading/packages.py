"""Looking at a zip archive before anybody unpacks it."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from documents.reading.limits import (
    MOST_ENTRIES,
    MOST_RATIO,
    MOST_UNPACKED,
    SMALL_ENTRY,
)
from documents.reading.sections import UnreadableError

DOCUMENT = "word/document.xml"
MACROS = ("vbaproject.bin", "vbadata.xml")
# Neither stands in a file of Word's; both are how XML grows or reads other files.
DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
ENCRYPTED = 0x1
CHUNK = 64 * 1024


def require_harmless(path: Path) -> None:
    """Raise UnreadableError for what is no DOCX, or one that is made to do harm."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            _require_bounds(entries)
            for entry in entries:
                _require_plain(entry)
            if DOCUMENT not in archive.namelist():
                raise UnreadableError("This archive is no Word document.")
            _require_no_declarations(archive)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableError("This Word document is damaged.") from error


def _require_bounds(entries: list[ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise UnreadableError(f"This Word document consists of {len(entries):,} parts.")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnreadableError("This Word document unpacks to far more than it is.")


def _require_plain(entry: ZipInfo) -> None:
    name = entry.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        raise UnreadableError("This Word document has parts that point outside of it.")
    if entry.flag_bits & ENCRYPTED:
        raise UnreadableError("This document is protected by a password.")
    if name.lower().endswith(MACROS):
        raise UnreadableError("This Word document contains macros. Save it as .docx without them.")
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > SMALL_ENTRY and ratio > MOST_RATIO:
        raise UnreadableError("This Word document unpacks to far more than it is.")


def _require_no_declarations(archive: ZipFile) -> None:
    """Read each part once, piece by piece, no further than its announced size."""
    for entry in archive.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        left, tail = entry.file_size, b""
        with archive.open(entry) as part:
            while left > 0 and (piece := part.read(min(CHUNK, left))):
                left -= len(piece)
                # In UTF-16 each letter has a NUL beside it.
                seen = (tail + piece).replace(b"\0", b"")
                if any(mark in seen.upper() for mark in DECLARATIONS):
                    raise UnreadableError("This Word document declares XML entities.")
                tail = piece[-64:]
