"""What is refused before a view is reached is refused by a page, outside of any transaction.

In an office that commits: inside the transaction of a test everything may ask the database.
"""

import pytest
from django.test import Client

from accounts.services import create_user
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD


@pytest.fixture
def una(committed) -> Client:
    """Una's browser."""
    host = f"{committed.slug}.localhost"
    browser = Client(enforce_csrf_checks=True, headers={"host": host, "accept": "text/html"})
    with tenant_transaction(committed):
        user = create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
        browser.force_login(user)
    return browser


def test_what_is_not_there_and_what_is_stale_is_refused_by_a_page(una):
    for path in ("/nowhere", "/tasks/nowhere", "/tasks/%00", "/admin/nowhere"):
        answer = una.get(path)
        assert (answer.status_code, answer["Content-Type"][:9]) == (404, "text/html"), path
        assert "There is nothing here" in answer.content.decode()
    for path in ("/calendar/events/new", "/tasks", "/sign-in", "/sign-out", "/admin/logout/"):
        for token in ("", "short", "x" * 32):
            answer = una.post(path, {"csrfmiddlewaretoken": token})
            assert answer.status_code == 403, path
            assert "This form is too old" in answer.content.decode()
    # Nothing of it has ended the session.
    assert "Una" in una.get("/profile").content.decode()


def test_what_fails_is_told_by_a_page(una, monkeypatch):
    def fail(*_arguments, **_values):
        raise ValueError("broken")

    monkeypatch.setattr("tasks.list_views.render", fail)
    una.raise_request_exception = False
    answer = una.get("/tasks")
    assert answer.status_code == 500
    assert "it has been noted" in answer.content.decode()
