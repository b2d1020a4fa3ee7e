"""The database that each test process copies: migrated once for each state of the code, and kept.

Its name tells what it was made from. Whoever comes first makes it while the others wait; what was
made from other code is removed then.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from config.env import ROOT

LOCK = 7302
PREFIX = "test_template_"
# Whatever can change what migrations make: all code of ours, and the versions of all packages.
LOCKS = "requirements*.lock"
NO_CODE = {".git", ".venv", "var", "tests", "benchmarks", "clients", "docs", "node_modules"}


def template() -> str:
    """Return the name of a migrated database that nobody is connected to."""
    name = PREFIX + digest()
    with locked() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        found = {one for (one,) in cursor.fetchall()}
        if name not in found:
            for old in found:
                cursor.execute(f'DROP DATABASE "{old}"')
            make(f"{PREFIX}draft")
            cursor.execute(f'ALTER DATABASE "{PREFIX}draft" RENAME TO "{name}"')
    return name


@cache
def digest() -> str:
    """Return what is the same as long as the code is."""
    folders = (path for path in ROOT.iterdir() if path.is_dir() and path.name not in NO_CODE)
    ours = sorted([*ROOT.glob(LOCKS), *(path for x in folders for path in x.rglob("*.py"))])
    found = sha256(f"{sys.version} {os.environ.get('DATABASE_APP_ROLE')}".encode())
    for path in ours:
        found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def locked() -> Iterator[CursorWrapper]:
    """Inside, no other test process makes the template."""
    creation: Any = connection.creation
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor


def make(name: str) -> None:
    """Make and migrate a database, as Django makes one for tests."""
    mine, own = connection.settings_dict, settings.DATABASES["default"]
    before, test_before = mine["NAME"], mine["TEST"]["NAME"]
    mine["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        mine["NAME"] = own["NAME"] = before
        mine["TEST"]["NAME"] = test_before
