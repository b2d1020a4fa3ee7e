"""How much processor PostgreSQL spends on what this process asks for."""

import os
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


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
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
