"""What the web server is given: whole answers in one piece, and the end of each request."""

import pytest
from django.core.signals import request_finished
from django.http import HttpResponse, StreamingHttpResponse

from config import wsgi

ENVIRON = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": None}


@pytest.fixture
def ended():
    """The requests that came to their end."""
    found = []

    def note(**_):
        found.append(1)

    request_finished.connect(note)
    yield found
    request_finished.disconnect(note)


def handed_over(monkeypatch, answer):
    monkeypatch.setattr(wsgi, "handler", lambda *_: answer)
    return wsgi.application(ENVIRON, print)


def test_a_whole_answer_is_one_piece_and_its_request_is_over(monkeypatch, ended):
    assert handed_over(monkeypatch, HttpResponse([b"one", b"two"])) == [b"onetwo"]
    assert ended == [1]


def test_a_stream_is_taken_piece_by_piece_and_ends_when_the_server_says_so(monkeypatch, ended):
    stream = StreamingHttpResponse(iter([b"one", b"two"]))
    given = handed_over(monkeypatch, stream)
    assert list(given) == [b"one", b"two"]
    assert ended == []
    given.close()
    assert ended == [1]
