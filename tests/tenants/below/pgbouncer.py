"""A PgBouncer of the test's own: transaction mode, and fewer servers than it has clients."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from config.embedded.account import account_for
from config.embedded.ports import any_port

# Debian's lies where only root looks for programs.
PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
SECONDS = 10
SETTINGS = """
[databases]
* = host={HOST} port={PORT}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 100
"""


def program() -> str:
    """Return where pgbouncer is; without it the test is skipped, but not in CI."""
    found = shutil.which("pgbouncer", path=PLACES)
    if found is None:
        reason = "pgbouncer is not installed (Debian: apt install pgbouncer)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return found


@contextmanager
def running(database: dict[str, Any], *, size: int) -> Iterator[int]:
    """Run one in front of a Django database; give its port."""
    command = program()
    folder = Path(mkdtemp(prefix="office-pgbouncer-"))
    account, port = account_for(folder), any_port()
    (folder / "users.txt").write_text('"{USER}" "{PASSWORD}"\n'.format_map(database))
    settings = SETTINGS.format(port=port, folder=folder, size=size, **database)
    (folder / "pgbouncer.ini").write_text(settings)
    for path in (folder, *folder.iterdir()):
        account.own(path)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [command, folder / "pgbouncer.ini"],
            cwd=folder,
            stdout=log,
            stderr=log,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.gid is None else [account.gid],
        )
    try:
        await_answer(process, port, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(SECONDS)
        shutil.rmtree(folder)


def await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"pgbouncer did not start:\n{log.read_text()}")
