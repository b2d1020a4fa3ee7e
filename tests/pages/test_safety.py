"""What holds for every page: its policy, its landmarks, and refusals that read well."""

import re
from itertools import pairwise

import pytest

from accounts import public_urls, views
from accounts import urls as accounts_urls
from assistant import urls as assistant_urls
from calendar_app import urls as calendar_urls
from connections import urls as connections_urls
from documents import urls as documents_urls
from inbound import urls as inbound_urls
from messaging import urls as messaging_urls
from notes import urls as notes_urls
from tasks import urls as tasks_urls
from tests.pages.conftest import HTMX, INLINE, text_of

PAGES = [
    *(
        "/tasks",
        "/tasks?view=board",
        "/tasks?view=month",
        "/tasks?view=timeline",
        "/tasks?priority=x",
    ),
    *("/calendar", "/calendar?view=week", "/calendar?view=day", "/calendar?view=agenda"),
    *("/calendar/events/new", "/calendar?date=x"),
    *("/notes", "/notes/new", "/notes?search=x"),
    *("/documents", "/documents/new", "/documents?kind=x", "/ask"),
    *("/team", "/reports", "/", "/tasks/{pk}", "/tasks/{pk}/edit", "/nothing-here"),
    *(
        "/settings",
        "/welcome",
        "/design",
        "/assistant",
        "/search",
        "/search?q=plants",
        "/search?q=nothing",
    ),
    *("/messages", "/messages?status=sent&page=2", "/messages/coming", "/notifications"),
]
FRONT = ["/", "/go?office=nobody", "/go?office=acme", "/office-opened?office=acme", "/nothing-here"]


def check(answer) -> None:
    html = answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not INLINE.search(html), INLINE.search(html)
    assert not re.search(r'(src|href)="(https?:)?//(?!acme\.localhost)', html.replace("&amp;", "&"))
    assert html.count("<main") == html.count("<h1") == html.count('id="main"') == 1
    assert 'lang="en"' in html
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    for field in re.findall(r"<(?:input|textarea|select)[^>]*>", html):
        if 'type="hidden"' not in field and " aria-label=" not in field:
            assert re.findall(r'\sid="([^"]+)"', field)[0] in labelled
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_an_office_keep_the_policy(browser, task, ada, path):
    check(browser(ada).get(path.format(pk=task.pk)))


def test_the_sign_in_keeps_the_policy(browser, in_acme):
    check(browser().get("/sign-in"))
    check(browser().post("/sign-in", {"username": "x", "password": "y"}))


@pytest.mark.parametrize("path", FRONT)
def test_pages_of_the_front_door_keep_the_policy(visitor, acme, path):
    check(visitor.get(path))


def test_a_refused_quick_add_keeps_the_policy(browser, ada):
    check(browser(ada).post("/quick-add", {"text": "ask Bob to fly"}))


def test_a_refusal_of_a_fragment_is_one_sentence(browser, ada):
    answer = browser(ada).get("/nothing-here", HTTP_ACCEPT="text/html", **HTMX)
    assert (answer.status_code, text_of(answer)) == (404, "There is nothing here.")


def test_an_unknown_office_is_refused_as_a_page(visitor):
    answer = visitor.get("/", HTTP_HOST="nobody.localhost")
    assert answer.status_code == 404
    assert "There is no office at this address." in text_of(answer)
    check(answer)


def test_the_footer_shows_the_mailbox_only_in_the_embedded_run(visitor, settings):
    assert "Mailbox" not in text_of(visitor.get("/"))
    settings.MAILBOX_URL = "http://127.0.0.1:8025"
    assert 'href="http://127.0.0.1:8025"' in visitor.get("/").content.decode()


def test_every_page_names_its_grant():
    ours = (accounts_urls, public_urls, connections_urls, messaging_urls, tasks_urls)
    modules = (*ours, assistant_urls, inbound_urls, calendar_urls, notes_urls, documents_urls)
    for pattern in [one for module in modules for one in module.urlpatterns]:
        assert hasattr(pattern.callback, "grant"), pattern
    assert views.sign_in.grant is None


def test_addresses_of_pages_and_api_have_different_names():
    from django.urls import reverse

    assert reverse("task-page", args=["11111111-1111-4111-8111-111111111111"]).startswith("/tasks/")
    assert reverse("task", args=["11111111-1111-4111-8111-111111111111"]).startswith("/api/v1/")
