"""What Sentry is told: what broke and where, and nothing of anybody."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

PRIVATE = [
    *("kim@umbrella.example", "eyJ-token", "sessionid-cookie", "secret-of-a-feed", "quarterly"),
    *("Fire Bob", "hunter2-password", "192.0.2.77", "a-browser", "of-the-database"),
]
# A request that fails inside, a job that fails, and logs that say more than they should.
BROKEN = """
import logging
import django
django.setup()
from celery import current_app
from django.test import Client
from tenants.jobs import OfficeJob

browser = Client(raise_request_exception=False, headers={
    "host": "umbrella.localhost", "authorization": "Bearer eyJ-token", "user-agent": "a-browser",
    "x-forwarded-for": "192.0.2.77", "x-request-id": "asked-7"})
browser.cookies["sessionid"] = "sessionid-cookie"
url = "/api/v1/calendar/feeds/secret-of-a-feed.ics?search=quarterly"
body = {"title": "Fire Bob", "email": "kim@umbrella.example", "password": "hunter2-password"}
answer = browser.post(url, body, content_type="application/json", secure=True)
assert answer.status_code >= 500, answer.status_code

@current_app.task(base=OfficeJob, name="tests.breaks")
def breaks(address):
    raise ValueError(f"no such person: {address}")

breaks.apply(("kim@umbrella.example",))
logging.getLogger("messaging.delivery").error("message lost", extra={"to": "kim@umbrella.example"})
logging.getLogger("of.a.package").error("cannot send Fire Bob to kim@umbrella.example")
"""


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[bytes]]]:
    """A Sentry on loopback: its DSN, and all that it was sent."""
    caught: list[bytes] = []

    class Ingest(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            caught.append(gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ingest)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://public@127.0.0.1:{server.server_port}/7", caught
    server.shutdown()
    thread.join()
    server.server_close()


def run(**settings: str) -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": "0123456789" * 5,
        "DATABASE_URL": "postgresql://nobody:of-the-database@127.0.0.1:1/none",
        "RATE_LIMITS": "false",
        **settings,
    }
    command = [sys.executable, "-c", BROKEN]
    subprocess.run(command, check=True, env=env, timeout=300, capture_output=True)


def events_in(caught: list[bytes]) -> list[dict]:
    """Return the events: every second line behind an envelope's header."""
    lines = [line for envelope in caught for line in envelope.splitlines()[1:]]
    found = [json.loads(line) for line in lines if line.strip()]
    return [each for each in found if "event_id" in each]


def test_an_event_says_what_broke_and_nothing_of_anybody(sentry):
    dsn, caught = sentry
    run(SENTRY_DSN=dsn)
    text = b"\n".join(caught).decode()
    assert [word for word in PRIVATE if word in text] == []
    events = events_in(caught)
    kinds = [each["exception"]["values"][-1]["type"] for each in events if "exception" in each]
    assert kinds == ["OperationalError", "ValueError"]
    request = events[0]
    assert request["tags"]["request_id"] == "asked-7"
    frames = request["exception"]["values"][-1]["stacktrace"]["frames"]
    assert {"filename", "function", "lineno"} <= set(frames[-1])
    phrases = [each["logentry"]["message"] for each in events if "logentry" in each]
    assert phrases == ["message lost"]
    assert [each["logger"] for each in events][-1] == "of.a.package"
    allowed = {"event_id", "timestamp", "level", "logger", "platform", "release", "environment"}
    allowed |= {"sdk", "tags", "logentry", "exception"}
    assert {name for each in events for name in each} <= allowed


def test_without_a_setting_nothing_is_sent(sentry):
    _dsn, caught = sentry
    run(SENTRY_DSN="")
    assert caught == []
