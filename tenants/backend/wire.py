"""What goes over the line to PostgreSQL, and how often.

A transaction's BEGIN travels with its first statement, what nobody waits for with the next one, a
kept connection is looked at rather than asked whether it still stands, and instants are read in C.
Django's own way costs a request five round trips more, and half of the time that a long answer
takes to read.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from select import POLLIN, poll
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg import Connection, pq
from psycopg.types.datetime import TimestamptzLoader

from tenants.backend.prepared import Asked, PreparedStatements, check

R = TypeVar("R")
BEGIN, COMMIT = "BEGIN", "COMMIT"
# As many statements wait for the next at most.
MOST_UNSENT = 50


class WireWrapper(base.DatabaseWrapper):
    """Django's connection with fewer words."""

    lock: object
    """Stands for all row locks held now: another one as soon as any may have been released."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Connect; psycopg itself stays in autocommit mode, since transactions are begun here."""
        conn_params["autocommit"] = True
        connection: Connection[Any] = super().get_new_connection(conn_params)
        self._reads = PreparedStatements(connection)
        self._unsent: list[Asked] = []
        self.lock = object()
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

    @property
    def has_begun(self) -> bool:
        """Whether the transaction that Django wants was begun, or its BEGIN waits to be sent."""
        return bool(self._unsent) or not self.is_idle

    def enter_place(self) -> None:
        """Say what goes ahead of a statement that somebody else is about to send."""
        self._keep_entrance()
        if self._unsent:
            self._send()

    def entrance(self) -> Sequence[str]:
        """Return what makes the connection ready for the next statement."""
        return self.beginning()

    def beginning(self) -> Sequence[str]:
        """Return what begins the transaction that Django wants, if nothing has yet."""
        return () if self.autocommit or self.has_begun else (BEGIN,)

    def _keep_entrance(self) -> None:
        for sql in self.entrance():
            self._unsent.append(self._reads.asked(sql))
            if sql != BEGIN:
                # Django itself has logged the BEGIN.
                self._log(sql)

    def _send(self, *own: Asked) -> pq.abc.PGresult:
        """Send what waited and the caller's own statement; return the last one's result."""
        unsent, self._unsent = [*self._unsent, *own], []
        with self.wrap_database_errors:
            return check(self._reads.run(unsent))

    def _commit(self) -> None:
        self._end(COMMIT)

    def _rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        """End the transaction, if one was ever begun."""
        if self.connection is None or not self.has_begun:
            return
        self.lock = object()
        if how != COMMIT:
            self._unsent.clear()
        if self.has_begun:
            with debug_transaction(self, how):
                self._send(self._reads.asked(how))

    def _savepoint(self, sid: str) -> None:
        self.say(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self.say(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        # All of it was to be said since the savepoint, which itself let nothing wait.
        self._unsent.clear()
        self.lock = object()
        self.say(self.ops.savepoint_rollback_sql(sid))

    def read(self, sql: str, params: Sequence[Any], make: Callable[..., R]) -> list[R]:
        """Return what is made of each row of one statement, which names its schemas by itself."""
        found: list[R] = self._seen(partial(self._run, make), sql, params)
        return found

    def say_soon(self, sql: str, params: Sequence[Any]) -> None:
        """Run a statement that nobody waits for: it travels with the next, at last the COMMIT.

        It fails with that one, and so does all of the transaction.
        """
        if self.autocommit:
            self.read(sql, params, tuple)
        else:
            self._seen(self._keep, sql, params)

    @property
    def watchers(self) -> list[Any]:
        """Who wants to see each statement, the last one first."""
        return self.execute_wrappers[::-1]

    def _seen(self, run: Any, sql: str, params: Sequence[Any]) -> Any:
        self.ensure_connection()
        self.close_if_health_check_failed()
        self.validate_no_broken_transaction()
        for wrapper in self.watchers:
            run = partial(wrapper, run)
        with self.wrap_database_errors:
            found = run(sql, params, False, {"connection": self, "cursor": None})  # noqa: FBT003
        self._log(sql)
        return found

    def _run(self, make: Any, sql: str, params: Any, _many: bool, _context: Any) -> Any:  # noqa: FBT001
        own = self._reads.asked(sql, params)
        if not self.autocommit:
            self._keep_entrance()
        return self._reads.rows(self._send(own), make)

    def _keep(self, sql: str, params: Any, _many: bool, _context: Any) -> None:  # noqa: FBT001
        own = self._reads.asked(sql, params)
        self._keep_entrance()
        self._unsent.append(own)
        if len(self._unsent) >= MOST_UNSENT:
            self._send()

    def say(self, sql: str) -> None:
        """Run a statement without parameters that no place matters to."""
        own = self._reads.asked(sql)
        self._unsent += map(self._reads.asked, self.beginning())
        self._send(own)
        self._log(sql)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Prepare no statements meanwhile: what comes goes on to other schemas."""
        self.ensure_connection()
        with self._reads.passing():
            yield

    def _log(self, sql: str) -> None:
        if self.queries_logged:
            self.queries_log.append({"sql": sql, "time": "0"})
