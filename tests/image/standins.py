"""The servers of others: PostgreSQL and Valkey of our packages, started as Compose says."""

import os
import subprocess
import time
from pathlib import Path

import psycopg

from config.embedded.account import Account
from config.embedded.home import find_home
from config.embedded.services import MAILBOX, greets
from config.embedded.valkey import Valkey, server_binary
from config.env import ROOT
from tests.image.compose import Service

PATIENCE = 60.0
REDIS_PORT, SMTP_PORT, MAIL_PAGE = 6379, 2525, 8025
SCRIPTS = "/docker-entrypoint-initdb.d"


def wait(happens, what: str, patience: float = PATIENCE) -> float:
    """Wait for something; give the seconds. Raises AssertionError."""
    begun = time.monotonic()
    while not happens():
        assert time.monotonic() - begun < patience, f"{what} did not happen in {patience:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - begun


class Postgres:
    """As its image: a superuser, a database, what lies in docker-entrypoint-initdb.d, then open."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service, self.folder = service, folder
        home = find_home(folder)
        self.binaries, self.account, self.data = home.binaries, home.account, folder / "pgdata"
        self.data.mkdir()
        self.account.own(self.data)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data, run what stands in the volume of the scripts, and open the door."""
        options = ["--no-locale", "--no-instructions", "-U", "postgres", "-E", "UTF8"]
        options += ["--auth-local=trust", "--auth-host=scram-sha-256"]
        self._run("initdb", "-D", self.data, *options)
        self.process = self._serve("")
        env = self.service.env
        self._psql("postgres", f"CREATE DATABASE {env['POSTGRES_DB']}")
        self._psql("postgres", f"ALTER ROLE postgres PASSWORD '{env['POSTGRES_PASSWORD']}'")
        for script in self._scripts():
            subprocess.run(["sh", str(script)], env=self._env(), check=True)
        self._end()
        self.process = self._serve("*")

    def _scripts(self) -> list[Path]:
        lines = (volume.split(":") for volume in self.service.told["volumes"])
        return [ROOT / line[0] for line in lines if line[1].startswith(SCRIPTS)]

    def _serve(self, listen: str) -> subprocess.Popen[bytes]:
        name, *options = self.service.command
        assert name == "postgres"
        told = {"listen_addresses": listen, "unix_socket_directories": self.data}
        options += [word for pair in told.items() for word in ("-c", "{}={}".format(*pair))]
        with (self.folder / "postgres.log").open("ab") as log:
            process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *options],
                stdout=log,
                stderr=log,
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=None if self.account.gid is None else [self.account.gid],
            )
        where = f"host={self.data} user=postgres dbname=postgres"

        def is_open() -> bool:
            try:
                psycopg.connect(where).close()
            except psycopg.OperationalError:
                return False
            return True

        wait(is_open, "PostgreSQL's start")
        return process

    def _env(self) -> dict[str, str]:
        path = f"{self.binaries}:{os.environ['PATH']}"
        return {**self.service.env, "PATH": path, "PGHOST": str(self.data)}

    def _psql(self, database: str, statement: str) -> None:
        with psycopg.connect(
            host=str(self.data), user="postgres", dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)

    def _run(self, program: str, *words: str | Path) -> None:
        Account(self.account.uid, self.account.gid).run(
            [self.binaries / program, *words], cwd=self.folder
        )

    def _end(self) -> int:
        assert self.process is not None
        self.process.send_signal(2)
        return self.process.wait(PATIENCE)

    def is_well(self) -> bool:
        """Ask as Compose does."""
        form, *words = self.service.told["healthcheck"]["test"]
        assert form == "CMD"
        done = subprocess.run(words, env=self._env(), capture_output=True, check=False)
        return done.returncode == 0

    def stop(self) -> int:
        """End it by the signal of its image, SIGINT."""
        return self._end()


class Redis:
    """Valkey, told what Compose tells redis-server."""

    def __init__(self, service: Service, folder: Path) -> None:
        name, *words = service.command
        assert name == "redis-server"
        with (folder / "redis.log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(server_binary()), *words], cwd=folder, stdout=log, stderr=log
            )
        self.is_well = Valkey(folder, REDIS_PORT).is_ready

    def stop(self) -> int:
        """End it."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


class Mail:
    """The mail server that `.env` names: it keeps what it gets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mail"
        ports = ["--smtp-port", str(SMTP_PORT), "--http-port", str(MAIL_PAGE)]
        self.process = subprocess.Popen([*MAILBOX, "--folder", str(self.folder), *ports], cwd=ROOT)
        wait(lambda: greets(SMTP_PORT), "the mail server's start")

    def letters(self) -> list[str]:
        """What has come."""
        return [path.read_text(errors="replace") for path in self.folder.glob("*.eml")]

    def stop(self) -> int:
        """End it."""
        self.process.terminate()
        return self.process.wait(PATIENCE)
