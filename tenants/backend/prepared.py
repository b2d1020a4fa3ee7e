"""Statements that a connection has prepared, the ones asked for last kept.

A prepared statement is planned once for the connection. That pays for texts that name their tables
with a schema; others would be planned anew whenever the path changes.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from psycopg import Connection, OperationalError, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result

FAILED = {pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE}
SQLSTATE = pq.DiagnosticField.SQLSTATE
# feature_not_supported: a prepared statement's tables have changed, so that its rows would have
# another form than promised.
CHANGED = b"0A000"
# libpq has a message for it since 17.
CLOSES_PREPARED = 170000
# Each holds a plan in the server's memory, of some 20 kB.
MOST_PREPARED = 400
MOST_COUNTED = 4000
# The gaps of a text, and what stands in quotes, where there are none.
GAP = re.compile(rb"'(?:[^']|'')*'|\$(\d+)")
Statement = tuple[str, tuple[int, ...]]
# A statement, and its values as they go over the line.
Asked = tuple[Statement, Any]
R = TypeVar("R")


def check(result: pq.abc.PGresult) -> pq.abc.PGresult:
    """Return the result. Raises psycopg's error for a failed one."""
    if result.status not in FAILED:
        return result
    error = error_from_result(result)
    # libpq itself complains, without a code: the line is cut.
    raise OperationalError(str(error)) if error.sqlstate is None else error


def is_direct(pgconn: pq.abc.PGconn) -> bool:
    """Tell whether the server that answers is the one that we have connected to.

    A pooler, as PgBouncer, gives a process number of its own, and prepared statements other names
    than we do. What is prepared and run by messages of the protocol it follows; SQL that names one
    fails.
    """
    answer = check(pgconn.exec_(b"SELECT pg_backend_pid()"))
    return int(answer.get_value(0, 0) or 0) == pgconn.backend_pid


class PreparedStatements:
    """Runs statements with numbered parameters; a text that comes again is prepared.

    One call of libpq each: psycopg's cursors hand the GIL to other threads five times on the way.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        # It remembers how each type is read and written, as that of a cursor does.
        self._adapt = Transformer.from_context(connection)
        self._escaped = pq.Escaping(connection.pgconn).escape_literal
        self._threshold = connection.prepare_threshold
        self._is_direct = self._threshold is None or is_direct(connection.pgconn)
        self._names: OrderedDict[Statement, bytes] = OrderedDict()
        self._counts: OrderedDict[Statement, int] = OrderedDict()
        self._made = 0
        self._is_passing = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Prepare nothing meanwhile: each text comes once, as where a job goes through offices."""
        before, self._is_passing = self._is_passing, True
        try:
            yield
        finally:
            self._is_passing = before

    def asked(self, sql: str, params: Sequence[Any] = ()) -> Asked:
        """Return a statement as `run` takes it."""
        if not params:
            return (sql, ()), ()
        values = self._adapt.dump_sequence(params, [PyFormat.TEXT] * len(params))
        return (sql, self._adapt.types or ()), values

    def rows(self, result: pq.abc.PGresult, make: Callable[..., R]) -> list[R]:
        """Return what is made of each row of a result."""
        self._adapt.set_pgresult(result)
        return self._adapt.load_rows(0, result.ntuples, make)

    def run(self, statements: Sequence[Asked]) -> pq.abc.PGresult:
        """Run statements; return the last one's result, or the failed one's: the rest is not run.

        They make one round trip, and one call of libpq: each call hands the GIL to another thread.
        """
        if len(statements) == 1:
            return self._run(*statements[0])
        texts = [self._text(statement, values) for statement, values in statements]
        return self._noting_changes(self._connection.pgconn.exec_(b";".join(texts)))

    def _text(self, statement: Statement, values: Any) -> bytes:
        """Return what runs the statement with these values: prepared, or with them written in."""
        text = statement[0].encode()
        if not values:
            return text
        given = [b"NULL" if value is None else self._escaped(value) for value in values]
        if self._is_direct and (name := self._name_of(statement)):
            return b"EXECUTE %s(%s)" % (name, b",".join(given))
        return GAP.sub(lambda gap: given[int(gap[1]) - 1] if gap[1] else gap[0], text)

    def _noting_changes(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.error_field(SQLSTATE) == CHANGED:
            self._names.clear()
        return result

    def _run(self, statement: Statement, values: Any) -> pq.abc.PGresult:
        pgconn = self._connection.pgconn
        if name := values and self._name_of(statement):
            result = self._noting_changes(pgconn.exec_prepared(name, values))
            was_alone = pgconn.transaction_status == pq.TransactionStatus.IDLE
            if self._names or not was_alone:
                return result
            check(pgconn.exec_(b"DEALLOCATE ALL"))
        sql, types = statement
        return pgconn.exec_params(sql.encode(), values, types or None)

    def _name_of(self, statement: Statement) -> bytes | None:
        name = self._names.get(statement) or self._prepare(statement)
        if name:
            self._names.move_to_end(statement)
        return name

    def _prepare(self, statement: Statement) -> bytes | None:
        """Return the name of the statement if it comes often enough to be prepared now."""
        if self._threshold is None or self._is_passing:
            return None
        self._counts[statement] = self._counts.pop(statement, 0) + 1
        if len(self._counts) > MOST_COUNTED:
            self._counts.popitem(last=False)
        if self._counts[statement] < self._threshold:
            return None
        del self._counts[statement]
        self._made += 1
        sql, types = statement
        name = f"read_{self._made}".encode()
        check(self._connection.pgconn.prepare(name, sql.encode(), types))
        self._names[statement] = name
        if len(self._names) > MOST_PREPARED:
            _statement, oldest = self._names.popitem(last=False)
            self._forget(oldest)
        return name

    def _forget(self, name: bytes) -> None:
        """Let the server forget a statement; a pooler understands only the protocol's message."""
        pgconn = self._connection.pgconn
        if pq.version() >= CLOSES_PREPARED:
            check(pgconn.close_prepared(name))
        elif self._is_direct:
            check(pgconn.exec_(b"DEALLOCATE " + name))
