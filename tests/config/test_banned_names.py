"""The names that ruff refuses, since they lead around the tenant."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.env import ROOT

RUFF = Path(sys.executable).with_name("ruff")
OPTIONS = ("check", "--select", "TID251", "--output-format", "concise", "--no-cache")


def complaints(line, *, of="tasks/services.py"):
    done = subprocess.run(
        [RUFF, *OPTIONS, "--stdin-filename", ROOT / of, "-"],
        input=f"{line}\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return done.stdout.count("TID251")


@pytest.mark.parametrize(
    "line",
    [
        "from django.core.cache import cache",
        "from django.core.cache import caches as all_of_them",
        "import django.core.cache as it\nit.cache.get('people')",
        "from django_tenants.utils import tenant_context",
        "from django_tenants.utils import schema_context",
    ],
)
def test_a_way_around_the_tenant_is_refused(line):
    assert complaints(line)


@pytest.mark.parametrize(
    "line",
    ["from tenants.cache import tenant_cache", "from tenants.context import tenant_context"],
)
def test_the_way_through_the_tenant_passes(line):
    assert not complaints(line)


def test_one_file_may_import_djangos_caches():
    assert not complaints("from django.core.cache import caches", of="tenants/cache.py")
