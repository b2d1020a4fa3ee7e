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
    """Inside, DATABASE_URL names a new database, which is removed afterwards."""
    server, name = os.environ["DATABASE_URL"], f"bench_{purpose}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            yield
        finally:
            _drop(admin, name)


def _drop(admin: psycopg.Connection, name: str) -> None:
    """Remove it once everybody has left it, autovacuum too."""
    for second in range(PATIENCE_SECONDS):
        try:
            admin.execute(f"DROP DATABASE {name}")
        except psycopg.errors.ObjectInUse:
            if second == PATIENCE_SECONDS - 1:
                raise
            sleep(1)
        else:
            return
