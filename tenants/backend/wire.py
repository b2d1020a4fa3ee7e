"""What goes over the line to PostgreSQL, and how often.

A transaction's BEGIN travels with its first statement, a kept connection is looked at rather than
asked whether it still stands, and instants are read in C. Django's own way costs a request three
round trips more, and half of the time that a long answer takes to read.
"""

from collections.abc import Callable, Sequence
from datetime import UTC
from functools import partial
from select import POLLIN, poll
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg import Connection, pq
from psycopg.types.datetime import TimestamptzLoader

from tenants.backend.prepared import PreparedStatements, check

R = TypeVar("R")


class WireWrapper(base.DatabaseWrapper):
    """Django's connection with fewer words."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Connect; psycopg itself stays in autocommit mode, since transactions are begun here."""
        conn_params["autocommit"] = True
        connection: Connection[Any] = super().get_new_connection(conn_params)
        self._reads = PreparedStatements(connection)
        if self.timezone == UTC:
            # Django's own sets the zone in Python, which this one takes from the connection: UTC.
            connection.adapters.register_loader("timestamptz", TimestamptzLoader)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that reads instants as the connection does."""
        if name:
            # What psycopg thinks of autocommit is not what Django has asked for.
            held = self.autocommit
            kind: Any = base.ServerSideCursor
            return kind(self.connection, name, scrollable=False, withhold=held)
        if self.timezone == UTC:
            return self.connection.cursor()
        return super().create_cursor()

    def is_usable(self) -> bool:
        """Tell whether a kept connection still stands.

        A server that is gone has closed its end, and nobody else speaks unasked but to say so.
        """
        waiting = poll()
        try:
            waiting.register(self.connection.fileno(), POLLIN)
            return not waiting.poll(0)
        except (psycopg.Error, ValueError):
            return False

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001
        """Only check, as psycopg does: a transaction begins with its first statement, in `say`."""
        if autocommit and not self.is_idle:
            raise psycopg.ProgrammingError("a transaction is still open")

    @property
    def is_idle(self) -> bool:
        """Whether the server is in no transaction."""
        return bool(self.connection.pgconn.transaction_status == pq.TransactionStatus.IDLE)

    def enter_place(self) -> None:
        """Make ready for a statement inside a transaction."""
        self.begin()

    def begin(self) -> None:
        """Begin the transaction that Django wants, if the server has not yet."""
        if not self.autocommit and self.is_idle:
            self.say("")

    def begins(self) -> None:
        """Called when a transaction is about to begin on the server."""

    def _commit(self) -> None:
        self._end("COMMIT")

    def _rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        """End the transaction, if one was ever begun; as psycopg does, with one call of libpq."""
        if self.connection is None or self.is_idle:
            return
        with debug_transaction(self, how), self.wrap_database_errors:
            check(self.connection.pgconn.exec_(how.encode()))

    def _savepoint(self, sid: str) -> None:
        self.say(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self.say(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        self.say(self.ops.savepoint_rollback_sql(sid))

    def read(self, sql: str, params: Sequence[Any], make: Callable[..., R]) -> list[R]:
        """Return what is made of each row of one SELECT, which names its schemas by itself."""
        self.ensure_connection()
        self.close_if_health_check_failed()
        self.validate_no_broken_transaction()
        if not self.autocommit:
            self.enter_place()
        run: Any = partial(self._run, make)
        for wrapper in self.watchers:
            run = partial(wrapper, run)
        with self.wrap_database_errors:
            found: list[R] = run(sql, params, False, {"connection": self, "cursor": None})  # noqa: FBT003
        if self.queries_logged:
            self.queries_log.append({"sql": sql, "time": "0"})
        return found

    def _run(self, make: Any, sql: str, params: Any, _many: bool, _context: Any) -> Any:  # noqa: FBT001
        return self._reads.rows(sql, params, make)

    @property
    def watchers(self) -> list[Any]:
        """Who wants to see each statement, the last one first."""
        return self.execute_wrappers[::-1]

    def say(self, sql: str) -> pq.abc.PGresult:
        """Run statements without parameters in one round trip; return the last one's result.

        A transaction that Django wants and the server has not is begun in the same breath.
        """
        if not self.autocommit and self.is_idle:
            sql = f"BEGIN;{sql}"
            self.begins()
        with self.wrap_database_errors:
            result = check(self.connection.pgconn.exec_(sql.encode()))
        if self.queries_logged:
            self.queries_log.append({"sql": sql, "time": "0"})
        return result
