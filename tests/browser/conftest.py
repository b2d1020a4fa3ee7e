"""A real browser at a real server: Chromium without a window, pages over HTTP on loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.test import override_settings

from accounts.services import create_user
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tenants.services import open_tenant
from tests.conftest import PASSWORD, forget
from tests.served import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
EVE = "eve@umbrella.example"
Work = Callable[[Any], Any]


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """Skip where there is no browser; CI installs one, and must not."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed: apt-get install chromium")
        pytest.skip("chromium is not installed")
    return CHROMIUM


@pytest.fixture
def office(committed, settings) -> Iterator[str]:
    """Serve an office of its own, with Eve in it; return the address of its pages."""
    with tenant_transaction(committed):
        create_user(email=EVE, full_name="Eve Employee", role="admin", password=PASSWORD)
    with serving() as port:
        settings.PUBLIC_URL = f"http://localhost:{port}"
        yield f"http://{committed.slug}.localhost:{port}"


@dataclass(frozen=True, slots=True)
class Branch:
    """An office that the tests of one file share, and the address of its pages."""

    tenant: Tenant
    url: str


@pytest.fixture(scope="module")
def branch(chromium, django_db_setup, django_db_blocker) -> Iterator[Branch]:
    """Serve an office with nobody in it to all tests of a file; it commits, and is erased then."""
    with django_db_blocker.unblock():
        tenant = open_tenant(name="Branch")
        try:
            with serving() as port, override_settings(PUBLIC_URL=f"http://localhost:{port}"):
                yield Branch(tenant, f"http://{tenant.slug}.localhost:{port}")
        finally:
            forget(tenant)
            connections.close_all()


@pytest.fixture(scope="session")
def chrome(chromium) -> Iterator[Callable[[Work], Any]]:
    """`chrome(work)` calls `work(browser)` with the one browser of the run, in its thread.

    Playwright runs an event loop, in whose thread Django would refuse to ask the database.
    """
    from playwright.sync_api import sync_playwright

    with ThreadPoolExecutor(max_workers=1) as thread:

        def there(work: Callable[..., Any], *given: Any, **more: Any) -> Any:
            return thread.submit(work, *given, **more).result()

        driver = there(sync_playwright().start)
        try:
            options = {"executable_path": chromium, "args": ["--no-sandbox"]}
            browser = there(driver.chromium.launch, **options)
            yield lambda work: there(work, browser)
            there(browser.close)
        finally:
            there(driver.stop)


@pytest.fixture
def browse(chrome) -> Callable[[Work], Any]:
    """`browse(work)` calls `work(page)` with a page that nobody has been at; so does each call."""

    def in_a_page(browser: Any, work: Work) -> Any:
        try:
            page = browser.new_page()
            page.set_default_timeout(30_000)
            # The first page of a served product waits for all that is loaded then.
            page.set_default_navigation_timeout(90_000)
            return work(page)
        finally:
            for context in browser.contexts:
                context.close()

    return lambda work: chrome(lambda browser: in_a_page(browser, work))
