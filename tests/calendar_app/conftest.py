"""A clock that stands, and short ways to the calendar."""

from datetime import UTC, datetime

import pytest
import time_machine

from calendar_app.models import Calendar

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
EVENTS = "/api/v1/calendar/events"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def room(in_acme):
    return Calendar.objects.create(kind="room", name="Blue room")


@pytest.fixture
def book(api, ada):
    """Store an event as Ada, and return what the API shows of it."""

    def store(title="Planning", start="2024-05-15T09:00:00+02:00", by=None, **body):
        answer = api(by or ada).post(EVENTS, {"title": title, "start": start, **body})
        assert answer.status_code == 201, answer.content
        return answer.json()

    return store


@pytest.fixture
def shown(api, ada):
    """Return what happens between two instants: title and start, as a person sees it."""

    def read(start, end, by=None, **query):
        window = {"start": start, "end": end, "page_size": 200, **query}
        answer = api(by or ada).get(EVENTS, window)
        assert answer.status_code == 200, answer.content
        return [(row["title"], row["start"]) for row in answer.json()["results"]]

    return read


def errors(answer):
    return [(item["attr"], item["code"]) for item in answer.json()["errors"]]
