import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded.errors import StartFailedError
from config.embedded.paths import ROOT, Layout, try_lock, write_json
from config.embedded.process import Service
from config.embedded.run import last_object, run_servers
from config.embedded.signals import Signals
from config.embedded.supervisor import Supervisor

PATIENCE = 10


def wait_for(question):
    """Return the first true answer; the processes have no other way to tell us."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := question()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return answer


def family(folder, name):
    """Return the pids of a stand-in, its child and its grandchild."""
    file = folder / f"{name}.pids"
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def alive(pid):
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.fixture
def office(tmp_path):
    """A supervisor in a process of its own, with two families of three."""
    command = (sys.executable, "-m", "tests.embedded.stand_in", str(tmp_path))
    # Whoever runs the tests under `nohup` has them ignore a hang-up, and so would it.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGHUP, before)
    with started as process:
        wait_for((tmp_path / "run.json").exists)
        wait_for(lambda: family(tmp_path, "first") and family(tmp_path, "second"))
        yield process
        process.kill()


def everybody(folder):
    return [*family(folder, "first"), *family(folder, "second")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(office, tmp_path, number):
    pids = everybody(tmp_path)
    office.send_signal(number)
    assert office.wait(PATIENCE) == 0
    assert office.stdout.read() == "stopped\n"
    assert not [pid for pid in pids if alive(pid)]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a subreaper")
def test_a_killed_supervisor_leaves_no_orphans(office, tmp_path):
    pids = everybody(tmp_path)
    assert len([pid for pid in pids if alive(pid)]) == 6
    office.kill()
    wait_for(lambda: not [pid for pid in pids if alive(pid)])


@pytest.mark.skipif(sys.platform != "linux", reason="needs a subreaper")
def test_a_killed_program_is_replaced_together_with_its_family(office, tmp_path):
    old = family(tmp_path, "first")
    published = json.loads((tmp_path / "run.json").read_text())
    assert published["first"] == old[0]
    os.kill(old[0], signal.SIGKILL)
    new = wait_for(lambda: (found := family(tmp_path, "first")) != old and found)
    assert not [pid for pid in old if alive(pid)]
    wait_for(lambda: json.loads((tmp_path / "run.json").read_text())["first"] == new[0])
    assert family(tmp_path, "second")[0] == published["second"]


def test_a_program_that_ends_while_starting_is_named(tmp_path):
    layout = Layout(tmp_path, tmp_path)
    broken = Service(name="broken", command=("sh", "-c", "echo why; exit 3"), cwd=tmp_path)
    with Signals() as signals:
        supervisor = Supervisor(logs=layout.logs, locks=layout.locks, signals=signals)
        with pytest.raises(StartFailedError, match="broken ended with status 3"):
            supervisor.run_once(broken)
        supervisor.stop()
    assert (layout.logs / "broken.log").read_text().endswith("why\n")


def test_a_second_run_in_the_same_folder_is_refused(tmp_path, capsys):
    layout = Layout(tmp_path, tmp_path)
    write_json(layout.run_file, {"api": "http://127.0.0.1:8000", "pids": {"supervisor": 77}})
    with try_lock(tmp_path / "run.lock"):
        assert run_servers(layout) == 1
    assert "http://127.0.0.1:8000 (pid 77)" in capsys.readouterr().err


def test_the_seed_may_say_other_things_before_its_facts():
    assert last_object('{"a": 1}\n{"tenants": {}}\nsaid\n{no json') == {"tenants": {}}
    assert last_object("nothing") == {}
