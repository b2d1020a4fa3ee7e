"""Files that are made to do harm: refused or contained with the reason, and nothing is stored."""

import errno
import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_STORED, ZipFile

import pytest

from config.env import ROOT
from documents import storage
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
    "ten thousand pages": ("a.pdf", lambda: pdf(*["Page."] * 10_000), "10,000 pages"),
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
def test_a_hostile_file_is_contained(name, send_file, take_in, api, eve):
    filename, make, reason = CONTAINED[name]
    assert send_file(filename, make()).status_code == 202
    read_revision(Revision.objects.get().pk)
    document = Document.objects.get()
    assert document.status == "failed"
    assert reason in document.reason
    assert not Chunk.objects.exists()
    # Nothing of it stays but why.
    revision = document.revisions.get()
    assert not storage.exists(revision.pk)
    missing = api(eve).get(f"{URL}/{document.pk}/download")
    assert missing.status_code == 404
    assert missing.json()["errors"][0]["detail"].endswith(document.reason)
    # Whoever has read it reads on.
    good = take_in("good.md", b"# Leave\n\nEverybody has thirty days of leave a year.")
    assert (good.status, Chunk.objects.count()) == ("ready", 1)


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


FENCED = """
import ctypes, os, sys
from documents.reading.barrier import raise_barrier
libc = ctypes.CDLL(None, use_errno=True)
before = libc.socket(2, 1, 0)
assert before >= 0
assert raise_barrier()
made = os.open("%(folder)s/made", os.O_CREAT | os.O_WRONLY)
calls = {
    "socket": lambda: libc.socket(2, 1, 0),
    "pair": lambda: libc.socketpair(1, 1, 0, (ctypes.c_int * 2)()),
    "connect": lambda: libc.connect(before, bytes(16), 16),
    "ring": lambda: libc.syscall(425, 1, bytes(256)),
    "program": lambda: libc.execv(b"/bin/true", (ctypes.c_char_p * 2)(b"true", None)),
    "remove": lambda: libc.unlink(b"%(folder)s/made"),
    "rename": lambda: libc.rename(b"%(folder)s/made", b"%(folder)s/other"),
    "folder": lambda: libc.mkdir(b"%(folder)s/folder", 0o700),
    "link": lambda: libc.symlink(b"/etc", b"%(folder)s/link"),
    "kill": lambda: libc.kill(os.getppid(), 0),
    "trace": lambda: libc.ptrace(16, os.getppid(), 0, 0),
}
for name, call in calls.items():
    ctypes.set_errno(0)
    print(name, call(), ctypes.get_errno())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels have other filters")
def test_the_kernel_refuses_native_code_what_it_does_not_need(tmp_path):
    """Without Python's audit hook: what code of a parser could do."""
    program = FENCED % {"folder": tmp_path}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=ROOT
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 11
    for name, result, number in lines:
        assert (result, int(number)) == ("-1", errno.EPERM), name
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels have other filters")
def test_files_are_read_behind_the_barrier(take_in, caplog):
    """A kernel without one is told of in the log."""
    for name, content in (
        ("a.txt", b"Hello."),
        ("a.md", b"# Hello\n\nThere."),
        ("a.pdf", pdf("Hello.")),
        ("a.docx", word("Hello.")),
    ):
        assert take_in(name, content).status == "ready"
    assert "without a barrier" not in caplog.text


def test_the_child_has_no_more_memory_than_it_should():
    program = (
        f"import importlib.util as u; s = u.spec_from_file_location('c', {child.__file__!r})\n"
        "c = u.module_from_spec(s); s.loader.exec_module(c); c._limit()\n"
        "bytearray(1200 * 1024 * 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert b"MemoryError" in done.stderr
