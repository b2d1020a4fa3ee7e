"""Loading an archive into a freshly opened organisation: all of it, or nothing."""

from collections.abc import Iterator
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.db import DataError, IntegrityError, connections
from psycopg import sql

from tenants.archive.format import FILES, ROWS, BadArchiveError, rows_member
from tenants.archive.reader import Archive
from tenants.archive.tables import Table, lines_of, tables_of, write_alike
from tenants.archive.writer import Report
from tenants.context import tenant_context, tenant_transaction
from tenants.models import Tenant
from tenants.stores import store_of

BATCH_ROWS = 1000
CONTENT_TYPES = ContentType._meta.db_table
BATCH_BYTES = 4 * 1024 * 1024


def load_rows(*, archive: Archive, tenant: Tenant, report: Report) -> None:
    """Fill the schema and compare what then stands in it. Raises BadArchiveError.

    Triggers fire as for any other write, so the shared directories follow by themselves.
    """
    with tenant_transaction(tenant), connections[tenant.db_alias].cursor() as cursor:
        write_alike(cursor)
        tables = tables_of(cursor, tenant.schema_name)
        stated = {name for name in archive.manifest.members if name.startswith(ROWS)}
        if odd := stated ^ {rows_member(table.name) for table in tables}:
            raise BadArchiveError(f"{min(odd)} is not in both the archive and this version.")
        for table in reversed(tables):
            if table.name != CONTENT_TYPES:
                empty_table(cursor, table)
        # While nobody is in it, the content types may be replaced.
        tables.sort(key=lambda table: table.name != CONTENT_TYPES)
        for number, table in enumerate(tables):
            report(40 + 40 * number // len(tables), f"Loading {table.name}.")
            lines = archive.lines(rows_member(table.name))
            if table.name == CONTENT_TYPES:
                replace_content_types(cursor, tenant, table, lines)
            else:
                fill_table(cursor, table, lines)
        check_references(cursor)
        for number, table in enumerate(tables):
            report(80 + 15 * number // len(tables), f"Comparing {table.name}.")
            member = archive.manifest.members[rows_member(table.name)]
            if hash_of_table(cursor, table) != member.sha256:
                raise BadArchiveError(f"The rows of {table.name} did not come out as they went in.")
    # The ids in it are now those of the archive.
    ContentType.objects.clear_cache()


def load_files(*, archive: Archive, tenant: Tenant) -> None:
    """Put the files where those of a new organisation lie. Raises BadArchiveError."""
    with tenant_context(tenant):
        for name in archive.manifest.members:
            if name.startswith(FILES):
                inside = name.removeprefix(FILES)
                with TemporaryFile() as file:
                    for piece in archive.pieces(name):
                        file.write(piece)
                    file.seek(0)
                    store_of(inside).save(f"{tenant.pk}/{inside}", File(file))


def empty_table(cursor: Any, table: Table) -> None:
    """Take out what the template put in, as built-in roles; the archive has its own."""
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table.place))
    if cursor.fetchone()[0]:
        cursor.execute(sql.SQL("DELETE FROM {}").format(table.place))


def fill_table(cursor: Any, table: Table, lines: Iterator[bytes]) -> None:
    """Write rows as they stand in an archive. Raises BadArchiveError."""
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    insert = sql.SQL(
        "INSERT INTO {place} ({columns}) OVERRIDING SYSTEM VALUE"
        " SELECT {columns} FROM jsonb_populate_recordset(NULL::{place}, %s::jsonb)"
    ).format(place=table.place, columns=columns)
    try:
        for batch in batches(lines):
            cursor.execute(insert, [(b"[" + b",".join(batch) + b"]").decode()])
    except (DataError, IntegrityError, UnicodeDecodeError) as error:
        raise BadArchiveError(f"The rows of {table.name} do not fit its table.") from error
    for column in table.identity:
        _continue_after_last(cursor, table, column)


def replace_content_types(
    cursor: Any, tenant: Tenant, table: Table, lines: Iterator[bytes]
) -> None:
    """Have the owner do it: the application's role may only read them."""
    try:
        content = (b"[" + b",".join(lines) + b"]").decode()
        cursor.execute("SELECT public.office_load_content_types(%s, %s)", [tenant.pk, content])
    except (DataError, IntegrityError, UnicodeDecodeError) as error:
        raise BadArchiveError(f"The rows of {table.name} do not fit its table.") from error
    for column in table.identity:
        _continue_after_last(cursor, table, column)


def batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Group lines, so that neither many nor long ones fill the memory."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _continue_after_last(cursor: Any, table: Table, column: str) -> None:
    query = sql.SQL(
        "SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({column}), 1),"
        " max({column}) IS NOT NULL) FROM {place}"
    ).format(column=sql.Identifier(column), place=table.place)
    cursor.execute(query, [table.place.as_string(), column])


def check_references(cursor: Any) -> None:
    """See that each row is there that another points to. Raises BadArchiveError."""
    try:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        raise BadArchiveError("A row points to one that is not in the archive.") from error


def hash_of_table(cursor: Any, table: Table) -> str:
    """Return the hash of the table's rows as an archive holds them."""
    digest = sha256()
    for piece in lines_of(cursor, table):
        digest.update(piece)
    return digest.hexdigest()
