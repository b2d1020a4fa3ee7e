"""A supervisor with stand-in services, for the tests: stand_in.py FOLDER."""

import sys
from pathlib import Path

from config.embedded.console import say
from config.embedded.paths import Layout, write_json
from config.embedded.process import Service
from config.embedded.signals import Signals
from config.embedded.supervisor import Supervisor

# The program, a child, and a grandchild in a session of its own, which writes all three pids.
FAMILY = """
import os, subprocess, sys, time
if len(sys.argv) < 4:
    subprocess.Popen([*sys.orig_argv, str(os.getpid())], start_new_session=len(sys.argv) == 3)
else:
    draft = sys.argv[1] + ".tmp"
    open(draft, "w").write(" ".join([*sys.argv[2:], str(os.getpid())]))
    os.rename(draft, sys.argv[1])
time.sleep(60)
"""


def main(folder: Path) -> None:
    """Keep two stand-ins up, and publish their pids."""
    layout = Layout(folder, folder)
    services = [
        Service(
            name=name,
            command=(sys.executable, "-S", "-c", FAMILY, str(folder / f"{name}.pids")),
            cwd=folder,
            stop="TERM:2",
        )
        for name in ("first", "second")
    ]
    with Signals() as signals:
        supervisor = Supervisor(logs=layout.logs, locks=layout.locks, signals=signals)
        supervisor.await_predecessors()
        supervisor.start(services)
        write_json(layout.run_file, supervisor.pids)
        supervisor.watch(lambda: write_json(layout.run_file, supervisor.pids))
        supervisor.stop()
    say("stopped")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
