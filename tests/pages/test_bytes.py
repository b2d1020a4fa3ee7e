"""Text goes over the wire in few bytes, and its length tells nothing of what it says."""

import gzip

import pytest

from tests.pages.conftest import text_of

PACKED = {"HTTP_ACCEPT_ENCODING": "br, gzip"}


def whole(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("path", ["/", "/search?q=plants", "/static/css/office.css", "/sign-in"])
def test_text_is_packed_for_those_who_take_it(browser, task, eve, path):
    client = browser(None if path == "/sign-in" else eve)
    packed, plain = client.get(path, **PACKED), client.get(path)
    assert (packed["Content-Encoding"], packed.status_code) == ("gzip", 200)
    assert "Accept-Encoding" in packed["Vary"]
    body, again = whole(packed), whole(plain)
    assert len(body) < len(again) / 2
    # But for the token of its forms, it says the same.
    assert len(gzip.decompress(body)) == len(again)
    assert "Content-Encoding" not in plain


def test_the_length_of_a_page_differs_from_time_to_time(browser, task, eve):
    client = browser(eve)
    lengths = {len(client.get("/search?q=plants", **PACKED).content) for _ in range(12)}
    assert len(lengths) > 1
    assert "Water the plants" in text_of(client.get("/search?q=plants"))


def test_the_api_and_what_is_packed_already_are_left_alone(browser, api, ada):
    answer = api(ada).get("/api/v1/auth/me", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer
    csv = browser(ada).get("/reports/tasks.csv", **PACKED)
    assert "Content-Encoding" not in csv
