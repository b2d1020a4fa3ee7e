"""What stands in for Docker's base images: a Debian by debootstrap, and a Python of the machine."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.image.dockerfile import NotReplayedError

# The folders of the bases, which are made once and outlive a proof.
BASES = Path(os.environ.get("IMAGE_BASES") or Path(tempfile.gettempdir()) / "office-image-bases")
# What docker-library's images of Python bring along of Debian; Debian's own Python is not in them.
LIBRARIES = (
    *("ca-certificates", "netbase", "tzdata", "libffi8", "libsqlite3-0", "libexpat1"),
    *("libncursesw6", "libuuid1", "zlib1g", "libbz2-1.0", "liblzma5"),
)
BASE = re.compile(
    r"(?:python:(?P<python>3\.\d+)-slim-(?P<of>[a-z]+)|debian:(?P<debian>[a-z]+)-slim)"
)
UNUSED = shutil.ignore_patterns(
    *("test", "tests", "idlelib", "tkinter", "turtledemo", "_tkinter*", "__pycache__", "*.a"),
    *("config-3*", "site-packages", "include", "pkgconfig"),
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class NotHereError(Exception):
    """The machine lacks what the proof needs."""


def require() -> None:
    """Look whether the proof can be made here. Raises NotHereError."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotHereError("it needs Linux, and root, who may mount and change the root folder")
    for program, package in (("debootstrap", "debootstrap"), ("unshare", "util-linux")):
        if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
            raise NotHereError(f"{program} is not installed: apt-get install {package}")
    if subprocess.run(["unshare", "-m", "-p", "-n", "--fork", "true"], check=False).returncode:
        raise NotHereError("the kernel gives no mounts, processes and network of its own here")


def base(name: str) -> Path:
    """Return the folder that stands in for a base image. Raises NotReplayedError, NotHereError."""
    found = BASE.fullmatch(name)
    if found is None:
        raise NotReplayedError(
            f"FROM {name}: only python:3.x-slim-<release> and debian:<release>-slim"
        )
    folder = BASES / name.replace(":", "-")
    if not folder.is_dir():
        BASES.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".base-", dir=BASES))
        draft.chmod(0o755)
        bootstrap(found["of"] or found["debian"], draft, LIBRARIES if found["python"] else ())
        if found["python"]:
            add_python(found["python"], draft)
        draft.rename(folder)
    return folder


def bootstrap(release: str, folder: Path, packages: tuple[str, ...]) -> None:
    """Make a minimal Debian."""
    more = [f"--include={','.join(packages)}"] if packages else []
    run(["debootstrap", "--variant=minbase", *more, release, str(folder), mirror()])
    for old in (folder / "var/cache/apt/archives").glob("*.deb"):
        old.unlink()


def mirror() -> str:
    """Return where this machine's own apt gets Debian's packages."""
    files = [*Path("/etc/apt").glob("sources.list.d/*"), Path("/etc/apt/sources.list")]
    text = "\n".join(path.read_text() for path in files if path.is_file())
    found = re.search(r"^(?:URIs:|deb(?: \[.*?\])?) *(\S+)", text, re.MULTILINE)
    return found[1] if found else "http://deb.debian.org/debian"


def add_python(version: str, folder: Path) -> None:
    """Put a Python of this version to /usr/local, where the image has it."""
    prefix = python_prefix(version)
    for part in ("bin", "lib"):
        shutil.copytree(
            prefix / part,
            folder / "usr/local" / part,
            symlinks=True,
            ignore=UNUSED,
            dirs_exist_ok=True,
        )
    # Programs of packages name the Python that they were installed for.
    programs = folder / "usr/local/bin"
    for path in programs.iterdir():
        if not path.name.startswith("python"):
            path.unlink()
    for name in ("python", "python3"):
        (programs / name).unlink(missing_ok=True)
        (programs / name).symlink_to(f"python{version}")
    (folder / f"usr/local/lib/python{version}/site-packages").mkdir()
    run(["chroot", str(folder), "/sbin/ldconfig"])
    run(["chroot", str(folder), "/usr/local/bin/python", "-m", "ensurepip", "--default-pip"])
    modules = "ssl, sqlite3, ctypes, zlib, bz2, lzma, uuid, zoneinfo"
    run(["chroot", str(folder), "/usr/local/bin/python", "-c", f"import {modules}"])


def python_prefix(version: str) -> Path:
    """Return where a Python of this version lies that is not the machine's own."""
    places = [
        os.environ.get("IMAGE_PYTHON"),
        shutil.which(f"python{version}"),
        *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")),
    ]
    question = "import sys; print(sys.base_prefix, '%d.%d' % sys.version_info[:2])"
    for place in (str(one) for one in places if one):
        done = subprocess.run([place, "-c", question], capture_output=True, text=True, check=False)
        prefix, _space, known = done.stdout.strip().rpartition(" ")
        if done.returncode == 0 and known == version and prefix not in {"", "/usr"}:
            return Path(prefix)
    raise NotHereError(
        f"no Python {version} lies outside /usr here; IMAGE_PYTHON names the program of one"
    )


def run(command: list[str]) -> None:
    """Run a command that makes a base. Raises NotHereError with the end of what it said."""
    env = {**os.environ, "PATH": f"{os.environ['PATH']}:{PATH}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, check=False
    )
    if done.returncode:
        raise NotHereError(f"{' '.join(command)} failed:\n{done.stdout[-1500:]}")
