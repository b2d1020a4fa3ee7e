"""Plain text and Markdown."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from documents.reading.sections import Section, UnreadableError

BLANK = re.compile(r"\n[ \t]*\n")
SEPARATOR = " > "
ENCODINGS = (("utf-8-sig", ()), ("utf-16", (b"\xff\xfe", b"\xfe\xff")))


def decoded(content: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with its mark, else Windows-1252. Raises UnreadableError."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise UnreadableError("This text is in no encoding that we know. Use UTF-8.") from error
    if "\0" in text:
        raise UnreadableError("This is no text: it contains NUL characters.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sections_of_text(text: str) -> list[Section]:
    """Return the paragraphs of a text without headings."""
    paragraphs = [" ".join(block.split()) for block in BLANK.split(text)]
    return [Section([each for each in paragraphs if each])]


def sections_of_markdown(text: str) -> list[Section]:
    """Return what stands below each heading, as a reader sees it: without marks and addresses."""
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    paragraphs: list[str] = []
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    for is_heading, level, content in _blocks(tokens):
        if not is_heading:
            paragraphs.append(content)
            continue
        found.append(Section(paragraphs, heading=_joined(path)))
        path = [step for step in path if step[0] < level] + [(level, content)]
        paragraphs = []
    found.append(Section(paragraphs, heading=_joined(path)))
    return [section for section in found if section.paragraphs or section.heading]


def _joined(path: list[tuple[int, str]]) -> str:
    return SEPARATOR.join(title for _level, title in path)


def _blocks(tokens: list[Token]) -> Iterator[tuple[bool, int, str]]:
    """Give each block: whether it is a heading, its level, its text; a row of a table is one."""
    opened: Token | None = None
    row: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            opened = token
        elif token.type == "heading_close":
            opened = None
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield False, 0, " | ".join(row or [])
            row = None
        elif text := _text_of(token):
            if row is not None:
                row.append(text)
            else:
                yield opened is not None, int(opened.tag[1:]) if opened else 0, text


def _text_of(token: Token) -> str:
    if token.type in {"fence", "code_block"}:
        return " ".join(token.content.split())
    if token.type != "inline":
        return ""
    parts = [
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in token.children or ()
        if child.type != "image"
    ]
    return " ".join("".join(parts).split())
