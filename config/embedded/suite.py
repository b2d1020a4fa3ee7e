"""`make test`: pytest with a PostgreSQL and a Valkey of its own, apart from a running office."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import IO

from config.embedded.errors import StartFailedError, StopAskedError
from config.embedded.home import find_home
from config.embedded.leash import dying_with_parent
from config.embedded.paths import Layout, try_lock
from config.embedded.ports import PortChooser
from config.embedded.postgres import Cluster, passwords_in
from config.embedded.process import Service
from config.embedded.run import give_up
from config.embedded.signals import Signals
from config.embedded.supervisor import Supervisor
from config.embedded.valkey import Valkey

ASK_AGAIN_AFTER = 0.5
STOPPED = 128 + signal.SIGTERM


def run_tests(layout: Layout, arguments: Sequence[str]) -> int:
    """Run pytest and return its exit status. Only the process environment names other servers."""
    with free_folder(layout, "test") as tests, Signals() as signals:
        supervisor = Supervisor(logs=tests.logs, locks=tests.locks, signals=signals)
        try:
            supervisor.await_predecessors()
            env = dict(os.environ)
            env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
            env.setdefault("VAR_DIR", str(tests.var))
            supervisor.start(plan_servers(tests, env))
            return run_pytest(arguments, env, signals, layout.root)
        except StopAskedError:
            return STOPPED
        except StartFailedError as error:
            return give_up(tests, error)
        finally:
            supervisor.stop()


@contextlib.contextmanager
def free_folder(layout: Layout, name: str) -> Iterator[Layout]:
    """Give this run a folder that no other run uses: `var/<name>` first, then `var/<name>-2`."""
    for number in count(1):
        folder = layout.folder(name if number == 1 else f"{name}-{number}")
        lock: IO[str] | None = try_lock(folder / "lock.pid")
        if lock is not None:
            with lock:
                yield Layout(layout.root, folder)
            return


def plan_servers(tests: Layout, env: dict[str, str], *, careless: bool = True) -> list[Service]:
    """Return the servers that the environment does not name, and name them there.

    Careless ones are faster and lose their data when they are killed.
    """
    chooser = PortChooser()
    servers = []
    if not env.get("DATABASE_URL"):
        home = find_home(tests.var)
        cluster = Cluster(home, passwords_in(tests), careless=careless)
        if careless and cluster.was_killed:  # without fsync its data may be broken
            shutil.rmtree(home.data)
        cluster.create()
        port = chooser.choose_any()
        servers.append(cluster.service(port, env))
        env |= cluster.environment(port)
    if not env.get("REDIS_URL"):
        valkey = Valkey(tests.folder("valkey"), chooser.choose_any(), durable=False)
        servers.append(valkey.service(env))
        env["REDIS_URL"] = valkey.url
    return servers


def run_pytest(arguments: Sequence[str], env: dict[str, str], signals: Signals, root: Path) -> int:
    """Run pytest in the foreground; Ctrl-C reaches it by itself, the rest is passed on."""
    process = subprocess.Popen(  # noqa: S603 - the developer's own arguments
        (sys.executable, "-m", "pytest", *arguments),
        cwd=root,
        env=env,
        preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads here
    )
    passed_on = 0
    while process.poll() is None:
        signals.wait(ASK_AGAIN_AFTER)
        again = signals.asked > passed_on
        if again and (signals.last != signal.SIGINT or passed_on):
            process.terminate()
        passed_on = signals.asked
    code = process.returncode
    return 128 - code if code < 0 else code
