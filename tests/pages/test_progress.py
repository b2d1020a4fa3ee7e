"""Work that goes on without its reader: a bar that the job feeds, found again on the same page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Document, Revision
from notes.services import NewNote, create_note
from tests.pages.conftest import text_of
from tests.pages.lists import sync

MAY_LEAVE = "You may leave this page"


def bar_of(answer) -> str | None:
    """How far the bar of the page is; "" while nobody knows, None without a bar."""
    html = answer.content.decode()
    found = re.search(r'<progress id="([^"]+)" max="100"(?: value="(\d+)")?></progress>', html)
    assert found is None or f'<label for="{found[1]}">' in html
    return found and (found[2] or "")


def test_a_summary_shows_how_far_it_is(browser, ada):
    note = create_note(new=NewNote(title="Minutes", body="Long"), by=ada)
    client, here = browser(ada), f"/notes/{note.pk}"
    assert bar_of(client.get(here)) is None
    note.summary_status, note.summary_progress = "processing", 40
    note.summary_wake_at = timezone.now()
    note.save()
    answer = client.get(here)
    assert (bar_of(answer), 'data-live="notes tasks"' in answer.content.decode()) == ("40", True)
    assert MAY_LEAVE in text_of(answer)


@pytest.mark.parametrize(
    ("of_document", "of_file", "percent"),
    [
        ({"status": "processing"}, {"wakes": True}, "0"),
        ({"status": "processing"}, {"wakes": True, "attempts": 1}, "20"),
        ({"status": "ready"}, {"wakes": True, "chunks": 10, "embedded": 5}, "75"),
        ({"status": "ready"}, {"chunks": 10, "embedded": 10}, None),
        ({"status": "failed"}, {}, None),
    ],
)
def test_a_document_shows_how_far_it_is(browser, ada, of_document, of_file, percent):
    document = Document.objects.create(title="Policy", owner=ada, newest=1, **of_document)
    if of_file.pop("wakes", False):
        of_file["wake_at"] = timezone.now()
    facts = {"filename": "a.txt", "format": "text", "size": 1, "author": ada, **of_file}
    Revision.objects.create(document=document, number=1, **of_document, **facts)
    answer = browser(ada).get(f"/documents/{document.pk}")
    assert bar_of(answer) == percent
    assert (MAY_LEAVE in text_of(answer)) == (percent is not None)
    assert 'data-live="documents"' in answer.content.decode()


def test_a_sync_shows_that_it_runs(browser, max_):
    row, client = sync(max_, "Work", 1), browser(max_)

    def shown(**values):
        type(row).objects.filter(pk=row.pk).update(**values)
        return bar_of(client.get("/calendar/syncs"))

    assert shown(state="draft") == ""
    assert shown(state="active") is None
    assert shown(running_until=timezone.now() + timedelta(minutes=1)) == ""
    assert shown(running_until=timezone.now() - timedelta(minutes=1)) is None
