"""How much processor PostgreSQL spends on what this process asks for."""

from pathlib import Path
from typing import Any

NANO = 1e9


def backend() -> int:
    """Return the pid of the process that serves the connection of the tenant in force."""
    from django.db import connections

    from tenants.context import home_alias

    with connections[home_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row: Any = cursor.fetchone()
    return int(row[0])


def cpu_of(pid: int) -> float:
    """Return the seconds of processor that a process has used; 0 where that cannot be seen."""
    try:
        words = Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()
    except OSError:
        return 0.0
    return int(words[0]) / NANO
