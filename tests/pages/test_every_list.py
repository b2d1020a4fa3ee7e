"""Each list page: empty, one, many, nonsense, no right, and what belongs to others."""

import re

import pytest

from accounts.permissions import BUILT_IN_ROLES
from config.urls import urlpatterns
from tenants.context import tenant_context
from tests.conftest import person
from tests.pages.conftest import text_of
from tests.pages.lists import LISTS, OTHERS

REFUSED = {400, 404}
NO_PAGES = ("/api/", "/admin", "/scim/", "/mcp")
each_list = pytest.mark.parametrize("page", LISTS.values(), ids=LISTS)


@pytest.fixture
def reader(page, in_acme, request):
    return request.getfixturevalue(page.reader)


@pytest.fixture
def client(reader, browser):
    return browser(reader)


def things_in(answer) -> set[str]:
    """The names of the things on a page; a list may name one twice."""
    assert answer.status_code == 200
    return set(re.findall(r"Thing \d+", text_of(answer)))


@each_list
def test_a_list_is_empty_has_one_and_has_many(page, reader, client):
    answer = client.get(page.path)
    assert things_in(answer) == set()
    assert page.empty in text_of(answer)
    page.add(reader, "Thing 0", 0)
    answer = client.get(page.path)
    assert things_in(answer) == {"Thing 0"}
    assert not page.empty or page.empty not in text_of(answer)
    for number in range(1, page.many):
        page.add(reader, f"Thing {number}", number)
    answer = client.get(page.path)
    first = things_in(answer)
    assert len(first) == page.shown
    if page.rest:
        query = page.rest.partition("?")[2]
        assert f'?{query}"' in answer.content.decode().replace("&amp;", "&")
        rest = things_in(client.get(page.rest))
        assert first | rest == {f"Thing {number}" for number in range(page.many)}


@each_list
def test_a_list_refuses_nonsense_in_words(page, reader, client):
    made = page.add(reader, "Thing 0", 0)
    address = page.nonsense.format(pk=made.pk)
    if page.posted is None:
        answer = client.get(address)
    else:
        answer = client.post(address, page.posted)
        # A list with a notice, or the same page with what is wrong at its field.
        answer = client.get(answer.url) if answer.status_code == 302 else answer
    text = answer.content.decode()
    assert "<h1" in text
    if answer.status_code == 200 and page.posted is not None:
        assert 'class="notice is-error"' in text
    elif page.posted is None and answer.status_code != 200:
        assert answer.status_code in REFUSED
        assert "errorlist" in text
        assert "Thing 0" not in text_of(answer)
    # Nothing came of it.
    assert things_in(client.get(page.path)) == {"Thing 0"}


@each_list
def test_a_list_is_closed_to_strangers_and_to_those_without_the_right(page, reader, browser):
    answer = browser().get(page.path)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in")
    reader.role.permissions = sorted({*BUILT_IN_ROLES["admin"]} - {page.grant})
    reader.role.save()
    answer = browser(reader).get(page.path)
    assert answer.status_code == (403 if page.grant else 200)
    assert "<h1" in answer.content.decode()


@each_list
def test_a_list_shows_nothing_of_others_and_opens_none_of_it(page, client, mia, globex):
    theirs = page.add(person("sarah@acme.example"), "Thing 1", 1)
    with tenant_context(globex):
        foreign = page.add(mia, "Thing 2", 2)
    assert things_in(client.get(page.path)) == set()
    for thing in (theirs, foreign):
        for method, door in page.doors:
            answer = getattr(client, method)(door.format(pk=thing.pk), {"status": "done"})
            is_silent = page.is_hinted and "Thing" not in text_of(answer)
            assert answer.status_code == 404 or is_silent, door


def test_every_page_without_a_name_in_its_address_is_a_list_or_is_not(browser, ada):
    """A new page needs a line in LISTS of tests/pages/lists.py, or its name in OTHERS."""
    client, known = browser(ada), {name.split()[0] for name in LISTS} | OTHERS
    pages = set()
    for path, name in _paths(urlpatterns):
        if "<" not in path and not path.startswith(NO_PAGES):
            answer = client.get(path)
            if answer.status_code != 405 and "text/html" in answer.get("Content-Type", ""):
                pages.add(name)
    assert pages - known == set()
    assert known - {name for _path, name in _paths(urlpatterns)} == set()


def _paths(urls, prefix="/"):
    for each in urls:
        path = f"{prefix}{each.pattern}"
        if hasattr(each, "url_patterns"):
            yield from _paths(each.url_patterns, path)
        else:
            yield path, each.name
