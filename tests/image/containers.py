"""Containers without Docker: a root folder, processes of their own, an ordinary user."""

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.image.dockerfile import Health

SCRIPT = Path(__file__).with_name("container.sh")
OWN = ("unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--propagation", "private")
# What a step sees of the machine, to reach the registries; Docker lends the first two too.
LENT = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
TERM, KILLED = signal.SIGTERM, -signal.SIGKILL


@dataclass
class Image:
    """What a Dockerfile makes: a root folder, and how it is run."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"
    command: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    health: Health = field(default_factory=Health)
    stop_signal: signal.Signals = TERM

    @property
    def ids(self) -> str:
        """The user and the group as numbers."""
        name, _colon, group = self.user.partition(":")
        lines = (self.root / "etc/passwd").read_text().splitlines()
        known = {line.split(":")[0]: line.split(":")[2:4] for line in lines}
        uid, gid = known.get(name) or (name, group or "0")
        return f"{uid}:{group or gid}"


@dataclass(frozen=True)
class Limits:
    """What a container may write, and what it sees of the machine."""

    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    user: str = ""


def command_in(image: Image, env: dict[str, str], words: list[str]) -> list[str]:
    """Return what is run once the root folder is the container's."""
    told = [f"{name}={value}" for name, value in {**image.env, **env}.items()]
    return ["env", "-i", f"--chdir={image.workdir}", *told, *words]


def run_step(image: Image, words: list[str], env: dict[str, str]) -> str:
    """Run a step of a build as the image's user, with the machine's way to the registries."""
    told = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "ROOT": str(image.root),
        **_way_to_registries(),
    }
    told |= {"IDS": image.ids} if image.ids != "0:0" else {"ROOT_USER": "1"}
    env = {"HOME": "/root", **{name: os.environ[name] for name in _clients()}, **env}
    done = subprocess.run(
        [*OWN, "sh", str(SCRIPT), *command_in(image, env, words)],
        env=told,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}\nfailed:\n{done.stdout[-3000:]}")
    return done.stdout


def _way_to_registries() -> dict[str, str]:
    lent = [(Path(name).resolve(), name) for name in LENT if Path(name).exists()]
    own = Path.home() / ".config/pip/pip.conf"
    if own.exists():
        # Folders lie on this machine alone.
        lines = [line for line in own.read_text().splitlines() if "find-links" not in line]
        text = "\n".join(" ".join(w for w in line.split(" ") if "file:" not in w) for line in lines)
        copy = Path(tempfile.gettempdir()) / "office-image-pip.conf"
        copy.write_text(text + "\n")
        lent = [(copy if name == "/etc/pip.conf" else path, name) for path, name in lent]
        lent += [] if Path("/etc/pip.conf").exists() else [(copy, "/etc/pip.conf")]
    return {"BINDS": "\n".join(f"{path}:{name}:ro" for path, name in lent)}


def _clients() -> list[str]:
    names = ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "PIP_DEFAULT_TIMEOUT")
    proxies = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return [name for name in (*names, *proxies) if name in os.environ]


class Container:
    """A running one; its program is process 1 of its own, as Docker has it."""

    def __init__(
        self, image: Image, env: dict[str, str], limits: Limits, command: list[str], log: Path
    ) -> None:
        self.image, self.env, self.log = image, env, log
        self.ids = limits.user or image.ids
        told = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "ROOT": str(image.root),
            "HOST": uuid4().hex[:12],
            "IDS": self.ids,
            "READ_ONLY": "1" if limits.read_only else "",
            "TMPFS": " ".join(limits.tmpfs),
            "BINDS": "\n".join(limits.binds),
        }
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*OWN, "sh", str(SCRIPT), *command_in(image, env, command)],
                env=told,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int | None:
        """The number of its first process, as we see it."""
        own = self.process.pid
        try:
            below = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        except FileNotFoundError:
            return None
        return int(below[0]) if below else None

    @property
    def status(self) -> int | None:
        """How it ended, if it did."""
        return self.process.poll()

    def execute(self, words: list[str], seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run something in it, as `docker exec` does."""
        uid, _colon, gid = self.ids.partition(":")
        enter = ["nsenter", "--target", str(self.pid), "--mount", "--pid", "--root", "--wd"]
        lower = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"]
        lower += ["--bounding-set=-all", "--inh-caps=-all"]
        return subprocess.run(
            [*enter, *lower, *command_in(self.image, self.env, words)],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def is_well(self, health: Health) -> bool:
        """Ask it once."""
        if self.status is not None:
            return False
        try:
            return self.execute(list(health.command), health.timeout).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def stop(self, patience: float) -> tuple[int, float]:
        """End it as `docker stop` does; give how it ended, and after how many seconds."""
        begun = time.monotonic()
        pid = self.pid
        if pid is not None and self.status is None:
            os.kill(pid, self.image.stop_signal)
        try:
            status = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = KILLED
        return status, time.monotonic() - begun

    def said(self, size: int = 3000) -> str:
        """The end of what it wrote."""
        return self.log.read_text(errors="replace")[-size:]
