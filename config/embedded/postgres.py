"""A PostgreSQL of our own: made once, on 127.0.0.1 only, with a password of its own."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.home import Home
from config.embedded.process import Service

LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
)
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",
    "log_line_prefix": "%m [%p] %d ",
}
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
READY_LINE = 7


@dataclass(frozen=True)
class Cluster:
    """One database server: its home and the password of its two roles."""

    home: Home
    password: str
    careless: bool = False

    def url(self, port: int) -> str:
        """Return the address of the database `office`."""
        return f"postgresql://office:{self.password}@127.0.0.1:{port}/office"

    def service(self, port: int, environment: Mapping[str, str]) -> Service:
        """Return the server, whose data was created before, as a service."""
        settings = {**SETTINGS, **(CARELESS if self.careless else {}), "port": str(port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Service(
            name="postgres",
            command=(str(self.home.binaries / "postgres"), "-D", str(self.home.data), *options),
            cwd=self.home.folder,
            env={key: environment[key] for key in ("PATH", "TZ") if key in environment},
            stop="INT:30,QUIT:5",
            user=self.home.account.option,
            ready=self.is_ready,
            prepare=self.forget_the_dead,
        )

    def create(self) -> None:
        """Make the data once: either all of it is there afterwards or nothing."""
        data = self.home.data
        if (data / "PG_VERSION").is_file():
            self.set_passwords()
            return
        draft = data.with_name(f".{data.name}-{os.getpid()}")
        for old in data.parent.glob(f".{data.name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.home.account.own(draft)
        self.init(draft)
        self.ask(draft, "template1", "CREATE EXTENSION IF NOT EXISTS vector")  # needs a superuser
        self.ask(draft, "postgres", "CREATE ROLE office LOGIN CREATEDB")
        self.ask(draft, "postgres", "CREATE DATABASE office OWNER office")
        (draft / "pg_hba.conf").write_text(ACCESS, encoding="ascii")
        with contextlib.suppress(FileNotFoundError):
            data.rmdir()
        draft.rename(data)
        self.set_passwords()

    def init(self, folder: Path) -> None:
        """Run initdb, with the first locale that this machine knows."""
        common = ("-D", folder, "-U", "postgres", "--encoding=UTF8", "--auth=trust")
        hasty = ("--no-sync",) if self.careless else ()
        for number, locale in enumerate(LOCALES, 1):
            command = (self.home.binaries / "initdb", *common, *locale, *hasty, "--no-instructions")
            try:
                self.home.account.run(command, cwd=self.home.folder)
            except EmbeddedError:
                if number == len(LOCALES):
                    raise
            else:
                return

    def ask(self, folder: Path, database: str, statement: str) -> None:
        """Run one statement on a server that nobody else can reach (single-user mode)."""
        options = ("--single", "-D", folder, "-c", "exit_on_error=on", database)
        command = (self.home.binaries / "postgres", *options)
        self.home.account.run(command, cwd=self.home.folder, text=f"{statement};\n")

    def set_passwords(self) -> None:
        """Give both roles the password from our secret file, when it is not theirs yet."""
        note = self.home.data / "office_password.sha256"
        digest = hashlib.sha256(self.password.encode()).hexdigest()
        if note.exists() and note.read_text(encoding="ascii") == digest:
            return
        self.forget_the_dead()
        for role in ("postgres", "office"):
            self.ask(self.home.data, "postgres", f"ALTER ROLE {role} PASSWORD '{self.password}'")
        note.write_text(digest, encoding="ascii")

    def is_ready(self) -> bool:
        """Tell whether the server takes connections; it says so in its pid file."""
        try:
            lines = (self.home.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, ValueError):
            return False
        return len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"

    def forget_the_dead(self) -> None:
        """Remove the pid file of a killed server: its number may belong to another program now."""
        file = self.home.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(file.read_text(encoding="utf-8").split("\n")[0])
            if not serves(pid, self.home.data):
                file.unlink()

    @property
    def was_killed(self) -> bool:
        """Tell whether the server was not stopped in order last time."""
        return (self.home.data / "postmaster.pid").exists()


def serves(pid: int, data: Path) -> bool:
    """Tell whether a living process is a PostgreSQL server on this data; in doubt it is."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()
    return b"postgres" in words and os.fsencode(data) in words
