"""A database of a benchmark's own, on the server of DATABASE_URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from urllib.parse import urlsplit, urlunsplit

import psycopg

PATIENCE_SECONDS = 60


@contextmanager
def own_database(purpose: str) -> Iterator[None]:
    """Inside, DATABASE_URL and DATABASE_APP_URL name a new database that does not outlive it."""
    server, name = os.environ["DATABASE_URL"], f"bench_{purpose}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        before = {key: os.environ[key] for key in ("DATABASE_URL", "DATABASE_APP_URL")
                  if key in os.environ}  # fmt: skip
        try:
            os.environ |= {key: with_name(url, name) for key, url in before.items()}
            yield
        finally:
            os.environ |= before
            _drop(admin, name)


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
