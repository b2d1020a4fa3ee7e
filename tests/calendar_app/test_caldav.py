"""What a feed says is accepted by a CalDAV server of others, and expands there to the same."""

import socket
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from time import sleep

import caldav
import icalendar
import pytest

from calendar_app.feeds import open_feed, text_of_feed
from tests.calendar_app.conftest import EVENTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[storage]
filesystem_folder = {folder}
[logging]
level = warning
"""


@pytest.fixture
def radicale(tmp_path, noon):
    """A real CalDAV server on the loopback; its address."""
    with closing(socket.socket()) as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    config = tmp_path / "radicale.conf"
    config.write_text(CONFIG.format(port=port, folder=tmp_path / "collections"))
    server = subprocess.Popen([sys.executable, "-m", "radicale", "--config", str(config)])
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_for(port)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port):
    for _try in range(240):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            sleep(0.25)
        else:
            return
    pytest.fail("Radicale does not start")


def test_a_caldav_server_takes_a_feed_and_expands_it_alike(radicale, book, api, ada):
    series = book("Weekly", "2024-05-15T23:30:00-04:00", timezone="America/New_York",
                  recurrence="FREQ=WEEKLY;BYDAY=WE;COUNT=30")  # fmt: skip
    at = f"{EVENTS}/{series['id']}?occurrence="
    assert api(ada).delete(f"{at}2024-05-23T03:30:00Z").status_code == 204
    moved = {"start": "2024-05-31T12:00:00Z", "title": "Moved"}
    assert api(ada).patch(f"{at}2024-05-30T03:30:00Z", moved).status_code == 200
    book("Days", "2024-06-03", end="2024-06-06", all_day=True, timezone="Europe/Berlin",
         recurrence="FREQ=MONTHLY;COUNT=3")  # fmt: skip
    book("Sydney", "2024-09-30T09:00:00+10:00", timezone="Australia/Sydney",
         recurrence="FREQ=DAILY;COUNT=10")  # fmt: skip
    feed, _url = open_feed(name="Mine", calendar_id=None, detail="full", by=ada)
    text = text_of_feed(feed)
    start, end = datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)
    by_client, by_server = _expanded_there(radicale, text, start, end)
    window = {"start": start.isoformat(), "end": end.isoformat(), "page_size": 200}
    rows = api(ada).get(EVENTS, window).json()["results"]
    ours = sorted((row["title"], row["start_date"] or row["start"]) for row in rows)
    assert by_client == ours
    assert by_server == ours
    assert len(ours) == 29 + 3 + 10


def _expanded_there(url, text, start, end):
    with caldav.DAVClient(url, username="ada", password="any") as client:
        return _asked(client.principal().make_calendar(name="Office"), text, start, end)


def _asked(calendar, text, start, end):
    whole = icalendar.Calendar.from_ical(text)
    by_uid = defaultdict(list)
    for event in whole.walk("VEVENT"):
        by_uid[str(event["UID"])].append(event)
    for events in by_uid.values():
        part = icalendar.Calendar()
        part.add("PRODID", "-//test//EN")
        part.add("VERSION", "2.0")
        for component in [*whole.walk("VTIMEZONE"), *events]:
            part.add_component(component)
        calendar.save_event(part.to_ical().decode())
    return [
        _shown(calendar.search(start=start, end=end, event=True, expand=way))
        for way in ("client", "server")
    ]


def _shown(found):
    shown = []
    for item in found:
        for event in item.icalendar_instance.walk("VEVENT"):
            value = event["DTSTART"].dt
            is_time = isinstance(value, datetime)
            word = f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if is_time else value.isoformat()
            shown.append((str(event["SUMMARY"]), word))
    return sorted(shown)
