"""A file sent to the API, with the job that reads it run at once."""

from functools import cache

import pytest

from documents.indexing import read_revision
from documents.models import Document
from documents.services import create_document
from tenants.uploads import Upload

URL = "/api/v1/documents"


def part(what, content):
    """Return a part of a form, with the name as the client writes it."""
    head = f"--limit\r\nContent-Disposition: form-data; {what}\r\n\r\n".encode()
    return head + content + b"\r\n"


@pytest.fixture
def send_file(api, eve):
    """`send_file("a.txt", b"…")` is the answer to Eve's upload."""
    # Each signs in once.
    client = cache(api)

    def send(name, content, by=None, **values):
        body = b"".join(part(f'name="{key}"', value.encode()) for key, value in values.items())
        body += part(f'name="file"; filename="{name}"', content) + b"--limit--\r\n"
        kind = "multipart/form-data; boundary=limit"
        return client(by or eve).post(URL, body, content_type=kind)

    return send


@pytest.fixture
def take_in(send_file):
    """`take_in("a.txt", b"…")` is a document of Eve's that a worker has looked at."""

    def take(name, content, by=None, **values):
        answer = send_file(name, content, by, **values)
        assert answer.status_code == 202, answer.content
        return looked_at(Document.objects.get(pk=answer.json()["id"]))

    return take


def looked_at(document):
    """Do what a worker does with what was sent."""
    read_revision(document.revisions.get(number=document.newest).pk)
    document.refresh_from_db()
    return document


def taken_in(name, content, by, **values):
    """Return a document that a worker has looked at; for what stands for a module, without API."""
    return looked_at(create_document(upload=Upload(name, [content]), by=by, **values))
