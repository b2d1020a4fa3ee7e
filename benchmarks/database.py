"""A database of a benchmark's own, on the server of DATABASE_URL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config.env import ROOT
from tests.template import digest

PATIENCE_SECONDS = 60
PREFIX, LOCK = "bench_template_", 7303


@contextmanager
def own_database(purpose: str, *, empty: bool = False) -> Iterator[None]:
    """Inside, DATABASE_URL and DATABASE_APP_URL name a new database that does not outlive it.

    Migrating takes as long as many a measurement, so that a migrated one is copied.
    """
    server, name = os.environ["DATABASE_URL"], f"bench_{purpose}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        origin = "template1" if empty else migrated(admin, server)
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {origin}")
        before = {key: os.environ[key] for key in ("DATABASE_URL", "DATABASE_APP_URL")
                  if key in os.environ}  # fmt: skip
        try:
            os.environ |= {key: with_name(url, name) for key, url in before.items()}
            yield
        finally:
            os.environ |= before
            _drop(admin, name)


def migrated(admin: psycopg.Connection, server: str) -> str:
    """Return the name of a migrated database, made once for each state of the code."""
    name, draft = PREFIX + digest(), f"{PREFIX}draft"
    admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        told = admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        )
        found = {one for (one,) in told}
        if name not in found:
            for old in found:
                _drop(admin, old)
            admin.execute(f"CREATE DATABASE {draft}")
            env = {**os.environ, "DATABASE_URL": with_name(server, draft)}
            env.pop("DATABASE_APP_ROLE", None)
            command = (sys.executable, "manage.py", "migrate", "--no-input", "-v0")
            subprocess.run(command, cwd=ROOT, env=env, check=True)
            admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    finally:
        admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return name


def _drop(admin: psycopg.Connection, name: str) -> None:
    """Remove it together with the connections of servers that still run.

    Only autovacuum, which is not ours to end, is waited for.
    """
    for second in range(PATIENCE_SECONDS):
        try:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
            if second == PATIENCE_SECONDS - 1:
                raise
            sleep(1)
        else:
            return


def with_name(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
