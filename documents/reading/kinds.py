"""What a file is, by its first bytes and its name; both have to say the same."""

from pathlib import PurePosixPath

from common.media import OLD_OFFICE, ZIP, is_pdf, is_text
from documents.reading.sections import UnreadableError

PDF, DOCX, MARKDOWN, TEXT = "pdf", "docx", "markdown", "text"
KINDS = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
}
MEDIA_TYPES = {
    PDF: "application/pdf",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    MARKDOWN: "text/markdown; charset=utf-8",
    TEXT: "text/plain; charset=utf-8",
}
NAMES = {PDF: "a PDF", DOCX: "a Word document", MARKDOWN: "Markdown", TEXT: "plain text"}


def kind_of(*, filename: str, head: bytes) -> str:
    """Return what the file is. Raises UnreadableError with the sentence for its sender."""
    suffix = PurePosixPath(filename.lower()).suffix
    kind = KINDS.get(suffix)
    if kind is None:
        raise UnreadableError("Send a PDF, a Word document (.docx), Markdown or plain text.")
    if head.startswith(OLD_OFFICE):
        raise UnreadableError(
            "This is an old or a protected Office file. Save it as .docx without a password."
        )
    found = _by_content(head)
    if found is None and kind in {MARKDOWN, TEXT}:
        if not is_text(head):
            raise UnreadableError("This is no text: it contains NUL characters.")
        return kind
    if found != kind:
        content = NAMES[found] if found else f"not {NAMES[kind]}"
        raise UnreadableError(f"The name ends in {suffix}, but the content is {content}.")
    return kind


def _by_content(head: bytes) -> str | None:
    if is_pdf(head):
        return PDF
    return DOCX if head.startswith(ZIP) else None
