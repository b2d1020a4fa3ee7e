"""A real browser at a real server: Chromium without a window, pages over HTTP on loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from accounts.services import create_user
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD
from tests.served import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
EVE = "eve@umbrella.example"


@pytest.fixture(autouse=True)
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


@pytest.fixture
def browse() -> Callable[..., Any]:
    """`browse(work)` calls `work(page)` with a page of a new browser, in a thread of its own.

    Playwright runs an event loop, in whose thread Django would refuse to ask the database.
    """

    def run(work: Callable[[Any], Any]) -> Any:
        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(_in_chromium, work).result()

    return run


def _in_chromium(work: Callable[[Any], Any]) -> Any:
    with _page() as page:
        return work(page)


@contextmanager
def _page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chrome = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = chrome.new_page()
            page.set_default_timeout(30_000)
            yield page
        finally:
            chrome.close()
