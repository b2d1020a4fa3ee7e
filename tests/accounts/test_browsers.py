"""Browsers have names that people know."""

import pytest

from accounts.browsers import named

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {ENGINE} Chrome/130 Safari/537.36", "Chrome, Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {ENGINE} Chrome/130 Safari/537 Edg/130", "Edge, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:131.0) Gecko/20100101 Firefox/131", "Firefox, Windows"),
        (f"Mozilla/5.0 (iPhone; CPU OS 17 like Mac OS X) {ENGINE} Safari/604", "Safari, iPhone"),
        (f"Mozilla/5.0 (Linux; Android 14) {ENGINE} Chrome/130 Safari/537", "Chrome, Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 14) {ENGINE} Safari/605", "Safari, macOS"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_name(said, name):
    assert named(said) == name
