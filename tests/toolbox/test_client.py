"""The protocol's own client, over HTTP on loopback, at a server with an office that commits."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from accounts.services import create_user
from accounts.sessions import begin_session
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD


class Quiet(WSGIRequestHandler):
    """Says nothing, and gives its thread's connections back."""

    def log_message(self, *_args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()


@pytest.fixture
def served(committed) -> Iterator[tuple[str, str]]:
    """Serve the office; return the address of its tools and a token of its admin."""
    with tenant_transaction(committed):
        una = create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
        token = begin_session(user=una)["access_token"]
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/mcp", token
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_protocols_own_client_works_here(served, committed):
    url, token = served

    async def work() -> tuple[Any, ...]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            tools = await client.list_tools()
            made = await client.call_tool("create_task", {"title": "Order badges"})
            one = {"task_id": made.structured_content["id"]}
            dry = await client.call_tool("complete_task", {**one, "dry_run": True})
            asked = await client.call_tool("delete_task", one)
            refused = await client.call_tool("complete_task", {"task_id": "x"})
        return tools, made, dry, asked, refused

    tools, made, dry, asked, refused = asyncio.run(work())
    assert "ask_documents" in {tool.name for tool in tools.tools}
    assert not made.is_error
    assert dry.structured_content["result"]["status"] == "done"
    assert asked.structured_content["done"] is False
    assert refused.is_error
    with tenant_transaction(committed):
        assert list(Task.objects.values_list("title", "status")) == [("Order badges", "pending")]


def test_a_client_without_a_token_is_not_let_in(served):
    url, _token = served

    async def work() -> None:
        async with Client(url) as client:
            await client.list_tools()

    with pytest.raises(ExceptionGroup) as refused:
        asyncio.run(work())
    assert refused.group_contains(MCPError)
    assert httpx2.post(url, json={}, timeout=60).status_code == 401
