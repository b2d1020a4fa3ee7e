"""One worker's turn at an operation: claimed with a lease, kept while the worker lives."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.utils import timezone

from tenants.context import public_context
from tenants.operation_models import Operation, OperationStatus

LEASE = timedelta(seconds=60)
RENEW_EVERY = 2.0
# A queued operation is begun at once; when nobody did, its job got lost or had to wait.
LOST_AFTER = timedelta(seconds=10)
MAX_TRIES = 5
# Reminders need workers too: of the jobs that queue up here one runs at a time.
AT_ONCE = 1
CLAIM_LOCK = 7305


class LeaseLostError(Exception):
    """Somebody cancelled the operation, or another worker has it by now."""


class Turn:
    """The right to work on an operation, until it is over or lost."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._rows = Operation.objects.filter(pk=operation.pk, lease=operation.lease)
        self.said = (operation.progress, operation.step)
        self._lost, self._over = Event(), Event()

    def report(self, progress: int, step: str) -> None:
        """Tell how far it is. Raises LeaseLostError when nobody waits for this worker any more."""
        if self._lost.is_set():
            raise LeaseLostError
        self.said = (progress, step)

    def remember(self, **details: Any) -> None:
        """Keep what the next worker needs, should this one not come to the end."""
        self.operation.details = {**self.operation.details, **details}
        self._write(details=self.operation.details)

    def hold(self) -> None:
        """Keep the operation until the transaction ends. Raises LeaseLostError when it is lost."""
        self._write()

    def finish(self, **values: Any) -> None:
        """Write down that it is done; inside a transaction, the work and this stand together."""
        done = {"status": OperationStatus.DONE, "progress": 100, "step": "Done.", "error": ""}
        self._end(**{**done, **values})

    def fail(self, sentence: str) -> None:
        """Write down why it cannot be done."""
        with suppress(LeaseLostError):
            self._end(status=OperationStatus.FAILED, error=sentence[:500])

    @contextmanager
    def held(self) -> Iterator[None]:
        """Renew the lease beside the work, however long a single statement takes."""
        keeper = Thread(target=self._keep, name="lease", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            self._over.set()
            keeper.join()

    def _keep(self) -> None:
        try:
            while not self._over.wait(RENEW_EVERY):
                # A database that is away for a moment is no reason to give up.
                with suppress(DatabaseError, InterfaceError):
                    self._renew()
        except LeaseLostError:
            self._lost.set()
        finally:
            connections.close_all()

    def _renew(self) -> None:
        progress, step = self.said
        try:
            self._write(lease_until=timezone.now() + LEASE, progress=progress, step=step[:200])
        except (DatabaseError, InterfaceError):
            connection.close()
            raise

    def _end(self, **values: Any) -> None:
        self._write(lease=None, lease_until=None, ended_at=timezone.now(), **values)

    def _write(self, **values: Any) -> None:
        with public_context():
            if not self._rows.update(updated_at=timezone.now(), **values):
                raise LeaseLostError


def claim(pk: UUID, *, in_line: bool) -> Turn | None:
    """Take the operation for this worker, or return None when it is not to be had now."""
    now = timezone.now()
    with public_context(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
        if in_line and Operation.objects.held().count() >= AT_ONCE:
            return None
        rows = Operation.objects.claimable().filter(pk=pk)
        operation = rows.first()
        if operation is None:
            return None
        if operation.tries >= MAX_TRIES:
            sentence = f"Given up: {MAX_TRIES} workers did not come to the end."
            rows.update(status=OperationStatus.FAILED, error=sentence, ended_at=now, lease=None)
            return None
        operation.status, operation.lease = OperationStatus.RUNNING, uuid4()
        operation.lease_until, operation.tries = now + LEASE, operation.tries + 1
        operation.started_at, operation.step = operation.started_at or now, "Starting."
        operation.save()
    return Turn(operation)


def operations_to_wake() -> list[UUID]:
    """Return those to hand to a worker: the job got lost, its worker died, or others went first."""
    with public_context():
        free = AT_ONCE - Operation.objects.held().count()
        waiting = Operation.objects.claimable().filter(updated_at__lt=timezone.now() - LOST_AFTER)
        return list(waiting.order_by("created_at").values_list("pk", flat=True)[: max(free, 0)])
