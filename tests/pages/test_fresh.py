"""Pages that stay fresh while they stand open, and what a read by themselves leaves alone."""

import pytest
import time_machine
from django.utils import timezone

from accounts.models import RefreshFamily
from notes.services import NewNote, create_note
from tasks.models import Task

REFRESH = {"HTTP_X_REFRESH": "1"}


@pytest.mark.parametrize(
    ("path", "apps"),
    [
        ("/", "tasks calendar_app messaging"),
        ("/notes", "notes"),
        ("/messages", "messaging"),
        ("/calendar", "calendar_app"),
        ("/tasks?view=timeline", "tasks"),
        ("/settings", ""),
    ],
)
def test_a_page_says_what_makes_it_old(browser, ada, settings, path, apps):
    settings.LIVE_URL = ":8001"
    answer = browser(ada).get(path)
    html = answer.content.decode()
    assert ("data-live=" in html, f'data-live="{apps}"' in html) == (bool(apps), bool(apps))
    own = "connect-src 'self' http://acme.localhost:8001/live"
    assert answer["Content-Security-Policy"].endswith(own)


def test_what_can_be_exchanged_says_what_it_is(browser, ada):
    """Each row of a page that stays fresh, and each bar and day, is known by its key."""
    task = Task.objects.create(title="Water", creator=ada, assignee=ada, due_date=timezone.now())
    note = create_note(new=NewNote(title="Plants"), by=ada)
    client = browser(ada)
    for path in ("/tasks?view=timeline", "/tasks?view=month"):
        assert f'data-key="{task.pk}"' in client.get(path).content.decode()
    assert f'data-key="{note.pk}"' in client.get("/notes").content.decode()
    assert 'data-part="text"' in client.get(f"/notes/{note.pk}").content.decode()


def test_behind_a_proxy_the_live_part_is_of_the_same_origin(browser, ada, settings):
    settings.LIVE_URL = "/live"
    answer = browser(ada).get("/")
    assert 'data-live-url="/live"' in answer.content.decode()
    assert "connect-src" not in answer["Content-Security-Policy"]


def test_a_page_that_only_stands_open_keeps_no_session_alive(browser, ada):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        client = browser(ada)
        client.get("/")
        seen = RefreshFamily.objects.get(user=ada).seen_at
        clock.shift(600)
        client.get("/", **REFRESH)
        assert RefreshFamily.objects.get(user=ada).seen_at == seen
        client.get("/")
        assert RefreshFamily.objects.get(user=ada).seen_at > seen


def test_it_takes_no_notice_away_from_its_reader(browser, ada):
    client = browser(ada)
    task = Task.objects.create(title="Water", creator=ada, assignee=ada)
    client.post(f"/tasks/{task.pk}/complete")
    assert "“Water” is done." not in client.get("/", **REFRESH).content.decode()
    assert "“Water” is done." in client.get("/").content.decode()
