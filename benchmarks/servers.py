"""PostgreSQL and Valkey for a measurement: those that the environment names, or new ones."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.paths import ROOT, Layout
from config.embedded.ports import PortChooser
from config.embedded.process import Service
from config.embedded.signals import Signals
from config.embedded.suite import free_folder, plan_servers
from config.embedded.supervisor import Supervisor

SECRET = "for-benchmarks-only-for-benchmarks-only-0123456789"


@dataclass(frozen=True)
class Stage:
    """Where a measurement runs: its folder, and who starts further programs."""

    folder: Path
    supervisor: Supervisor
    ports: PortChooser
    servers: int
    """How many programs were started before the stage was given out."""

    def start(self, service: Service) -> int:
        """Start a program, wait until it is ready, and return its pid."""
        self.supervisor.start([service])
        return self.supervisor.pids[service.name]

    def stop_programs(self) -> None:
        """Stop what `start` began; PostgreSQL and Valkey go on."""
        self.supervisor.stop(but=self.servers)

    @property
    def database_pid(self) -> int | None:
        """PostgreSQL's first process, when it is ours."""
        return self.supervisor.pids.get("postgres")


@contextmanager
def servers(*, careless: bool = False) -> Iterator[Stage]:
    """Name a PostgreSQL and a Valkey in os.environ; what was started here ends here.

    The new ones write as carefully as in production, unless speed is all that is wanted of them.
    """
    before = dict(os.environ)
    with free_folder(Layout(ROOT, ROOT / "var"), "bench") as layout, Signals() as signals:
        supervisor = Supervisor(logs=layout.logs, locks=layout.locks, signals=signals)
        try:
            supervisor.await_predecessors()
            env = dict(os.environ)
            started = plan_servers(layout, env, careless=careless)
            supervisor.start(started)
            os.environ |= {**env, "SECRET_KEY": SECRET, "VAR_DIR": str(layout.var)}
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")
            yield Stage(layout.var, supervisor, PortChooser(), len(started))
        finally:
            supervisor.stop()
            os.environ.clear()
            os.environ |= before


def set_up() -> None:
    """Set Django up in this process as the tables' owner, on the newest tables."""
    os.environ.pop("DATABASE_APP_ROLE", None)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
