"""What stands around every page: the places to go to, and the field for what there is to do."""

import re

import pytest

from tasks.models import Task
from tests.pages.conftest import HTMX, text_of

SEED = "water the palms tomorrow at 3pm"


def places(answer) -> dict[str, str]:
    """The places in the rail, by their words."""
    [rail] = re.findall(r'<nav class="rail".*?</nav>', answer.content.decode(), re.DOTALL)
    found = re.findall(r'href="([^"]+)".*?<span>([^<]+)</span>', rail, re.DOTALL)
    return {text: address for address, text in found}


def test_every_place_opens_and_says_that_one_is_there(browser, ada):
    client = browser(ada)
    found = places(client.get("/"))
    assert {"Today", "Messages", "Settings", "Console"} <= found.keys()
    for address in set(found.values()) - {"/admin/"}:
        answer = client.get(address)
        assert answer.status_code == 200
        here = re.findall(r'href="([^"]+)"[^>]* aria-current="page"', answer.content.decode())
        assert here == [address]


def test_the_console_stands_there_for_those_who_may_open_it(browser, eve):
    assert "Console" not in places(browser(eve).get("/"))


def test_a_stranger_sees_no_places(browser, in_acme):
    html = browser().get("/sign-in").content.decode()
    assert "rail" not in html
    assert "quick-text" not in html


@pytest.mark.parametrize("path", ["/", "/messages", "/settings", "/notifications"])
def test_the_quick_add_field_stands_on_every_page_once(browser, eve, path):
    assert browser(eve).get(path).content.decode().count('id="quick-text"') == 1


def test_who_may_not_create_tasks_has_no_field(browser, eve):
    eve.role.permissions = ["task:read"]
    eve.role.save()
    assert "quick-text" not in browser(eve).get("/settings").content.decode()


def test_adding_leads_back_to_the_page_it_came_from(browser, ada):
    client = browser(ada)
    answer = client.post("/quick-add", {"text": SEED, "next": "/messages?page=1"})
    assert (answer.status_code, answer.url) == (302, "/messages?page=1")
    page = client.get(answer.url)
    assert "“Water the palms” is written down" in text_of(page)
    token = re.search(r'name="undo_token" value="([^"]+)"', page.content.decode())[1]
    back = client.post("/quick-add/undo", {"undo_token": token, "next": "/messages?page=1"})
    assert back.url == "/messages?page=1"
    assert not Task.objects.exists()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x"])
def test_adding_never_leads_to_another_site(browser, ada, target):
    assert browser(ada).post("/quick-add", {"text": SEED, "next": target}).url == "/"


def test_htmx_away_from_the_desk_gets_what_was_understood_alone(browser, ada):
    client = browser(ada)
    answer = client.post("/quick-add", {"text": SEED, "next": "/messages"}, **HTMX)
    html = answer.content.decode()
    assert 'id="desk"' not in html
    assert "Written down Water the palms" in text_of(answer)
    token = re.search(r'name="undo_token" value="([^"]+)"', html)[1]
    undone = client.post("/quick-add/undo", {"undo_token": token, "next": "/messages"}, **HTMX)
    assert text_of(undone) == "“Water the palms” is taken back."


def test_the_settings_lead_everywhere(browser, ada):
    client = browser(ada)
    html = client.get("/settings").content.decode()
    main = html[html.index("<main") :]
    addresses = re.findall(r'class="row-title" href="([^"]+)"', main)
    assert len(addresses) == 10
    # What is guarded by a fresh look at the password leads there first.
    assert {client.get(address).status_code for address in addresses} <= {200, 302}


def test_importing_people_is_offered_to_those_who_may(browser, eve):
    assert "Import people" not in text_of(browser(eve).get("/settings"))


def test_the_keys_are_told(browser, eve):
    assert "<kbd>q</kbd>" in browser(eve).get("/").content.decode()
