"""With a server that others wrote to stand in for OpenAI's: both of its APIs, and its refusals.

It is the npm package `@copilotkit/aimock`; `AIMOCK` names the file of its command. CI installs it.
"""

import json
import os
import shutil
import socket
import subprocess
from urllib.request import urlopen

import pytest

from tasks.models import Task
from tests.assistant.llm.conftest import engine_of, the_call
from tests.assistant.llm.test_real_server import await_port
from tests.peers.language_model import reading

pytestmark = pytest.mark.usefixtures("morning", "pauses")

LOOSE = "would be super if finance looked at that Acme thing again, thursday 3pm latest"
READ = reading(title="looked at Acme thing", assignee="finance", when=["thursday 3pm"])


def command():
    found = os.environ.get("AIMOCK") or shutil.which("llmock")
    if not (found and shutil.which("node")):
        word = "there is no second server: npm install @copilotkit/aimock, and AIMOCK names it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(word)
    return found


def answers(word, **response):
    return {"match": {"userMessage": word}, "response": response}


def refuses(word, status, kind):
    return answers(word, error={"message": "no", "type": kind}, status=status, retryAfter=1)


FIXTURES = [
    answers("Acme thing", content=json.dumps(READ)),
    answers("orchids", content=json.dumps(reading(title="water the orchids", when=["friday"]))),
    answers("roses", content='{"intent"', finishReason="length"),
    answers("mosses", content="Sure! You will water the mosses tomorrow."),
    refuses("ferns", 429, "rate_limit_error"),
    refuses("tulips", 500, "server_error"),
    refuses("lilies", 401, "invalid_request_error"),
]


@pytest.fixture(scope="module")
def aimock(tmp_path_factory):
    """The address of the server, once it listens."""
    folder = tmp_path_factory.mktemp("aimock")
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["node", command(), "--port", str(port), "--fixtures", str(fixtures)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)
        try:
            await_port(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(params=["responses", "chat"])
def second(request, aimock, platform, office):
    """The office asks the second server by one of its APIs."""
    platform.LLM_BASE_URL, platform.LLM_API = f"{aimock}/v1", request.param
    return request.param


def asked_of(aimock):
    """The last request, as the server wrote it down."""
    with urlopen(f"{aimock}/__aimock/journal") as told:
        return json.load(told)[-1]


def test_its_words_become_a_task(say, second, aimock, sarah, finance):
    answer = say(LOOSE)
    assert answer.status_code == 201, answer.content
    task = Task.objects.get(pk=answer.json()["id"])
    assert (engine_of(answer), the_call().outcome) == ("llm", "used")
    assert (task.title, task.assignee, task.team) == ("Looked at Acme thing", sarah, finance)
    assert f"{task.due_date:%A %H:%M}" == "Thursday 15:00"
    asked = asked_of(aimock)
    path = {"responses": "/v1/responses", "chat": "/v1/chat/completions"}[second]
    assert (asked["path"], asked["response"]["status"]) == (path, 200)


@pytest.mark.parametrize(
    ("flower", "outcome"),
    [
        ("orchids", "refused"),
        *((flower, "failed") for flower in ("roses", "mosses", "ferns", "tulips", "lilies")),
    ],
)
def test_what_it_says_wrongly_or_not_at_all_leaves_the_rules_draft(say, second, flower, outcome):
    answer = say(f"water the {flower} tomorrow at 3pm")
    assert (answer.status_code, engine_of(answer)) == (201, "local")
    task = answer.json()
    assert (task["title"], task["due_date"]) == (f"Water the {flower}", "2024-05-15T15:00:00Z")
    assert the_call().outcome == outcome
