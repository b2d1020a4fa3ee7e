"""Whom the database server runs as: PostgreSQL refuses to be root."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedError
from config.embedded.leash import dying_with_parent


@dataclass(frozen=True)
class Account:
    """A user and its group; without a user, ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def option(self) -> str:
        """The account as the leash takes it."""
        return "" if self.uid is None else f"{self.uid}:{self.gid}"

    def own(self, path: Path) -> None:
        """Hand a folder of ours to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, command: Sequence[str | Path], *, cwd: Path, text: str = "") -> str:
        """Run a short command as the account; raises EmbeddedError with its words if it fails."""
        done = subprocess.run(  # noqa: S603 - our own commands
            [str(part) for part in command],
            input=text,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.gid is None else [self.gid],
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGKILL),
        )
        if done.returncode:
            raise EmbeddedError(f"{Path(command[0]).name} failed:\n{done.stdout.strip()[-2000:]}")
        return done.stdout

    def reaches(self, folder: Path) -> bool:
        """Tell whether the account may go into the folder."""
        if self.uid is None:
            return True
        try:
            self.run([shutil.which("ls") or "/bin/ls", "-d", f"{folder}/."], cwd=Path("/"))
        except (EmbeddedError, OSError):
            return False
        return True


def account_for(data: Path) -> Account:
    """Return whom the server on this data runs as: as root its owner, at first `nobody`."""
    if os.geteuid() != 0:
        return Account()
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
