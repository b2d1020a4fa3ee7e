"""A PostgreSQL of our own: made once, on 127.0.0.1 only, each role with a password of its own."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.home import Home
from config.embedded.paths import Layout
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

# The owner of all schemas migrates; the application owns nothing.
SUPERUSER, OWNER, APP = "postgres", "office_owner", "office_app"
ROLES = (SUPERUSER, OWNER, APP)
# Earlier versions had one role for both, which becomes the owner with all that it owns.
MAKE_ROLES = """
DO $$ BEGIN
    IF to_regrole('office_owner') IS NULL AND to_regrole('office') IS NOT NULL THEN
        ALTER ROLE office RENAME TO office_owner;
    ELSIF to_regrole('office_owner') IS NULL THEN
        CREATE ROLE office_owner LOGIN CREATEDB;
    END IF;
    IF to_regrole('office_app') IS NULL THEN
        CREATE ROLE office_app LOGIN;
    END IF;
END $$"""


@dataclass(frozen=True)
class Cluster:
    """One database server: its home and the passwords of its roles."""

    home: Home
    passwords: Mapping[str, str]
    careless: bool = False

    def url(self, role: str, port: int) -> str:
        """Return the address of the database `office` for a role."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{port}/office"

    def environment(self, port: int) -> dict[str, str]:
        """Return how the owner reaches the database, and how the application does."""
        return {
            "DATABASE_URL": self.url(OWNER, port),
            "DATABASE_APP_URL": self.url(APP, port),
            "DATABASE_APP_ROLE": APP,
        }

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
            self.keep_roles(data)
            return
        draft = data.with_name(f".{data.name}-{os.getpid()}")
        for old in data.parent.glob(f".{data.name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.home.account.own(draft)
        self.init(draft)
        self.ask(draft, "template1", "CREATE EXTENSION IF NOT EXISTS vector")  # needs a superuser
        self.keep_roles(draft)
        self.ask(draft, "postgres", f"CREATE DATABASE office OWNER {OWNER}")
        (draft / "pg_hba.conf").write_text(ACCESS, encoding="ascii")
        with contextlib.suppress(FileNotFoundError):
            data.rmdir()
        draft.rename(data)

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

    def ask(self, folder: Path, database: str, *statements: str) -> None:
        """Run statements on a server that nobody else can reach (single-user mode)."""
        options = ("--single", "-D", folder, "-c", "exit_on_error=on", database)
        command = (self.home.binaries / "postgres", *options)
        # A line is a statement there.
        lines = [" ".join(statement.split()) + ";\n" for statement in statements]
        self.home.account.run(command, cwd=self.home.folder, text="".join(lines))

    def keep_roles(self, folder: Path) -> None:
        """Make the roles and give them the passwords of our secret files, unless it was done."""
        note = folder / "office_roles.sha256"
        passwords = [f"ALTER ROLE {role} PASSWORD '{self.passwords[role]}'" for role in ROLES]
        digest = hashlib.sha256("\n".join(passwords).encode()).hexdigest()
        if note.exists() and note.read_text(encoding="ascii") == digest:
            return
        self.forget_the_dead()
        self.ask(folder, "postgres", MAKE_ROLES, *passwords)
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


def passwords_in(layout: Layout) -> dict[str, str]:
    """Return the roles' passwords, each in a file of its own that only we can read."""
    return {role: layout.secret(f"{role}_password", 24) for role in ROLES}


def serves(pid: int, data: Path) -> bool:
    """Tell whether a living process is a PostgreSQL server on this data; in doubt it is."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()
    return b"postgres" in words and os.fsencode(data) in words
