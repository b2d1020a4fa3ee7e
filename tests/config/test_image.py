"""The image and Docker Compose run the office with as few rights as the chart does."""

import json
import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import yaml

from config.env import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
STEPS = [
    tuple(line.split(maxsplit=1)) for line in DOCKERFILE.splitlines() if line and line[0] != "#"
]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {
    name: one for name, one in COMPOSE["services"].items() if one["image"] == "ai-office-manager"
}
CHART = yaml.safe_load((ROOT / "k8s" / "values.yaml").read_text())["podSecurityContext"]
USER = f"{CHART['runAsUser']}:{CHART['runAsGroup']}"


def steps(word):
    return [rest for step, rest in STEPS if step == word]


def test_image_compose_and_chart_name_the_same_user():
    assert steps("USER") == [USER]
    assert STEPS.index(("USER", USER)) > [step for step, _rest in STEPS].index("WORKDIR")
    [made] = [rest for rest in steps("RUN") if "useradd" in rest]
    assert f"--uid {CHART['runAsUser']} " in made
    assert f"groupadd --gid {CHART['runAsGroup']} " in made
    assert {one["user"] for one in OURS.values()} == {USER}


def test_what_is_copied_is_there():
    copied = [rest.split() for rest in steps("COPY")]
    [first, *_later] = copied
    assert first == ["requirements.lock", "."]
    for source, _target in (words for words in copied if not words[0].startswith("--from=")):
        assert (ROOT / source).exists()
    stages = [rest.partition(" AS ")[2] for rest in steps("FROM")]
    taken = {words[0] for words in copied if words[0].startswith("--")}
    assert taken == {"--from=builder"}
    assert stages == ["builder", ""]


def test_both_stages_have_the_same_python():
    assert len({rest.partition(" AS ")[0] for rest in steps("FROM")}) == 1


def test_packages_come_with_their_hashes_and_stay_in_the_first_stage():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "pip" not in last
    [install] = [rest for rest in steps("RUN") if "pip install" in rest]
    assert "--require-hashes" in install
    assert "--no-cache-dir" in install


def test_our_containers_write_to_their_volumes_and_tmp_only():
    assert set(OURS) == {"migrate", "web", "live", "worker", "beat"}
    for one in OURS.values():
        assert one["read_only"] is True
        assert one["tmpfs"] == ["/tmp"]
        assert one["cap_drop"] == ["ALL"]
        assert {volume.partition(":")[2] for volume in one["volumes"]} == {"/keys", "/var/office"}


def test_who_serves_no_http_is_not_asked_for_it():
    silent = {name for name, one in OURS.items() if one.get("healthcheck") == {"disable": True}}
    assert silent == {"migrate", "worker", "beat"}
    for name in ("web", "live"):
        [port] = [word for word in OURS[name]["command"] if word.startswith("--port=")]
        assert port == "--port=" + OURS[name]["environment"].get("HEALTH_PORT", "8000")


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_tells_a_well_server_from_a_sick_one(status, healthy):
    asked = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *words):
            """Say nothing."""

    [check] = steps("HEALTHCHECK")
    _python, *words = json.loads(check.partition(" CMD ")[2])
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        told = {"HEALTH_PORT": str(server.server_port), "BASE_DOMAIN": "office.test"}
        ended = subprocess.run(
            [sys.executable, *words], env={**os.environ, **told}, capture_output=True, check=False
        )
        server.shutdown()
    assert (ended.returncode == 0) is healthy
    assert asked == [("/health/live", "office.test")]


def test_no_secret_is_kept_in_the_image():
    kept = " ".join(steps("ENV") + steps("ARG"))
    assert not re.search("SECRET|PASSWORD|TOKEN|DATABASE_URL", kept)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[:2] == [".*", "!.env.example"]
    assert "var" in ignored
