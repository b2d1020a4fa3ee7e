"""A PostgreSQL backend whose search path lives and dies with the transaction.

django-tenants' own sets the path once per connection and swallows an error of that statement, so
that a cancelled SET or a missing schema reads somebody else's rows, and a pooler in transaction
mode mixes tenants. Here the path is set with `set_config(…, is_local => true)` as the first
statement of each transaction, read from the schema's own marker row: no marker, no path, an error.
Outside a transaction a tenant's query raises. The path holds the tenant's schema alone, so that a
table which is not there is an error too and never its namesake in `public`.

Which schema that is, each statement asks anew of `place`, whoever opened its cursor and when.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any
from uuid import UUID

from django.db.utils import DatabaseError
from django_tenants.utils import quote_schema_name
from psycopg import Connection, pq, sql
from psycopg.errors import DivisionByZero, InsufficientPrivilege, InvalidSchemaName, UndefinedTable

from common.errors import ReadOnlyError
from tenants.backend.place import NOWHERE, SHARED, NoTenant, Place, here, in_force
from tenants.backend.prepared import Asked
from tenants.backend.wire import WireWrapper

# A connection that has entered so many schemas is given back for a new one. The server keeps for
# each connection what it has learned of tables, and a plan of each statement of each table's
# triggers: a third of a megabyte for each tenant that was written to; each later DDL looks through
# all of it.
MOST_MET = 250

# States of the path besides the name of a schema.
SESSION_DEFAULT = None
UNKNOWN = ""

# What moves the path, or ends the transaction that it belongs to, behind our back.
MOVES_THE_PATH = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:set\s+(?:session\s+|local\s+)?(?:search_path|schema)|reset\s+(?:search_path|all)|discard"
    r"|begin|start|commit|end|rollback|abort|prepare\s+transaction)\b",
    re.IGNORECASE | re.DOTALL,
)
# Statements up to this many characters are remembered.
LONG = 4000
# The table in each schema that tells whose it is.
MARKER = "schema_marker"
# What the server says where a schema is not there any more, or not the tenant's.
GONE = (UndefinedTable, InvalidSchemaName)
NO_WAY = (*GONE, InsufficientPrivilege, DivisionByZero)
# What the trigger says that is on the tables of a tenant that moves to another database.
MOVES = "OM503"
FUNCTION_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)


class TenantPathError(DatabaseError):
    """A tenant's tables cannot be reached safely, so they are not reached at all."""


class TenantMovesError(ReadOnlyError, DatabaseError):
    """A trigger refuses what is written: Django has to roll back, and who asks is told why."""


class PathWrapper(WireWrapper):
    """One connection; each statement enters the schema of the place in force, or raises."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._path: str | None = SESSION_DEFAULT
        self._fixed_schema: str | None = None
        self._unguarded = False
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._guarded)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Connect, to a server that has met no schema yet."""
        self._met: set[str] = set()
        return super().get_new_connection(conn_params)

    def meet(self, schema: str) -> None:
        """Note that the server has learned of the schema on this connection."""
        self._met.add(schema)

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:  # noqa: FBT001
        """Begin a transaction, over a new line where this one has met too many schemas."""
        begins = not autocommit and self._fixed_schema is None and not self.in_atomic_block
        if begins and self.connection is not None and len(self._met) > MOST_MET:
            self.close()
        super().set_autocommit(autocommit, *args, **kwargs)

    @property
    def schema_name(self) -> str:
        """The schema that the next statement works in."""
        return self._fixed_schema or self._place.schema_name

    @property
    def _place(self) -> Place:
        place = here()
        return place if getattr(place, "db_alias", self.alias) == self.alias else SHARED

    @contextmanager
    def fixed_path(self, schema: str) -> Iterator[None]:
        """Hold `schema` as the session's path: migrations also work outside transactions."""
        before = self._fixed_schema
        with self.cursor_without_path() as cursor:
            cursor.execute(f"SET search_path = {quote_schema_name(schema)}")
        self._fixed_schema = schema
        try:
            yield
        finally:
            self._fixed_schema = before
            self._path = UNKNOWN
            self._forget_session_path()

    def _forget_session_path(self) -> None:
        try:
            with self.cursor_without_path() as cursor:
                cursor.execute("SET search_path = DEFAULT")
        except DatabaseError:
            # Nobody may have this session after us, not even out of a pool.
            if self.connection is not None:
                self.connection.close()
            raise

    @contextmanager
    def cursor_without_path(self) -> Iterator[Any]:
        """Give a cursor that does not enter the tenant first."""
        before, self._unguarded = self._unguarded, True
        try:
            with self.cursor() as cursor:
                yield cursor
        finally:
            self._unguarded = before

    def on_commit(self, func: Callable[[], object], robust: bool = False) -> None:  # noqa: FBT001, FBT002
        """Call `func` after the commit in the place of now, which may have been left by then."""
        place = here()

        @wraps(func)
        def call() -> None:
            token = in_force.set(place)
            try:
                func()
            finally:
                in_force.reset(token)

        super().on_commit(call, robust)

    @property
    def watchers(self) -> list[Any]:
        """Who wants to see each statement, but for our own guard of the path."""
        return self.execute_wrappers[:0:-1]

    # Each cursor and each statement passes here.

    def _cursor(self, name: str | None = None) -> Any:
        cursor = super()._cursor(name)  # type: ignore[misc]  # the stubs leave it out
        try:
            self.enter_place()
        except BaseException:
            cursor.close()
            raise
        return cursor

    def _guarded(
        self,
        execute: Callable[..., Any],
        statement: Any,
        params: Any,
        many: bool,  # noqa: FBT001
        context: Any,
    ) -> Any:
        if not self._unguarded and self._fixed_schema is None:
            if context["cursor"].cursor.connection is not self.connection:
                raise TenantPathError("a cursor outlived its connection")
            plain = isinstance(statement, str)
            if moves_the_path(statement if plain else statement.as_string(self.connection)):
                raise TenantPathError("a statement that moves the path or ends the transaction")
        self.enter_place()
        try:
            return execute(statement, params, many, context)
        except DatabaseError as error:
            if says_it_moves(error):
                raise TenantMovesError from error
            raise

    def entrance(self) -> Sequence[str]:
        """Return what leads into the schema of the place in force, or raise."""
        beginning = self.beginning()
        if self._unguarded or self._fixed_schema is not None:
            return beginning
        place = self._place
        if place is NOWHERE:
            raise TenantPathError("a query in no tenant: none was entered in this thread")
        if self._path == place.schema_name or (place is SHARED and self._path is SESSION_DEFAULT):
            return beginning
        if not self.in_atomic_block:
            raise TenantPathError(f"schema {place.schema_name}: a query outside a transaction")
        self._path = place.schema_name
        self.meet(place.schema_name)
        return *beginning, path_statement(place)

    def beginning(self) -> Sequence[str]:
        """Return what begins; what ended the last transaction also undid the path set in it."""
        if not self.has_begun:
            self._path = SESSION_DEFAULT
        return super().beginning()

    def _send(self, *own: Asked) -> pq.abc.PGresult:
        unsent = self._unsent
        try:
            return super()._send(*own)
        except DatabaseError as error:
            self._path = UNKNOWN
            enters = any(MARKER in sql for (sql, _types), _values in unsent)
            if says_it_moves(error):
                raise TenantMovesError from error
            if enters and isinstance(error.__cause__, NO_WAY):
                sentence = f"a schema is missing or not this tenant's: {error}"
                raise TenantPathError(sentence) from error
            raise

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)
        finally:
            self._path = UNKNOWN


def says_it_moves(error: DatabaseError) -> bool:
    """Tell whether a trigger has refused a write since the tenant is being moved."""
    return getattr(error.__cause__, "sqlstate", None) == MOVES


def path_statement(place: Place) -> str:
    """Return what sets the path to a place for the transaction."""
    if isinstance(place, NoTenant):
        return "SET LOCAL search_path = public"
    return _path_statement(place.schema_name, place.pk)


@lru_cache(maxsize=4096)
def _path_statement(schema: str, tenant_id: UUID) -> str:
    """Return what sets the path to a schema if that is the tenant's.

    If it is not, the server divides by zero: what travels behind is not run.
    """
    path = quote_schema_name(schema)
    return (
        f"SELECT set_config('search_path', {literal(path)}, true), 1 / count(*)"  # noqa: S608
        f" FROM {path}.{MARKER} WHERE tenant_id = {literal(tenant_id)}"
    )


def literal(value: Any) -> str:
    """Return the value as SQL writes it."""
    return sql.Literal(value).as_string(None)


def moves_the_path(text: str) -> bool:
    """Tell whether a statement of these does; the bodies of functions, full of `END;`, aside."""
    return _moves(text) if len(text) <= LONG else _moves.__wrapped__(text)


@lru_cache(maxsize=1024)
def _moves(text: str) -> bool:
    statements = FUNCTION_BODY.sub("", text)
    return "set_config('search_path'" in statements or any(
        map(MOVES_THE_PATH.match, statements.split(";"))
    )
