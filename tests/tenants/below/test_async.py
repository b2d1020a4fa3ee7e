"""On an event loop many tenants take turns in one thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connections, transaction
from django.http import JsonResponse
from django.test import Client, override_settings
from django.urls import path

from tenants.backend.paths import TenantPathError
from tenants.context import current_tenant, tenant_context
from tests.tenants.below.conftest import OURS, THEIRS, seen


def work() -> set[str]:
    with transaction.atomic():
        return seen()


def run(coroutine: Callable) -> object:
    """Run on an event loop of its own; whoever it sent queries through goes home afterwards."""

    async def run_and_close() -> object:
        # One thread: with more, another one than that of the queries could be sent home.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        try:
            return await coroutine()
        finally:
            await sync_to_async(connections.close_all)()
            await asyncio.to_thread(connections.close_all)

    return asyncio.run(run_and_close())


def test_coroutines_that_take_turns_read_their_own_tenant(offices):
    async def visit(tenant) -> set[str]:
        with tenant_context(tenant):
            await asyncio.sleep(0)
            found = await sync_to_async(work)()
            await asyncio.sleep(0)
            assert current_tenant() == tenant
            return found | await sync_to_async(work)()

    async def visit_all() -> list[set[str]]:
        return await asyncio.gather(*(visit(t) for t in [offices.ours, offices.theirs] * 10))

    assert run(visit_all) == [{OURS}, {THEIRS}] * 10


def test_a_coroutine_without_a_tenant_reads_nothing(offices):
    async def visit() -> None:
        await sync_to_async(work)()

    with pytest.raises(TenantPathError, match="no tenant"):
        run(visit)


def test_the_orm_on_the_loop_itself_is_refused(offices):
    async def visit() -> None:
        with tenant_context(offices.ours):
            seen()

    with pytest.raises(SynchronousOnlyOperation):
        run(visit)


def test_an_async_query_outside_a_transaction_is_refused(offices):
    async def visit() -> None:
        with tenant_context(offices.ours):
            await Session.objects.acount()

    with pytest.raises(TenantPathError, match="outside a transaction"):
        run(visit)


def test_an_executor_that_copies_no_context_reads_nothing(offices):
    async def visit() -> None:
        with tenant_context(offices.ours):
            await asyncio.get_running_loop().run_in_executor(None, work)

    with pytest.raises(TenantPathError, match="no tenant"):
        run(visit)


def test_a_background_task_stays_in_the_tenant_that_started_it(offices):
    async def visit() -> set[str]:
        with tenant_context(offices.ours):
            later = asyncio.create_task(sync_to_async(work)())
        with tenant_context(offices.theirs):
            return await later

    assert run(visit) == {OURS}


async def read_the_canaries(request) -> JsonResponse:
    if "atomic" in request.GET:
        return JsonResponse({"seen": sorted(await sync_to_async(work)())})
    return JsonResponse({"seen": [row.session_data async for row in Session.objects.all()]})


urlpatterns = [path("canaries", transaction.non_atomic_requests(read_the_canaries))]


@override_settings(ROOT_URLCONF=__name__, PUBLIC_SCHEMA_URLCONF=__name__)
def test_an_async_view_reads_its_own_tenant_or_nothing(offices):
    for tenant, expected in ((offices.ours, OURS), (offices.theirs, THEIRS)):
        browser = Client(headers={"host": f"{tenant.slug}.localhost"})
        assert browser.get("/canaries?atomic=1").json() == {"seen": [expected]}
        with pytest.raises(TenantPathError, match="outside a transaction"):
            browser.get("/canaries")
