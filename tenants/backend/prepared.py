"""Statements that a connection has prepared, the ones asked for last kept.

A prepared statement is planned once for the connection. That pays for texts that name their tables
with a schema; others would be planned anew whenever the path changes.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from psycopg import Connection, OperationalError, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, error_from_result

FAILED = {pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE}
# Each holds a plan in the server's memory, of some 20 kB.
MOST_PREPARED = 400
MOST_COUNTED = 4000
Statement = tuple[str, tuple[int, ...]]
R = TypeVar("R")


def check(result: pq.abc.PGresult) -> pq.abc.PGresult:
    """Return the result. Raises psycopg's error for a failed one."""
    if result.status not in FAILED:
        return result
    error = error_from_result(result)
    # libpq itself complains, without a code: the line is cut.
    raise OperationalError(str(error)) if error.sqlstate is None else error


class PreparedStatements:
    """Runs SELECTs with numbered parameters; a text that comes again is prepared.

    One call of libpq each: psycopg's cursors hand the GIL to other threads five times on the way.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._threshold = connection.prepare_threshold
        self._names: OrderedDict[Statement, bytes] = OrderedDict()
        self._counts: OrderedDict[Statement, int] = OrderedDict()
        self._made = 0

    def rows(self, sql: str, params: Sequence[Any], make: Callable[..., R]) -> list[R]:
        """Return what is made of each row that the SELECT finds."""
        adapt = Transformer.from_context(self._connection)
        values: Any = adapt.dump_sequence(params, [PyFormat.TEXT] * len(params))
        statement: Statement = (sql, adapt.types or ())
        result = self._run(statement, values)
        adapt.set_pgresult(result)
        return adapt.load_rows(0, result.ntuples, make)

    def _run(self, statement: Statement, values: Any) -> pq.abc.PGresult:
        pgconn = self._connection.pgconn
        if name := self._names.get(statement) or self._prepare(statement):
            self._names.move_to_end(statement)
            try:
                return check(pgconn.exec_prepared(name, values))
            except FeatureNotSupported:
                # Its tables have changed, so that the rows would have another form than promised.
                self._names.clear()
                if pgconn.transaction_status != pq.TransactionStatus.IDLE:
                    raise
                check(pgconn.exec_(b"DEALLOCATE ALL"))
        sql, types = statement
        return check(pgconn.exec_params(sql.encode(), values, types or None))

    def _prepare(self, statement: Statement) -> bytes | None:
        """Return the name of the statement if it comes often enough to be prepared now."""
        if self._threshold is None:
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
            check(self._connection.pgconn.exec_(b"DEALLOCATE " + oldest))
        return name
