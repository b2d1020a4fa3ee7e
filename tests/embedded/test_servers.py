import os
import shutil
import signal
import time

import psycopg
import pytest

from config.embedded.home import find_home
from config.embedded.paths import Layout
from config.embedded.ports import any_port
from config.embedded.postgres import APP, OWNER, Cluster, passwords_in
from config.embedded.signals import Signals
from config.embedded.supervisor import Supervisor
from config.embedded.valkey import Valkey


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a server's home") / "var"
    folder.mkdir()
    yield Layout(folder.parent, folder)
    home = find_home(folder).folder
    if home != folder:  # as root in a closed folder, it lies outside
        shutil.rmtree(home)


@pytest.fixture
def supervisor(place):
    with Signals() as signals:
        found = Supervisor(logs=place.logs, locks=place.locks, signals=signals)
        yield found
        found.stop()


def watch_until(supervisor, question):
    """Let the supervisor do its work until the question is answered with yes."""
    deadline = time.monotonic() + 15
    while not question():
        assert time.monotonic() < deadline, "waited in vain"
        for kept in supervisor.kept:
            kept.look(time.monotonic())
        supervisor.signals.wait(0.02)


def test_a_killed_postgres_comes_back(place, supervisor):
    cluster = Cluster(find_home(place.var), passwords_in(place), careless=True)
    cluster.create()
    supervisor.start([cluster.service(any_port(), os.environ)])
    old = supervisor.pids["postgres"]
    assert cluster.is_ready()
    os.kill(old, signal.SIGKILL)
    watch_until(supervisor, lambda: supervisor.pids["postgres"] != old and cluster.is_ready())
    supervisor.stop()
    assert not cluster.was_killed


def test_a_stale_pid_file_of_another_program_is_removed(place):
    cluster = Cluster(find_home(place.var), passwords_in(place), careless=True)
    cluster.create()
    file = cluster.home.data / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n")
    cluster.forget_the_dead()
    assert not file.exists()


def test_data_of_a_version_with_one_role_are_kept_by_the_owner(place, supervisor):
    cluster = Cluster(find_home(place.var), passwords_in(place), careless=True)
    cluster.create()
    data = cluster.home.data
    cluster.ask(data, "office", "SET ROLE office_owner", "CREATE TABLE kept AS SELECT 7 AS seven")
    cluster.ask(data, "office", "DROP ROLE office_app", "ALTER ROLE office_owner RENAME TO office")
    (data / "office_roles.sha256").unlink()
    cluster.create()
    port = any_port()
    supervisor.start([cluster.service(port, os.environ)])
    with psycopg.connect(cluster.url(OWNER, port)) as owner:
        assert owner.execute("SELECT seven FROM kept").fetchone() == (7,)
        owner.execute("ALTER TABLE kept ADD COLUMN eight int")
    with (
        psycopg.connect(cluster.url(APP, port)) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("SELECT seven FROM kept")


def test_a_killed_valkey_comes_back_on_its_port(place, supervisor):
    valkey = Valkey(place.folder("valkey"), any_port())
    supervisor.start([valkey.service(os.environ)])
    old = supervisor.pids["valkey"]
    os.kill(old, signal.SIGKILL)
    watch_until(supervisor, lambda: supervisor.pids["valkey"] != old and valkey.is_ready())
