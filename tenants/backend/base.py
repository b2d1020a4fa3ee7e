"""A PostgreSQL backend whose search path lives and dies with the transaction.

django-tenants sets the path once per connection and swallows an error of that statement, so that a
cancelled SET or a missing schema reads somebody else's rows, and a pooler in transaction mode mixes
tenants. Here the path is set with `set_config(…, is_local => true)` as the first statement of each
transaction, read from the schema's own marker row: no marker, no path, an error. Outside a
transaction a tenant's query raises. The path holds the tenant's schema alone, so that a table which
is not there is an error too and never its namesake in `public`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.utils import DatabaseError, ProgrammingError
from django_tenants.postgresql_backend import base
from django_tenants.utils import quote_schema_name

PUBLIC = "public"
# States of the path besides the name of a schema.
SESSION_DEFAULT = None
UNKNOWN = ""


class TenantPathError(DatabaseError):
    """A tenant's tables cannot be reached safely, so they are not reached at all."""


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection; `set_tenant` names the schema, the next statement enters it or raises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._path: str | None = SESSION_DEFAULT
        self._path_is_fixed = False
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]  # django-tenants

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:  # noqa: FBT001, FBT002
        """Name the tenant for the next statement; nothing is sent to the database yet."""
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.set_settings_schema(self.schema_name)  # type: ignore[no-untyped-call]  # the same

    @contextmanager
    def fixed_path(self, schema: str) -> Iterator[None]:
        """Hold `schema` as the session's path: migrations also work outside transactions."""
        before = self.tenant
        self.set_schema(schema)  # type: ignore[no-untyped-call]  # the same
        with self.cursor_without_path() as cursor:
            cursor.execute(f"SET search_path = {quote_schema_name(schema)}")
        self._path_is_fixed = True
        try:
            yield
        finally:
            self._path_is_fixed = False
            with self.cursor_without_path() as cursor:
                cursor.execute("SET search_path = DEFAULT")
            self.set_tenant(before)

    @contextmanager
    def cursor_without_path(self) -> Iterator[Any]:
        """Give a cursor that does not enter the tenant first."""
        before, self._path_is_fixed = self._path_is_fixed, True
        try:
            with self.cursor() as cursor:
                yield cursor
        finally:
            self._path_is_fixed = before

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._path_is_fixed or self._path == self.schema_name:
            return
        if self.schema_name == PUBLIC and self._path is SESSION_DEFAULT:
            return
        if not self.in_atomic_block:
            raise TenantPathError(f"schema {self.schema_name}: a query outside a transaction")
        if cursor is not None:
            self._enter(cursor)
        else:
            with self.cursor():
                pass

    def _enter(self, cursor: Any) -> None:
        path = quote_schema_name(self.schema_name)
        if self.schema_name == PUBLIC:
            cursor.execute("SET LOCAL search_path = public")
        else:
            tenant_id = getattr(self.tenant, "pk", None)
            try:
                cursor.execute(
                    f"SELECT set_config('search_path', %s, true) FROM {path}.schema_marker"  # noqa: S608
                    " WHERE tenant_id = coalesce(%s::uuid, tenant_id)",
                    [path, tenant_id],
                )
            except ProgrammingError as error:
                raise TenantPathError(f"schema {self.schema_name} is missing") from error
            if cursor.fetchone() is None:
                raise TenantPathError(f"schema {self.schema_name} is not this tenant's")
        self._path = self.schema_name

    # What ends or undoes a transaction also undoes the path that was set in it.

    def connect(self) -> None:
        """Open the connection; its path is the role's default."""
        self._path = SESSION_DEFAULT
        super().connect()

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._path = SESSION_DEFAULT

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._path = SESSION_DEFAULT

    def _close(self) -> None:
        self._path = SESSION_DEFAULT
        super()._close()

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            with self.cursor_without_path() as cursor:
                cursor.execute(self.ops.savepoint_rollback_sql(sid))
        finally:
            self._path = UNKNOWN
