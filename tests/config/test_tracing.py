"""What OpenTelemetry is told: which piece of work took how long, and nothing of anybody."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PRIVATE = [
    *("kim@umbrella.example", "eyJ-token", "secret-of-a-feed", "quarterly", "Fire Bob"),
    *("hunter2-password", "192.0.2.77", "a-browser", "of-the-database", "of-a-vendor"),
]
# A request that fails inside and has queued a job, which asks a vendor and breaks.
WORK = """
import sys
import django
django.setup()
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.test import Client
from common.http import Deadline, Limits, get
from common.origin import Origin, origin_of_writes
from common.spans import span
from tenants.jobs import OfficeJob

current_app.conf.update(broker_url="memory://", result_backend="cache+memory://")

@current_app.task(base=OfficeJob, name="tests.asks")
def asks(address):
    get(sys.argv[1] + "/of-a-vendor?key=of-a-vendor", headers={"Authorization": "eyJ-token"},
        limits=Limits(Deadline.after(5), inside=None))
    raise ValueError(f"no such person: {address}")

browser = Client(raise_request_exception=False, headers={
    "host": "umbrella.localhost", "authorization": "Bearer eyJ-token", "user-agent": "a-browser",
    "x-forwarded-for": "192.0.2.77", "x-request-id": "asked-7"})
url = "/api/v1/calendar/feeds/secret-of-a-feed.ics?search=quarterly"
body = {"title": "Fire Bob", "email": "kim@umbrella.example", "password": "hunter2-password"}
answer = browser.post(url, body, content_type="application/json", secure=True)
assert answer.status_code >= 500, answer.status_code
with start_worker(current_app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
    with origin_of_writes(Origin("api", request_id="asked-8")), span("work", part="of a request"):
        told = asks.delay("kim@umbrella.example")
    told.get(timeout=20, propagate=False)
if "config.tracing" in sys.modules:
    from opentelemetry import trace
    trace.get_tracer_provider().force_flush()
else:
    print("not loaded")
"""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector on loopback, which also plays the vendor: its address, and what it was sent."""
    caught: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert (self.path, self.headers["x-key"]) == ("/v1/traces", "of-the-collector")
            caught.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", caught
    server.shutdown()
    thread.join()
    server.server_close()


def run(vendor: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": "0123456789" * 5,
        "DATABASE_URL": "postgresql://nobody:of-the-database@127.0.0.1:1/none",
        "RATE_LIMITS": "false",
        "LOG_LEVEL": "ERROR",
        **settings,
    }
    command = [sys.executable, "-c", WORK, vendor]
    done = subprocess.run(
        command, env=env, timeout=300, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def spans_in(caught: list[bytes]) -> list:
    """Return the spans of all that was sent."""
    parts = [
        part
        for body in caught
        for part in ExportTraceServiceRequest.FromString(body).resource_spans
    ]
    return [span for part in parts for scope in part.scope_spans for span in scope.spans]


def facts_of(span) -> dict:
    values = ((fact.key, fact.value) for fact in span.attributes)
    return {key: value.string_value or value.int_value for key, value in values}


def test_spans_say_what_took_how_long_and_nothing_of_anybody(collector):
    address, caught = collector
    headers = "x-key=of-the-collector"
    run(address, OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_EXPORTER_OTLP_HEADERS=headers)
    assert [word for word in PRIVATE if word.encode() in b"".join(caught)] == []
    request, work, job, outside = (
        next(span for span in spans_in(caught) if name in span.name)
        for name in ("POST", "work", "tests.asks", "outside")
    )
    assert facts_of(request)["http.response.status_code"] >= 500
    assert facts_of(request)["office.request_id"] == "asked-7"
    assert {facts_of(one)["office.request_id"] for one in (work, outside)} == {"asked-8"}
    # The job hangs below what has queued it, the vendor's answer below the job.
    assert job.trace_id == work.trace_id != request.trace_id
    assert (job.parent_span_id, outside.parent_span_id) == (work.span_id, job.span_id)
    assert facts_of(job)["error.type"] == "ValueError"
    assert not any(span.events for span in spans_in(caught))


def test_without_a_setting_nothing_is_sent_or_loaded(collector):
    address, caught = collector
    done = run(address, OTEL_EXPORTER_OTLP_ENDPOINT="")
    assert done.stdout == "not loaded\n"
    assert caught == []
    # Celery's own line about the job that failed names it, and the request behind it.
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    [failed] = [line for line in lines if line["logger"] == "celery.app.trace"]
    assert (failed["job"], failed["request_id"]) == ("tests.asks", "asked-8")
