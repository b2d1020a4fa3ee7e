"""Reading an archive that somebody hands us: nothing in it is believed before it is checked."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from tenants.archive.format import MANIFEST, BadArchiveError, Manifest, is_safe, read_manifest
from tenants.archive.writer import Report
from tenants.files import CHUNK

MAX_MANIFEST = 64 * 1024 * 1024
# Rows pack ten to twenty times smaller; what claims to grow far more than that is no office.
MAX_GROWTH = 200
ALWAYS_ALLOWED = 64 * 1024 * 1024
MAX_LINE = 64 * 1024 * 1024
ENCRYPTED = 0x1
BROKEN = (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)


class Archive:
    """An open archive. `manifest` is well-formed; `check` must pass before anything is used."""

    def __init__(self, file: ZipFile, size: int) -> None:
        self._file, self._size = file, size
        self._infos = {info.filename: info for info in file.infolist()}
        self.manifest = self._read_manifest()

    def check(self, *, state: str, report: Report) -> None:
        """Look at everything before anything is written. Raises BadArchiveError."""
        if self.manifest.state != state:
            raise BadArchiveError(
                f"The archive is of migration state {self.manifest.state[:12]} (version"
                f" {self.manifest.product}), this server of {state[:12]}: import it with the"
                " version that wrote it, and migrate afterwards."
            )
        self._check_names()
        self._check_sizes()
        names = sorted(self.manifest.members)
        for number, name in enumerate(names):
            report(40 * number // len(names), "Checking the archive.")
            for _piece in self.pieces(name):
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """Give a member piece by piece; at its end it must be what the manifest says."""
        stated, digest, length = self.manifest.members[name], sha256(), 0
        with reading(name), self._file.open(name) as member:
            while piece := member.read(CHUNK):
                digest.update(piece)
                length += len(piece)
                if length > stated.bytes:
                    break
                yield piece
        if length != stated.bytes or digest.hexdigest() != stated.sha256:
            raise BadArchiveError(f"{name} is not what the manifest says.")

    def lines(self, name: str) -> Iterator[bytes]:
        """Give the rows of a member, one by one."""
        with reading(name), self._file.open(name) as member:
            while line := member.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    raise BadArchiveError(f"{name} has a row that is too long.")
                yield line

    def _read_manifest(self) -> Manifest:
        info = self._infos.get(MANIFEST)
        if info is None:
            raise BadArchiveError("There is no manifest: this is no archive of an office.")
        with reading(MANIFEST), self._file.open(info) as member:
            text = member.read(MAX_MANIFEST + 1)
        if len(text) > MAX_MANIFEST:
            raise BadArchiveError("The manifest is too long.")
        return read_manifest(text)

    def _check_names(self) -> None:
        stated = {*self.manifest.members, MANIFEST}
        if len(self._infos) != len(self._file.infolist()):
            raise BadArchiveError("A member is there twice.")
        if missing := stated - self._infos.keys():
            raise BadArchiveError(f"{min(missing)} is missing.")
        if extra := self._infos.keys() - stated:
            raise BadArchiveError(f"{min(extra)!r} is not in the manifest.")
        if unsafe := [name for name in self.manifest.members if not is_safe(name)]:
            raise BadArchiveError(f"{min(unsafe)!r} is not a name that an archive may hold.")

    def _check_sizes(self) -> None:
        for name, info in self._infos.items():
            if info.flag_bits & ENCRYPTED or info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
                raise BadArchiveError(f"{name} is packed in a way that we do not write.")
            if name != MANIFEST and info.file_size != self.manifest.members[name].bytes:
                raise BadArchiveError(f"{name} is not as long as the manifest says.")
        total = sum(info.file_size for info in self._infos.values())
        if total > MAX_GROWTH * self._size + ALWAYS_ALLOWED:
            raise BadArchiveError(
                f"The archive would grow more than {MAX_GROWTH} times: this is no office."
            )


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive. Raises BadArchiveError when it is none."""
    try:
        file = ZipFile(path)
    except FileNotFoundError:
        raise BadArchiveError(f"There is no file {path.name}.") from None
    except BROKEN:
        raise BadArchiveError(f"{path.name} is no archive, or it is cut off.") from None
    with file:
        yield Archive(file, path.stat().st_size)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Name the member that cannot be read."""
    try:
        yield
    except BROKEN as error:
        raise BadArchiveError(f"{name} cannot be read: it is damaged.") from error
