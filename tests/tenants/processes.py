"""Another process at work on the test's own database, to be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import connection

WORK = """
import sys, uuid, django
django.setup()
from tenants.running import run_operation
run_operation(uuid.UUID(sys.argv[1]))
"""


def database_url() -> str:
    """Return the address of the database that the tests really use."""
    place = connection.settings_dict
    login = f"{quote(place['USER'])}:{quote(place['PASSWORD'])}"
    return f"postgresql://{login}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


@contextmanager
def worker_on(operation_id: UUID) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works on the operation; it does not outlive the block."""
    env = {**os.environ, "DATABASE_URL": database_url(), "VAR_DIR": str(settings.VAR_DIR)}
    process = subprocess.Popen([sys.executable, "-c", WORK, str(operation_id)], env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
