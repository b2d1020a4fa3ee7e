"""Waiting for another process or thread, by what the database shows of it."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

from django.db import connections

SECONDS = 60


def wait_until(happens: Callable[[], bool]) -> None:
    """Raise AssertionError when it does not happen."""
    end = monotonic() + SECONDS
    while not happens():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.05)


def waits_for_a_lock(table: str) -> bool:
    """Tell whether somebody stands still at a table of this name."""
    query = """
        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            WHERE NOT l.granted AND c.relname = %s)"""
    observer: Any = connections["default"].copy()
    try:
        with observer.cursor_without_path() as cursor:
            cursor.execute(query, [table])
            return cursor.fetchone()[0]
    finally:
        observer.close()
