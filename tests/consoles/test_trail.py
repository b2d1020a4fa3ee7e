"""The trail in the console: what has an index is found at once, words in what was done lately."""

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType

from accounts import admin as trail
from accounts.models import AuditEntry, Role
from common.origin import Origin, origin_of_writes
from tests.pages.conftest import text_of

TRAIL = "/admin/accounts/auditentry/"


@pytest.fixture
def days(ada, monkeypatch, in_acme):
    """Entries of five days in May, of which two are looked through for a word."""
    monkeypatch.setattr(trail, "LOOKED_THROUGH", 2)
    kind = ContentType.objects.get_for_model(Role)
    for day in range(1, 6):
        with origin_of_writes(Origin(source="shell", actor=ada, request_id=f"request-{day}")):
            AuditEntry.objects.create(
                content_type=kind, object_pk=f"{day}", object_repr=f"Palm of May {day}", action=1,
                timestamp=datetime(2099, 5, day, 12, tzinfo=UTC), actor=ada,
            )  # fmt: skip


def found(console, **query):
    page = text_of(console.get(TRAIL, query))
    return [day for day in range(1, 6) if f"Palm of May {day}" in page]


def test_a_word_is_looked_for_in_the_latest_entries(days, console):
    assert found(console) == [1, 2, 3, 4, 5]
    assert found(console, q="palm") == [4, 5]
    assert found(console, q="May 1") == []


def test_further_back_one_looks_from_the_end_of_a_day_or_month(days, console):
    assert found(console, q="palm", when="2099-05-02") == [2]
    assert found(console, q="palm", when="2099-05") == [4, 5]
    assert found(console, q="May 1", when="2099-05-01") == [1]


def test_what_has_an_index_is_found_however_old(days, console, ada):
    assert found(console, q=ada.email) == [1, 2, 3, 4, 5]


def test_a_requests_id_links_to_all_that_it_changed_on_its_day(days, console):
    page = console.get(TRAIL).content.decode()
    assert 'href="/admin/accounts/auditentry/?q=request-1&amp;when=2099-05-01"' in page
    assert found(console, q="request-1", when="2099-05-01") == [1]
