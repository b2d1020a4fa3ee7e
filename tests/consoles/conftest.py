"""People at the doors of the two consoles."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from common.origin import Origin, origin_of_writes
from tasks.services import add_reminder
from tasks.talking import add_comment
from tenants.context import public_context, tenant_context
from tests.conftest import PASSWORD

PLATFORM, ACME, GLOBEX = "localhost", "acme.localhost", "globex.localhost"


def at(host: str) -> Client:
    return Client(headers={"host": host}, raise_request_exception=True)


def operator_with(role: str) -> User:
    """Somebody of the shared host; the three built-in roles exist there too."""
    with public_context(), origin_of_writes(Origin(source="shell")):
        return create_user(
            email=f"olga-{role}@office.example",
            full_name="Olga Operator",
            role=role,
            password=PASSWORD,
        )


@pytest.fixture
def olga(db) -> User:
    return operator_with("admin")


@pytest.fixture
def platform() -> Any:
    """`platform(user)` opens pages of the shared host as a signed-in operator."""

    def open_as(user: User | None = None) -> Client:
        client = at(PLATFORM)
        if user is not None:
            with public_context():
                client.force_login(user)
        return client

    return open_as


@pytest.fixture
def console(browser, ada) -> Client:
    """The office console as Ada sees it; an error inside a page fails the test."""
    client: Client = browser(ada)
    client.raise_request_exception = True
    return client


@pytest.fixture
def mias_console(mia, globex) -> Client:
    client = at(GLOBEX)
    with tenant_context(globex):
        client.force_login(mia)
    return client


@pytest.fixture
def busy_task(task, ada, eve):
    """A task with a comment and a reminder."""
    add_comment(task=task, body="On it", by=eve)
    add_reminder(task=task, minutes_before=None, at=timezone.now() + timedelta(days=1))
    return task


def errors_of(answer):
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors
