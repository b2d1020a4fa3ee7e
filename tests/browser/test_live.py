"""Two people at their pages see each other's changes, with the live part and without."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import User
from documents.models import Document, Revision
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.browser.conftest import EVE
from tests.browser.test_sign_in import sign_in
from tests.live.running import live_part

WATER, FEED = "Water the plants", "Feed the fish"


@pytest.fixture
def task(committed, office) -> Task:
    with tenant_transaction(committed):
        eve = User.objects.get(email=EVE)
        return Task.objects.create(title=WATER, creator=eve, assignee=eve)


def two_pages(page, office):
    sign_in(page, office)
    other = page.context.browser.new_context().new_page()
    sign_in(other, office)
    return other


def test_two_browsers_see_each_others_changes(committed, office, settings, browse, task):
    def work(page):
        said = []
        page.on("console", lambda line: said.append(line.text))
        other = two_pages(page, office)
        for one in (page, other):
            one.wait_for_selector("html[data-live=on]", state="attached")
        # What one completes is done where it stands on the other's page.
        other.click(f"#check-{task.pk}")
        page.wait_for_selector(f"li.is-done[data-key='{task.pk}']")
        # What one adds is told to the other, and moves nothing until it is asked for.
        page.fill("#quick-text", FEED)
        page.keyboard.press("Enter")
        other.wait_for_selector("#news button:has-text('1 new – show')")
        assert FEED not in other.inner_text("#main")
        other.click("#news button")
        other.wait_for_selector(f"#desk :text('{FEED}')")
        assert other.inner_text("#news") == ""
        return said

    with live_part() as port:
        settings.LIVE_URL = f":{port}"
        assert browse(work) == []


def test_what_is_being_worked_on_is_left_alone(committed, office, settings, browse, task):
    def work(page):
        sign_in(page, office)
        page.wait_for_selector("html[data-live=on]", state="attached")
        page.focus(f"#check-{task.pk}")
        with page.expect_response(lambda answer: answer.request.headers.get("x-refresh") == "1"):
            in_a_thread(lambda: rename(committed, task, FEED))
        page.wait_for_timeout(300)
        assert WATER in page.inner_text("#desk")
        page.focus("#quick-text")
        page.fill("#quick-text", "half a sen")
        with page.expect_response(lambda answer: answer.request.headers.get("x-refresh") == "1"):
            in_a_thread(lambda: rename(committed, task, "Cut the grass"))
        page.wait_for_selector("#desk :text('Cut the grass')")
        return page.input_value("#quick-text")

    with live_part() as port:
        settings.LIVE_URL = f":{port}"
        assert browse(work) == "half a sen"


def test_without_a_store_the_page_looks_for_itself(committed, office, settings, browse, task):
    def work(page):
        page.clock.install()
        sign_in(page, office)
        page.wait_for_selector("html[data-live=off]", state="attached")
        in_a_thread(lambda: rename(committed, task, FEED))
        page.clock.run_for(40_000)
        page.wait_for_selector(f"#desk :text('{FEED}')")
        return True

    # Its store is gone: it says that it cannot serve.
    with live_part(REDIS_URL="redis://127.0.0.1:1/0") as port:
        settings.LIVE_URL = f":{port}"
        assert browse(work)


def test_a_document_comes_in_and_is_read_before_the_eyes_of_a_colleague(
    committed, office, settings, browse
):
    def work(page):
        sign_in(page, office)
        page.goto(f"{office}/documents")
        page.wait_for_selector("html[data-live=on]", state="attached")
        in_a_thread(lambda: hand_in(committed))
        page.click("#news button:has-text('1 new – show')")
        page.wait_for_selector("li.row:has-text('Manual') progress[value='0']")
        page.wait_for_selector("li.row:has-text('It waits to be read.')")
        in_a_thread(lambda: reading(committed, attempts=1))
        page.wait_for_selector("li.row:has-text('It is being read.') progress[value='20']")
        page.click("a:has-text('Manual')")
        page.wait_for_selector("[data-part=state] progress[value='20']")
        page.wait_for_selector("html[data-live=on]", state="attached")
        in_a_thread(lambda: reading(committed, attempts=2))
        page.wait_for_selector("[data-part=state]:has-text('It is being read once more.')")
        return True

    with live_part() as port:
        settings.LIVE_URL = f":{port}"
        assert browse(work)


def hand_in(office):
    """Hand a file in that waits for a worker; those of tests read it at once."""
    with tenant_transaction(office):
        eve, waits = User.objects.get(email=EVE), {"status": "processing"}
        document = Document.objects.create(title="Manual", owner=eve, newest=1, **waits)
        file = {"filename": "manual.md", "format": "text", "size": 1, "author": eve}
        now = timezone.now()
        Revision.objects.create(document=document, number=1, wake_at=now, **file, **waits)


def reading(office, **facts):
    """Write what the job writes as it goes on."""
    with tenant_transaction(office):
        Revision.objects.get(document__title="Manual").change(**facts)


def rename(office, task, title):
    with tenant_transaction(office):
        Task.objects.filter(pk=task.pk).update(title=title)


def in_a_thread(work):
    """Playwright's thread runs an event loop, in which Django would refuse to ask the database."""

    def run():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
