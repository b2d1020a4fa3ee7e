"""Files that are made to do harm: refused or contained with the reason, and nothing is stored."""

import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_STORED, ZipFile

import pytest

from documents.indexing import read_revision
from documents.models import Chunk, Document, Revision
from documents.reading import child
from documents.reading.limits import MOST_BYTES, MOST_PAGES
from tests.documents.conftest import URL
from tests.documents.files import locked_pdf, package, pdf, pdf_bomb, word

ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
    + "]><x>&i;</x>"
)
FOREIGN = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def travelling():
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("../../etc/cron.d/evil", "x")
    return out.getvalue()


def nested(levels):
    body = "<w:tbl><w:tr><w:tc>" * levels + "</w:tc></w:tr></w:tbl>" * levels
    return f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'


# Those that a job finds out.
CONTAINED = {
    "zip bomb": ("a.docx", lambda: package(**{"word/a.xml": "a" * 60_000_000}), "far more"),
    "large zip": (
        "a.docx",
        lambda: package(**{f"word/{n}.bin": bytes(range(256)) * 80_000 for n in range(6)}),
        "far more",
    ),
    "many parts": ("a.docx", lambda: package(**{f"word/{n}": "" for n in range(2_100)}), "parts"),
    "XML entities": ("a.docx", lambda: package(document=ENTITIES), "entities"),
    "foreign entity": ("a.docx", lambda: package(document=FOREIGN), "entities"),
    "UTF-16 entities": (
        "a.docx",
        lambda: package(
            document=ENTITIES.replace('1.0"', '1.0" encoding="UTF-16"').encode("utf-16")
        ),
        "entities",
    ),
    "macros": ("a.docx", lambda: package(**{"word/vbaProject.bin": "x"}), "macros"),
    "path traversal": ("a.docx", travelling, "outside"),
    "no document": ("a.docx", lambda: b"PK\x03\x04" + b"x" * 100, "damaged"),
    "deep tables": ("a.docx", lambda: package(document=nested(5_000)), "damaged"),
    "PDF bomb": ("a.pdf", lambda: pdf_bomb(400), "more"),
    "many pages": ("a.pdf", lambda: pdf(*[""] * (MOST_PAGES + 1)), "2,001 pages"),
    "locked PDF": ("a.pdf", locked_pdf, "password"),
    "broken PDF": ("a.pdf", lambda: b"%PDF-1.7\n" + b"\xff" * 1000, "damaged"),
    "scanned PDF": ("a.pdf", lambda: pdf("", ""), "OCR"),
    "empty Word": ("a.docx", word, "no text"),
}
# Those that are seen at the door.
REFUSED = {
    "wrong extension": ("a.docx", pdf("Hello."), "content is a PDF"),
    "a program": ("a.pdf", b"\x7fELF" + b"\0" * 100, "not a PDF"),
    "a text that is a zip": ("a.txt", b"PK\x03\x04" + b"x" * 100, "content is a Word document"),
    "unknown extension": ("a.exe", b"Hello.", "Send a PDF"),
    "macro extension": ("a.docm", word("Hello."), "Send a PDF"),
    "old Office": ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "old or a protected"),
    "NUL text": ("a.txt", b"Hello\0there", "NUL"),
    "nothing": ("a.txt", b"", "empty"),
}


@pytest.mark.parametrize("name", CONTAINED)
def test_a_hostile_file_is_contained(name, send_file):
    filename, make, reason = CONTAINED[name]
    assert send_file(filename, make()).status_code == 202
    read_revision(Revision.objects.get().pk)
    document = Document.objects.get()
    assert document.status == "failed"
    assert reason in document.reason
    assert not Chunk.objects.exists()


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_file_is_refused_at_the_door(name, send_file):
    filename, content, reason = REFUSED[name]
    answer = send_file(filename, content)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["attr"], error["code"]) == ("file", "unreadable_file")
    assert reason in error["detail"]
    assert not Document.objects.exists()


def test_a_file_that_is_too_large_is_refused(send_file):
    answer = send_file("a.txt", b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 400
    assert "larger than 25 MB" in answer.json()["errors"][0]["detail"]
    assert send_file("a.txt", b"x" * (MOST_BYTES + 2_000_000)).status_code == 413


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "/etc/passwd.txt"])
def test_a_name_leads_nowhere(name, take_in):
    document = take_in(name, b"Hello.")
    assert document.revisions.get().filename == "passwd.txt"
    assert document.status == "ready"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C:\\Windows\\a.txt", "a.txt"), ("a\x07b\r\n.txt", "ab.txt"), ("..\\..\\x.txt", "x.txt")],
)
def test_a_name_is_shown_without_what_nobody_sees(name, shown, api, eve):
    api(eve).post(URL, {"filename": name, "text": "Hello."})
    assert Revision.objects.get().filename == shown


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.fork()",
    ],
)
def test_the_child_reaches_nobody(code, tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = ['x', 'text', 'y']\n"
        f"import importlib.util as u; s = u.spec_from_file_location('c', {child.__file__!r})\n"
        "c = u.module_from_spec(s); s.loader.exec_module(c); c._limit()\n"
        f"{code}"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert b"PermissionError" in done.stderr


def test_the_child_has_no_more_memory_than_it_should():
    program = (
        f"import importlib.util as u; s = u.spec_from_file_location('c', {child.__file__!r})\n"
        "c = u.module_from_spec(s); s.loader.exec_module(c); c._limit()\n"
        "bytearray(1200 * 1024 * 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert b"MemoryError" in done.stderr
