"""Two offices that commit, somebody in each, and the live part."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from accounts.services import create_user
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tenants.services import open_tenant
from tests.conftest import PASSWORD, forget
from tests.live.running import Line, live_part, wait_until


def join(office: Tenant) -> User:
    with tenant_transaction(office):
        return create_user(
            email=f"eve@{office.slug}.example", full_name="Eve", role="admin", password=PASSWORD
        )


@pytest.fixture
def eve(committed) -> User:
    return join(committed)


@pytest.fixture
def elsewhere(committed) -> Iterator[Tenant]:
    other = open_tenant(name="Elsewhere")
    try:
        yield other
    finally:
        forget(other)


@pytest.fixture(scope="module")
def port(django_db_setup) -> Iterator[int]:
    """One live part for all tests of a file, as one serves all offices."""
    with live_part() as port:
        # Until the line to the store stands, it says that it cannot serve.
        wait_until(lambda: Line(port, "x.localhost", "").status != 503)
        yield port


@pytest.fixture
def dial(port):
    """Open lines, which are closed at the end."""
    lines: list[Line] = []

    def call(host: str, session: str, **more: str) -> Line:
        lines.append(Line(port, host, session, **more))
        return lines[-1]

    yield call
    for line in lines:
        line.close()
