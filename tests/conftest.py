"""The test world: two offices on a real PostgreSQL, and the people in them.

Ada (admin), Max (manager, leads finance), Eve (employee) and Sarah (employee, first of finance)
work at *acme*; Mia (admin) works at *globex*. The offices are made once per run; each test runs in
a transaction that is rolled back, inside *acme* unless it says otherwise. Where the test servers
have two roles, the owner makes the database and every test works as the application's role.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from rest_framework.test import APIClient

from accounts.models import Team, TeamMembership, User
from accounts.services import create_user
from accounts.sessions import begin_session
from config.env import database_of
from tasks.models import Task
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.domain_models import Domain
from tenants.models import AccountEntry, ChatEntry, DueInstant, LoginEntry, Tenant, WantedEvent
from tenants.schemas import drop_schema_of
from tenants.services import open_tenant
from tests.template import template

# The collector walks through all that a test has made for each 700 things; a tenth of the time.
gc.set_threshold(50_000, 20, 20)

PASSWORD = "correct horse battery"
PEOPLE = {
    "acme": [
        ("ada@acme.example", "Ada Admin", "admin"),
        ("max@acme.example", "Max Manager", "manager"),
        ("eve@acme.example", "Eve Employee", "employee"),
        ("sarah@acme.example", "Sarah Finance", "employee"),
    ],
    "globex": [("mia@globex.example", "Mia Admin", "admin")],
}

LONG = (
    *("tests/faults/", "tests/isolation/test_volume.py", "tests/messaging/test_year.py"),
    *("tests/browser/test_pages.py", "tests/browser/test_consoles.py"),
)


def pytest_xdist_auto_num_workers() -> int:
    """Have one process more than there are cores: each waits for servers a fifth of its time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes long begin first, and tests that use the database use each of them.

    Login and sweep go through all databases. What takes long would else be waited for in the end.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    for item in items:
        if "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(databases="__all__"))


def pytest_collection_finish() -> None:
    """Have what was collected stay."""
    keep_what_there_is()


def keep_what_there_is() -> None:
    """Let the garbage collector pass over what lasts as long as the run: a million of things."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """Make the test database and open the offices, once per run.

    Stands in place of pytest-django's fixture, which makes the database only for tests that carry
    its marker: those with `committed` do not, and would work on the database of DATABASE_URL
    itself.
    """
    keep = request.getfixturevalue("django_db_keepdb")
    keep = keep and not request.getfixturevalue("django_db_createdb")
    with django_db_blocker.unblock():
        for each in connections.all():
            each.settings_dict["TEST"]["TEMPLATE"] = template()
        made = setup_databases(verbosity=0, interactive=False, keepdb=keep)
        act_as(APP)
        for slug, people in PEOPLE.items():
            if not Tenant.objects.filter(slug=slug).exists():
                _open_office(slug, people)
    keep_what_there_is()
    yield
    if not keep:
        with django_db_blocker.unblock():
            act_as(OWNER)
            teardown_databases(made, verbosity=0)


def login_in(url: str) -> dict[str, str]:
    """Return whom a database URL signs in."""
    return {key: database_of(url)[key] for key in ("USER", "PASSWORD")}


OWNER = login_in(os.environ["DATABASE_URL"])
APP = login_in(os.environ.get("DATABASE_APP_URL") or os.environ["DATABASE_URL"])


def act_as(login: dict[str, str]) -> None:
    """Let this thread's next statement, and every new connection, be of this role."""
    for each in connections.all():
        each.close()
        each.settings_dict.update(login)


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside, the role that migrates is at work. Not for tests that use `db`: it commits."""
    act_as(OWNER)
    try:
        yield
    finally:
        act_as(APP)


def _open_office(slug: str, people: list[tuple[str, str, str]]) -> None:
    tenant = open_tenant(name=slug.title(), slug=slug)
    with tenant_transaction(tenant):
        hire(people)


def hire(people: list[tuple[str, str, str]]) -> None:
    """Make these people; where Max and Sarah are, they are the finance team."""
    made = {
        email: create_user(email=email, full_name=name, role=role, password=PASSWORD)
        for email, name, role in people
    }
    if "max@acme.example" in made:
        finance = Team.objects.create(name="Finance", lead=made["max@acme.example"])
        sarah = made["sarah@acme.example"]
        TeamMembership.objects.create(team=finance, user=sarah, position=0)


@contextmanager
def in_office(slug: str) -> Iterator[None]:
    """Inside, fixtures that stand for more than one test work in this office."""
    with public_context():
        tenant = Tenant.objects.get(slug=slug)
    with tenant_context(tenant):
        yield


def outermost() -> transaction.Atomic:
    """Return a block that code under test takes for no transaction, as that of `db` is."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django marks that of its own
    return block


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker) -> Iterator[None]:
    """What fixtures of a module make stands for each of its tests, which begin inside of this.

    Not for modules with tests that use `committed`.
    """
    with django_db_blocker.unblock(), outermost():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def acme(db) -> Tenant:
    with public_context():
        return Tenant.objects.get(slug="acme")


@pytest.fixture
def globex(db) -> Tenant:
    with public_context():
        return Tenant.objects.get(slug="globex")


@pytest.fixture
def in_acme(acme) -> Iterator[Tenant]:
    """The test body works inside acme, as a request of its people does."""
    with tenant_context(acme):
        yield acme


@pytest.fixture
def committed(request, django_db_setup, django_db_blocker) -> Iterator[Tenant]:
    """An office of its own whose transactions really commit; it is erased afterwards.

    Not for tests that also use `db`: those never commit.
    """
    with django_db_blocker.unblock():
        tenant = open_tenant(name="Umbrella")
        try:
            yield tenant
        finally:
            forget(tenant)
            connections.close_all()


def forget(tenant: Tenant) -> None:
    """Remove what is left of an office that a test has committed."""
    if Tenant.objects.filter(pk=tenant.pk).update(is_active=False):
        drop_schema_of(tenant)
    for model in (AccountEntry, ChatEntry, DueInstant, LoginEntry, WantedEvent):
        model.objects.using(tenant.db_alias).filter(tenant=tenant.pk).delete()
    Domain.objects.filter(tenant=tenant).delete()
    Tenant.objects.filter(pk=tenant.pk).delete()


def person(email: str) -> User:
    return User.objects.get_by_natural_key(email)


@pytest.fixture
def ada(in_acme) -> User:
    return person("ada@acme.example")


@pytest.fixture
def max_(in_acme) -> User:
    return person("max@acme.example")


@pytest.fixture
def eve(in_acme) -> User:
    return person("eve@acme.example")


@pytest.fixture
def sarah(in_acme) -> User:
    return person("sarah@acme.example")


@pytest.fixture
def finance(in_acme) -> Team:
    return Team.objects.get(name="Finance")


@pytest.fixture
def mia(globex) -> User:
    """Somebody of the other office; her own data are reached in `tenant_context(globex)`."""
    with tenant_context(globex):
        return person("mia@globex.example")


@pytest.fixture
def task(ada, eve) -> Task:
    """A task that Ada gave to Eve."""
    return Task.objects.create(title="Water the plants", creator=ada, assignee=eve)


@dataclass
class Api:
    """Calls the API as one person, with that person's token, on the shared host."""

    client: APIClient
    tokens: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


class OfficeClient(APIClient):
    """DRF's, which reads a streamed answer to its end."""

    def request(self, **kwargs: Any) -> Any:
        response: Any = super().request(**kwargs)
        if not response.streaming:
            return response
        # Read to its end it closes itself, and leaves the test's connection alone.
        content = b"".join(response.streaming_content)
        return HttpResponse(content, status=response.status_code, headers=dict(response.headers))


def api_as(user: User, tenant: Tenant, *, host: str = "localhost") -> Api:
    """Return an API client signed in as `user`."""
    with tenant_context(tenant):
        tokens = begin_session(user=user)
    client = OfficeClient(HTTP_HOST=host, raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    return Api(client, tokens)


@pytest.fixture
def api(acme) -> Any:
    """`api(user)` calls the API as somebody of acme."""
    return lambda user, **options: api_as(user, acme, **options)


@pytest.fixture
def mia_api(mia, globex) -> Api:
    """The API as seen from the other office."""
    return api_as(mia, globex)


@pytest.fixture
def stranger() -> APIClient:
    """The API without any token."""
    return OfficeClient(HTTP_HOST="localhost", raise_request_exception=False)


@pytest.fixture
def browser(acme) -> Any:
    """`browser(user)` opens pages on acme's host; without a user as a stranger."""

    def open_as(user: User | None = None) -> Client:
        client = Client(headers={"host": "acme.localhost"}, raise_request_exception=False)
        if user is not None:
            with tenant_context(acme):
                client.force_login(user)
        return client

    return open_as
