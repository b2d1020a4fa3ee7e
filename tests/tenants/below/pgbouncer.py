"""A PgBouncer of the test's own: transaction mode, and fewer servers than it has clients."""

import os
import re
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
KNOWS_PREPARED = (1, 21)
PREPARED = "max_prepared_statements = 200\n"
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


def prepares() -> bool:
    """Tell whether it knows prepared statements in transaction mode."""
    said = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"PgBouncer (\d+)\.(\d+)", said.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= KNOWS_PREPARED


@contextmanager
def running(database: dict[str, Any], *, size: int) -> Iterator[int]:
    """Run one in front of a Django database; give its port."""
    port = any_port()
    with folder_of_its_own() as folder:
        (folder / "users.txt").write_text('"{USER}" "{PASSWORD}"\n'.format_map(database))
        settings = SETTINGS.format(port=port, folder=folder, size=size, **database)
        (folder / "pgbouncer.ini").write_text(settings + (PREPARED if prepares() else ""))
        with started([program(), "pgbouncer.ini"], folder, port):
            yield port


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """A folder that whoever runs it can read."""
    folder = Path(mkdtemp(prefix="office-pgbouncer-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def started(
    command: list[str], folder: Path, port: int, env: dict[str, str] | None = None
) -> Iterator[None]:
    """Run a command, which is or becomes PgBouncer, in a folder, as somebody who is not root."""
    account = account_for(folder)
    for path in (folder, *folder.iterdir()):
        account.own(path)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdout=log,
            stderr=log,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.gid is None else [account.gid],
        )
    try:
        await_answer(process, port, folder / "log")
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"pgbouncer did not start:\n{log.read_text()}")
