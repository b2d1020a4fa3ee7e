"""Pages of other origins: nobody's without a setting, and never with somebody's cookies."""

import pytest
from django.test import Client

THEIRS = "https://app.example.com"
TASKS = "/api/v1/tasks"


@pytest.fixture
def page(settings, db):
    """`page(method, …)` asks as a browser does for a page of that origin."""
    settings.CORS_ORIGINS = frozenset({THEIRS})

    def ask(method, path=TASKS, *, origin=THEIRS, **headers):
        sent = {"host": "localhost", "origin": origin, **headers}
        return Client().generic(method, path, headers=sent)

    return ask


def preflight(page, **options):
    headers = {"access-control-request-method": "PATCH"}
    return page("OPTIONS", **options, **headers)


def allowed(answer):
    return {name for name in answer.headers if name.startswith("Access-Control-")}


def test_a_named_origin_may_ask_and_read_what_the_contract_sends(page):
    asked = preflight(page)
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked["Access-Control-Allow-Origin"] == THEIRS
    assert "PATCH" in asked["Access-Control-Allow-Methods"]
    sent = asked["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(sent)
    read = page("GET")
    assert read.status_code == 401
    assert read["Access-Control-Allow-Origin"] == THEIRS
    shown = read["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Retry-After", "X-RateLimit-Remaining", "X-Request-ID"} <= set(shown)


def test_cookies_are_never_allowed(page):
    for answer in (preflight(page), page("GET")):
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://app.example.com", f"{THEIRS}.evil.example", "null", "*", ""],
)
def test_no_other_origin_may(page, origin):
    for answer in (preflight(page, origin=origin), page("GET", origin=origin)):
        assert not allowed(answer)
        assert "Origin" in answer["Vary"]


def test_pages_of_ours_are_not_opened(page):
    for path in ("/", "/admin/", "/metrics", "/health", "/scim/v2/Users"):
        assert not allowed(page("GET", path)) | allowed(preflight(page, path=path))


def test_without_a_setting_there_is_nothing(page, settings):
    settings.CORS_ORIGINS = frozenset()
    for answer in (preflight(page), page("GET")):
        assert not allowed(answer)
        assert "Origin" not in answer.headers.get("Vary", "")
