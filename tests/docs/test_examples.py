"""Each example of README and docs, at a served office, as it stands there."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Iterator

import httpx2
import pytest
import requests
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from config.env import ROOT
from tasks.models import Task
from tenants.archive.format import Manifest
from tenants.context import public_context, tenant_transaction
from tenants.models import Tenant
from tenants.plans import Use
from tests.conftest import forget
from tests.docs.pages import blocks, commands
from tests.k8s.conftest import render
from tests.served import serving, serving_office
from tests.webhooks.conftest import receiver, tell, webhook  # noqa: F401  fixtures
from webhooks.services import send_test

README, DOCS = ROOT / "README.md", ROOT / "docs"
# Every answer has to be a good one, and what goes wrong on the way ends the walk.
STRICT = 'set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n'


@pytest.fixture
def served(committed, settings) -> Iterator[str]:
    """The product, where offices may be opened; they are gone afterwards."""
    settings.API_RATES = None
    known = set(Tenant.objects.values_list("pk", flat=True))
    try:
        with serving() as port:
            yield f"http://localhost:{port}"
    finally:
        with public_context():
            for tenant in Tenant.objects.exclude(pk__in=known):
                forget(tenant)


def test_the_calls_of_the_readme_and_of_the_api_do_what_they_say(served):
    if shutil.which("curl") is None:
        reason = "curl is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    (walk,) = [block for block in blocks(README, "bash") if "curl" in block]
    by_hand, _comment, mail = walk.partition("# A minute later:")
    assert mail.strip() == "ls var/mail"
    (more,) = blocks(DOCS / "api.md", "bash")
    script = f"{STRICT}{by_hand}\n{more}".replace("http://localhost:8000", served)
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    office = Tenant.objects.get(name="Jo and Company")
    with tenant_transaction(office):
        tasks = Task.objects.order_by("created_at").values_list("title", "status", "priority")
        assert list(tasks) == [
            ("Call the bank", "pending", "medium"),
            ("Order badges", "done", "urgent"),
            ("Sort post", "pending", "medium"),
        ]


def test_the_client_for_python_works_as_its_page_says(committed, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(ROOT / "clients" / "python"))
    (example,) = blocks(ROOT / "clients" / "python" / "README.md", "python")
    with serving_office(committed) as (address, token):
        code = example.replace("https://acme.example.com", address).replace("…", token)
        exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == "Order badges None\n404 not_found\n"


def test_a_program_is_let_in_with_what_the_page_of_tools_says(committed):
    (example,) = blocks(DOCS / "mcp.md", "json")
    with serving_office(committed) as (address, token):
        text = example.replace("https://acme.example.com", address).replace("…", token)
        server = json.loads(text)["mcpServers"]["office"]

        async def ask():
            async with (
                httpx2.AsyncClient(headers=server["headers"], timeout=60) as http,
                Client(streamable_http_client(server["url"], http_client=http)) as client,
            ):
                return await client.list_tools()

        assert "create_task" in {tool.name for tool in asyncio.run(ask()).tools}


def test_a_webhook_is_set_up_as_its_page_says(committed):
    (example,) = blocks(DOCS / "webhooks.md", "http")
    first, body = example.strip().split("\n")
    method, path = first.split()
    with serving_office(committed) as (address, token):
        made = requests.request(
            method,
            f"{address}{path}",
            json=json.loads(body),
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")


def test_what_arrives_is_verified_as_the_page_says(receiver, webhook):  # noqa: F811
    (example,) = blocks(DOCS / "webhooks.md", "python")
    there: dict = {}
    exec(compile(example, "webhooks.md", "exec"), there)
    send_test(webhook=webhook)
    tell()
    asked = receiver.asked[-1]
    assert there["hear"](asked.headers, asked.body, webhook.secret) == (
        "webhook.test",
        {"id": str(webhook.pk)},
    )


def test_the_manifest_of_an_archive_is_one():
    (example,) = blocks(DOCS / "archive.md", "json")
    # Hashes and slug are left out there.
    whole = example.replace('"sha256": "…"', f'"sha256": "{"0" * 64}"').replace('"…"', '"acme"')
    assert Manifest.model_validate_json(whole).model_dump_json()


def test_a_use_is_announced_as_the_page_of_plans_says():
    (example,) = blocks(DOCS / "plans.md", "python")
    told = eval(example, {"Use": Use, "register_use": lambda name, use: (name, use)})
    assert told[0] == "documents"


def test_the_chart_is_rendered_with_what_operations_say():
    ((_page, words),) = commands("helm upgrade --install ")
    assert words[:2] == ["office", "k8s"]
    made = render(*(word.replace("…", "x") for word in words[2:]))
    assert made
