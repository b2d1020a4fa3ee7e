"""The protocol's own client, over HTTP on loopback, at a server with an office that commits."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from tasks.models import Task
from tenants.context import tenant_transaction
from tests.served import serving_office


@pytest.fixture
def served(committed) -> Iterator[tuple[str, str]]:
    """Serve the office; give the address of its tools and a token of its admin."""
    with serving_office(committed) as (address, token):
        yield f"{address}/mcp", token


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
