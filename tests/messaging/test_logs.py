"""The log tells what became of a request: its id goes along to the job, the message, the vendor."""

import io
import json
import logging

import pytest
from django.test import Client
from django.utils.functional import SimpleLazyObject

from common.logs import ContextFilter, JsonFormatter, marks
from common.origin import Origin, origin_of_writes
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tests.inbound.test_sms import EVES, vendor  # noqa: F401  a fixture

ASKED = "/api/v1/sms/send"


@pytest.fixture
def lines():
    """What is logged, as the settings have it written: `lines()` are the objects so far."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(ContextFilter())
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.setLevel(level)
    root.removeHandler(handler)


def test_one_id_leads_from_the_request_to_the_vendor(
    api, max_, vendor, acme, lines, django_capture_on_commit_callbacks  # noqa: F811
):  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        body = {"to": EVES, "message": "The plants are dry."}
        answer = api(max_).post(ASKED, body, headers={"X-Request-ID": "traced-7"})
    assert answer.status_code == 202, answer.content
    assert len(vendor.messages) == 1
    told = {line["message"]: line for line in lines()}
    asked, handed = told["asked outside"], told["message handed over"]
    for line in (asked, handed):
        assert line["request_id"] == "traced-7"
        assert line["job"] == "messaging.deliver_messages"
        assert line["tenant"] == str(acme.pk)
    assert (asked["host"], asked["outcome"]) == ("127.0.0.1", "201")
    assert handed["message_id"] == answer.json()["id"]
    assert handed["outcome"] == "sent"
    assert EVES not in json.dumps(lines())
    assert "plants" not in json.dumps(lines())


def test_a_message_that_the_sweep_sends_late_still_names_its_request(
    api, max_, vendor, lines  # noqa: F811
):  # fmt: skip
    body = {"to": EVES, "message": "The plants are dry."}
    api(max_).post(ASKED, body, headers={"X-Request-ID": "traced-8"})
    with origin_of_writes(Origin("job", request_id="of-the-sweep", job="messaging.sweep")):
        deliver([OutgoingMessage.objects.get().pk])
    told = {line["message"]: line for line in lines()}
    assert told["asked outside"]["request_id"] == "traced-8"
    assert told["asked outside"]["job"] == "messaging.sweep"


def test_each_line_says_whose_request_it_was(api, eve, acme, lines, monkeypatch):
    def broken(**_values):
        raise RuntimeError("inside")

    monkeypatch.setattr("accounts.api.update_profile", broken)
    api(eve).patch("/api/v1/auth/me", {"full_name": "x"}, headers={"X-Request-ID": "traced-9"})
    [line] = [line for line in lines() if line["level"] == "ERROR"]
    assert (line["request_id"], line["user"]) == ("traced-9", str(eve.pk))
    assert (line["tenant"], line["job"]) == (str(acme.pk), "")


def test_a_line_looks_nobody_up(db):
    def looked_up():
        raise AssertionError("a log line asks the database")

    with origin_of_writes(Origin("page", actor=SimpleLazyObject(looked_up))):
        assert marks()["user"] == ""


def test_a_stranger_has_no_marks_but_the_request(lines, db):
    Client(headers={"host": "localhost"}).get("/health/live")
    logging.getLogger("common").info("said")
    assert {lines()[-1][name] for name in ("request_id", "tenant", "user", "job")} == {""}
