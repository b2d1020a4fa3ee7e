"""What will go away says so with every answer, and in the schema."""

from datetime import UTC, datetime

import pytest

from common.aging import Aging
from tasks.api import TaskViewSet
from tests.isolation.openapi import description

SINCE = datetime(2027, 1, 1, tzinfo=UTC)
OLD = Aging(SINCE, until=datetime(2027, 7, 1, tzinfo=UTC), link="https://example.com/changes")
HEADERS = {
    "Deprecation": "@1798761600",
    "Sunset": "Thu, 01 Jul 2027 00:00:00 GMT",
    "Link": '<https://example.com/changes>; rel="deprecation"; type="text/html"',
}


@pytest.fixture
def aging(monkeypatch):
    monkeypatch.setattr(TaskViewSet, "aging", {"retrieve": OLD})
    description.cache_clear()
    yield
    description.cache_clear()


def said(answer):
    return {name: answer[name] for name in HEADERS if name in answer.headers}


def test_every_answer_of_an_old_call_says_so_and_no_other(aging, api, ada, eve, task, stranger):
    address = f"/api/v1/tasks/{task.pk}"
    assert said(api(ada).get(address)) == HEADERS
    assert said(stranger.get(address)) == HEADERS
    assert said(api(ada).get("/api/v1/tasks")) == {}
    assert said(api(ada).patch(address, {"priority": "low"})) == {}


def test_the_schema_says_so(aging):
    operations = description()["paths"]["/api/v1/tasks/{id}"]
    assert operations["get"]["deprecated"] is True
    assert set(HEADERS) <= set(operations["get"]["responses"]["200"]["headers"])
    assert "deprecated" not in operations["patch"]


def test_what_has_no_end_yet_names_none():
    assert Aging(SINCE).headers == {"Deprecation": HEADERS["Deprecation"]}
