"""Writing an archive: one consistent moment of an organisation, as a stream."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.db import connections, transaction

from tenants.archive.format import FILES, MANIFEST, Manifest, Member, facts_of, rows_member
from tenants.archive.tables import Table, lines_of, tables_of, write_alike
from tenants.context import public_context, tenant_context, wrapper_of
from tenants.files import CHUNK
from tenants.models import Tenant
from tenants.stores import files_of, store_of
from tenants.template import migration_state

Report = Callable[[int, str], None]
ROWS_UNTIL = 80
LOOK_UP_EVERY = 1000
OWNER_ONLY = 0o600 << 16


def write_archive(*, tenant: Tenant, path: Path, report: Report) -> None:
    """Write the organisation to a new file; people go on working meanwhile."""
    with public_context():
        facts = facts_of(tenant)
    with ZipFile(path, "x") as archive:
        members = {**_write_rows(archive, tenant, report), **_write_files(archive, tenant, report)}
        manifest = Manifest(
            product=settings.VERSION, state=migration_state(), tenant=facts, members=members
        )
        text = manifest.model_dump_json(indent=1, exclude_none=True).encode()
        _add(archive, MANIFEST, [text], ZIP_DEFLATED)


def _write_rows(archive: ZipFile, tenant: Tenant, report: Report) -> dict[str, Member]:
    members = {}
    with one_moment(tenant) as cursor:
        for done, table in _with_progress(tables_of(cursor, tenant.schema_name)):
            tell = partial(report, done, f"Writing {table.name}.")
            pieces = _watched(lines_of(cursor, table), tell)
            name = rows_member(table.name)
            members[name] = _add(archive, name, pieces, ZIP_DEFLATED)
    return members


def _write_files(archive: ZipFile, tenant: Tenant, report: Report) -> dict[str, Member]:
    members = {}
    tell = partial(report, ROWS_UNTIL, "Writing files.")
    with tenant_context(tenant):
        for inside, _size in files_of(tenant.pk):
            try:
                file = store_of(inside).open(f"{tenant.pk}/{inside}")
            except FileNotFoundError:
                # Deleted since it was listed.
                continue
            with file:
                # Documents are compressed already.
                pieces = _watched(file.chunks(CHUNK), tell)
                member = _add(archive, FILES + inside, pieces, ZIP_STORED)
            members[FILES + inside] = member.model_copy(update={"rows": None})
    return members


@contextmanager
def one_moment(tenant: Tenant) -> Iterator[Any]:
    """Give a cursor that sees the tenant's rows as of one instant and cannot change them."""
    alias = tenant.db_alias
    with tenant_context(tenant), transaction.atomic(using=alias):
        with wrapper_of(alias).cursor_without_path() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with connections[alias].cursor() as cursor:
            write_alike(cursor)
            yield cursor


def _with_progress(tables: list[Table]) -> Iterator[tuple[int, Table]]:
    """Give each table with the per cent that lie before it, by their size on disk."""
    total, before = sum(table.pages for table in tables), 0
    for table in tables:
        yield ROWS_UNTIL * before // total, table
        before += table.pages


def _watched(pieces: Iterable[bytes], tell: Callable[[], None]) -> Iterator[bytes]:
    """Pass the pieces on and report now and then, which also gives up when nobody waits for it."""
    tell()
    for number, piece in enumerate(pieces, start=1):
        if number % LOOK_UP_EVERY == 0:
            tell()
        yield piece


def _add(archive: ZipFile, name: str, pieces: Iterable[bytes], method: int) -> Member:
    """Write one member as a stream and return what the manifest says about it."""
    info = ZipInfo(name)
    info.compress_type, info.external_attr = method, OWNER_ONLY
    digest, length, rows = sha256(), 0, 0
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            length += len(piece)
            rows += piece.count(b"\n")
    return Member(bytes=length, sha256=digest.hexdigest(), rows=rows)
