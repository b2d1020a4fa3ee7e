"""What could not be delivered, as operators see it: by office and way, never what it says."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from common.health import queue_depth
from messaging.models import OutgoingMessage
from tenants.context import tenant_context
from tests.consoles.conftest import operator_with
from tests.consoles.test_costs import a_delivery, cost_of
from tests.pages.conftest import text_of

PLACE = "/admin/dead-letters/"


def letter(user, number, **values):
    facts = {"channel": "email", "status": "failed", "due_at": timezone.now(), **values}
    return OutgoingMessage.objects.create(
        recipient=user, address=user.email, subject="A secret word", text="x", kind="reminder",
        dedupe_key=f"{number}", **facts,
    )  # fmt: skip


@pytest.fixture
def letters(ada, mia, acme, globex, in_acme):
    for number, values in enumerate(
        ({}, {}, {"status": "unknown"}, {"channel": "sms"}, {"status": "cancelled"})
    ):
        letter(ada, number, **values)
    a_delivery(0)
    old = letter(ada, "old", channel="slack")
    OutgoingMessage.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    with tenant_context(globex):
        letter(mia, 0, channel="telegram")


def test_operators_see_numbers_by_office_and_way(letters, platform, olga, acme, globex):
    page = platform(olga).get(PLACE)
    said = text_of(page)
    for line in ("email 2 1", "sms 1 0", "webhook 1 0", "telegram 1 0"):
        assert line in said
    assert "slack" not in said
    assert f"/admin/tenants/tenant/{globex.pk}/change/" in page.content.decode()


def test_operators_see_no_word_of_it(letters, platform, olga, ada):
    page = platform(olga).get(PLACE).content.decode()
    assert "A secret word" not in page
    assert ada.email not in page


def test_the_page_costs_the_same_for_more_letters(letters, platform, olga, ada):
    operators = platform(olga)
    first = len(cost_of(operators, PLACE))
    for number in range(20):
        letter(ada, f"more-{number}")
    assert len(cost_of(operators, PLACE)) == first


def test_offices_come_in_pages(letters, platform, olga, monkeypatch):
    monkeypatch.setattr("config.dead_letters.ON_A_PAGE", 1)
    operators = platform(olga)
    pages = [text_of(operators.get(PLACE, {"p": number})) for number in range(1, 4)]
    assert any("sms 1 0" in page for page in pages)
    assert any("telegram 1 0" in page for page in pages)
    assert not any("sms 1 0" in page and "telegram 1 0" in page for page in pages)


def test_nobody_without_the_right_counts_them(letters, platform):
    assert platform(operator_with("employee")).get(PLACE).status_code == 302


def test_the_first_page_tells_how_many_jobs_wait(platform, olga, db):
    waiting, taken = queue_depth()
    with current_app.connection_for_write() as queue:
        store = queue.default_channel.client
        store.rpush("celery", "a job of nobody")
        try:
            assert queue_depth() == (waiting + 1, taken)
            said = text_of(platform(olga).get("/admin/"))
            assert f"Jobs in the queue: {waiting + 1}" in said
        finally:
            store.lrem("celery", 1, "a job of nobody")
