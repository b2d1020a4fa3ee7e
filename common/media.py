"""What a file is, by its first bytes and by the end of its name; both have to say the same."""

from collections.abc import Callable
from pathlib import PurePosixPath

ANYTHING = "application/octet-stream"
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# A PDF may begin a little later (ISO 32000-1, annex H.3.4.1).
PDF_MARK, PDF_WITHIN = b"%PDF-", 1024
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".docx": f"{OPEN_XML}.wordprocessingml.document",
    ".xlsx": f"{OPEN_XML}.spreadsheetml.sheet",
    ".pptx": f"{OPEN_XML}.presentationml.presentation",
    ".odt": f"{OPEN_DOCUMENT}.text",
    ".ods": f"{OPEN_DOCUMENT}.spreadsheet",
    ".odp": f"{OPEN_DOCUMENT}.presentation",
    ".zip": "application/zip",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
}


class OtherContentError(ValueError):
    """The content is not what the name says."""

    def __init__(self, suffix: str) -> None:
        super().__init__(suffix)
        self.suffix = suffix


def media_type_of(*, filename: str, head: bytes) -> str:
    """Return what a file is given out as; `ANYTHING` where nobody knows its kind.

    Raises OtherContentError for a name of a known kind on another content.
    """
    suffix = PurePosixPath(filename.lower()).suffix
    media_type = MEDIA_TYPES.get(suffix)
    if media_type is None:
        return ANYTHING
    if not _fits(media_type)(head):
        raise OtherContentError(suffix)
    return media_type


def is_text(head: bytes) -> bool:
    """Tell whether it can be text: programs and pictures have characters that no text has."""
    return b"\0" not in head or head.startswith(UTF_16)


def is_pdf(head: bytes) -> bool:
    """Tell whether it begins as a PDF."""
    return PDF_MARK in head[:PDF_WITHIN]


def _fits(media_type: str) -> Callable[[bytes], bool]:
    if media_type.startswith("text/"):
        return lambda head: is_text(head) and not is_pdf(head)
    return MARKS.get(media_type) or _is_packed


def _is_packed(head: bytes) -> bool:
    return head.startswith(ZIP)


def _is_old_office(head: bytes) -> bool:
    return head.startswith(OLD_OFFICE)


MARKS: dict[str, Callable[[bytes], bool]] = {
    "application/pdf": is_pdf,
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/gif": lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "application/msword": _is_old_office,
    "application/vnd.ms-excel": _is_old_office,
    "application/vnd.ms-powerpoint": _is_old_office,
}
