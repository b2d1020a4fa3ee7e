"""A point in time: from a base backup and PostgreSQL's archived log, as docs/operations.md says."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

import psycopg
import pytest
from psycopg import sql

from accounts.services import create_user
from config.embedded.home import Home, find_home
from config.embedded.ports import any_port
from tasks.services import NewTask, create_task
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD, as_owner
from tests.tenants.processes import database_url
from tests.tenants.test_backup import manage

PATIENCE_SECONDS = 120
SETTINGS = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
    "max_locks_per_transaction": "1024", "archive_mode": "on",
}  # fmt: skip


@dataclass
class Place:
    """A folder of PostgreSQL's, where servers, a base backup and the archive lie."""

    home: Home
    folder: Path

    def run(self, tool: str, *options: object) -> None:
        command = [str(self.home.binaries / tool), *map(str, options)]
        self.home.account.run(command, cwd=self.folder)

    @contextmanager
    def server(self, data: str, **settings: str) -> Iterator[str]:
        """Run a server on some data; give the address of its databases, without a name."""
        port = any_port()
        chosen = SETTINGS | settings | {"port": str(port)}
        options = [word for pair in chosen.items() for word in ("-c", "{}={}".format(*pair))]
        account = self.home.account
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [self.home.binaries / "postgres", "-D", self.folder / data, *options],
                cwd=self.folder, stdout=log, stderr=log, user=account.uid, group=account.gid,
                extra_groups=None if account.gid is None else [account.gid],
            )  # fmt: skip
        try:
            url = f"postgresql://postgres:none@127.0.0.1:{port}"
            wait_until(lambda: answer(url, "SELECT NOT pg_is_in_recovery()") == [(True,)])
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def wait_until(happens) -> None:
    end = monotonic() + PATIENCE_SECONDS
    while not happens():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.1)


def answer(url, question, database="postgres"):
    """Return what a server says; None while it does not let anybody in."""
    try:
        with psycopg.connect(f"{url}/{database}", autocommit=True) as connection:
            cursor = connection.execute(question)
            return cursor.fetchall() if cursor.description else []
    except psycopg.OperationalError:
        return None


@pytest.fixture
def place() -> Iterator[Place]:
    home = find_home(Path(os.environ["VAR_DIR"]))
    folder = Path(mkdtemp(prefix="office-archive-"))
    (folder / "archive").mkdir()
    for path in (folder, folder / "archive"):
        home.account.own(path)
    yield Place(home, folder)
    shutil.rmtree(folder)


@pytest.fixture
def dump(committed, tmp_path) -> Path:
    """The tests' database with an office that has written a task."""
    with tenant_transaction(committed):
        una = create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
        create_task(new=NewTask(title="Order badges"), by=una)
    with as_owner():
        made = manage("backup", tmp_path / "kept", url=database_url(), var=tmp_path / "var")
    assert made.returncode == 0, made.stderr
    return tmp_path / "kept" / "database-default.dump"


def test_the_moment_before_an_accident_comes_back(committed, dump, place, tmp_path):
    tasks = sql.Identifier(committed.schema_name, "tasks_task")
    schema = sql.Identifier(committed.schema_name)
    place.run("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "--no-sync",
              "--encoding=UTF8", "--locale=C")  # fmt: skip
    archiving = f"cp %p {place.folder}/archive/%f"
    with place.server("data", archive_command=archiving) as url:
        answer(url, "CREATE DATABASE office")
        copied = place.folder / "dump"
        shutil.copy(dump, copied)
        place.home.account.own(copied)
        place.run(
            "pg_restore", "--no-owner", "--no-privileges", "--dbname", f"{url}/office", copied
        )
        # Once a day.
        place.run("pg_basebackup", "--dbname", url, "-D", "base", "-X", "none", "--checkpoint=fast")
        later = sql.SQL("UPDATE {} SET title = 'Order red badges'").format(tasks)
        assert answer(url, later, "office") == []
        [(moment,)] = answer(url, "SELECT clock_timestamp()::text")
        assert answer(url, sql.SQL("DROP SCHEMA {} CASCADE").format(schema), "office") == []
        [(last,)] = answer(url, "SELECT pg_walfile_name(pg_switch_wal())")
        wait_until((place.folder / "archive" / last).exists)
    (place.folder / "base" / "recovery.signal").touch()
    place.home.account.own(place.folder / "base" / "recovery.signal")
    with place.server(
        "base",
        restore_command=f"cp {place.folder}/archive/%f %p",
        recovery_target_time=moment,
        recovery_target_action="promote",
        archive_command="true",
    ) as url:
        titles = answer(url, sql.SQL("SELECT title FROM {}").format(tasks), "office")
        assert titles == [("Order red badges",)]
        said = manage("audit_verify", "--tenant", committed.slug, url=f"{url}/office",
                      var=tmp_path / "there")  # fmt: skip
        assert said.returncode == 0, said.stdout + said.stderr
