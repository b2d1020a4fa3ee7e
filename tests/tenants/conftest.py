"""Offices that really commit, with files and archives in a folder of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tenants.models import Tenant
from tenants.operation_models import Operation
from tenants.operations import request_export
from tests.conftest import forget
from tests.tenants.office_of_everything import files, fill, hashes


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path) -> Path:
    """Nothing of these tests lands in the folder that all test processes share."""
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def office(committed) -> Iterator[Tenant]:
    """An office with a row of every kind; what tests open besides is erased with it."""
    fill(committed)
    with forgetting():
        yield committed


@contextmanager
def forgetting() -> Iterator[None]:
    """Erase what was opened meanwhile, and the record of it."""
    before = set(Tenant.objects.values_list("pk", flat=True))
    yield
    for tenant in Tenant.objects.exclude(pk__in=before):
        forget(tenant)
    Operation.objects.all().delete()


@pytest.fixture
def manage() -> Any:
    """`manage("tenant_export", "acme")` runs a command and returns what it said."""

    def run(*arguments: Any, **options: Any) -> str:
        said = StringIO()
        call_command(*map(str, arguments), stdout=said, **options)
        return said.getvalue()

    return run


@dataclass
class Taken:
    """An archive, and what the office held when it was taken."""

    path: Path
    hashes: dict[str, Any]
    files: dict[str, bytes]


@pytest.fixture
def taken(office, tmp_path) -> Taken:
    """The archive of the office of everything."""
    return take(office, tmp_path / "office.zip")


def take(office: Tenant, path: Path) -> Taken:
    before = hashes(office), files(office)
    call_command("tenant_export", office.slug, "-o", str(path), stdout=StringIO())
    return Taken(path, *before)


@pytest.fixture
def ask(office):
    """`ask()` asks for an export and leaves it to a worker."""
    return lambda tenant=office: request_export(
        tenant=tenant, requested_by="a test", background=False
    )
