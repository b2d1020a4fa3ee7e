"""Doing what was asked for: an export, an import, an erasure, a move, a leave."""

import logging
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError

from common.errors import AppError, MissingError
from common.origin import Origin, current_origin, origin_of_writes
from tenants.archive.importing import Wish, import_tenant
from tenants.archive.writer import write_archive
from tenants.context import public_context
from tenants.directory import any_tenant
from tenants.erasing import erase_tenant
from tenants.files import chunks_of, export_path, exports_folder
from tenants.leaving import be_still, stir
from tenants.models import Tenant
from tenants.moving import move_tenant
from tenants.operation_models import Kind
from tenants.turns import LeaseLostError, Turn, claim

logger = logging.getLogger(__name__)


def run_operation(pk: UUID, *, in_line: bool = True) -> None:
    """Work on the operation, if it is this worker's turn. Harmless when called twice."""
    turn = claim(pk, in_line=in_line)
    if turn is None:
        return
    origin = Origin(source=current_origin().source, request_id=turn.operation.request_id)
    with origin_of_writes(origin), public_context():
        try:
            with turn.held():
                WORK[turn.operation.kind](turn)
        except LeaseLostError:
            logger.warning("operation was taken away", extra={"operation": str(pk)})
        except (OperationalError, InterfaceError):
            # The database went away: the lease ends, and the operation is begun again.
            raise
        except Exception as error:
            turn.fail(_sentence_of(error))
            if not isinstance(error, AppError):
                logger.exception("operation failed", extra={"operation": str(pk)})


def _sentence_of(error: Exception) -> str:
    if isinstance(error, AppError):
        return error.sentence
    if isinstance(error, SoftTimeLimitExceeded):
        return "It took longer than a job may."
    if isinstance(error, OSError):
        return f"A file could not be written: {error.strerror}."
    return f"Our own mistake ({type(error).__name__}); it has been noted."


def make_export(turn: Turn) -> None:
    """Write an archive while people go on working."""
    tenant = any_tenant(turn.operation.tenant_id)
    if tenant is None:
        raise MissingError("The organisation is gone.")
    _write_archive(turn, tenant)


def make_leave(turn: Turn) -> None:
    """Write an archive of what nobody writes to any more; a failure lets people write again."""
    try:
        _write_archive(turn, be_still(turn))
    except (LeaseLostError, OperationalError, InterfaceError):
        # Somebody else goes on.
        raise
    except Exception:
        tenant = any_tenant(turn.operation.tenant_id)
        if tenant is not None and tenant.moving_to:
            stir(tenant)
        raise


def _write_archive(turn: Turn, tenant: Tenant) -> None:
    """Write the archive beside its place and put it there when it is whole."""
    pk = turn.operation.pk
    draft = exports_folder() / f"{pk}.{turn.operation.lease}.part"
    try:
        write_archive(tenant=tenant, path=draft, report=turn.report)
        turn.report(90, "Finishing.")
        draft.chmod(0o600)
        digest = _settle(draft)
        size = draft.stat().st_size
        draft.replace(export_path(pk))
    finally:
        draft.unlink(missing_ok=True)
    turn.finish(bytes=size, sha256=digest)


def _settle(path: Path) -> str:
    """Return the file's hash once it is safe on the disk."""
    digest = sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return digest.hexdigest()


def make_import(turn: Turn) -> None:
    """Open an organisation out of an archive on this machine."""
    told = turn.operation.details
    path = Path(told["path"])
    if path.name.endswith(".upload.zip") and not path.exists():
        raise MissingError("The archive is not here any more; send it again.")
    import_tenant(
        path=path,
        wish=Wish(**told["wish"]),
        report=turn.report,
        finish=lambda tenant: turn.finish(tenant_id=tenant.pk, label=tenant.slug),
    )
    if told.get("is_upload"):
        path.unlink(missing_ok=True)


WORK: Mapping[str, Callable[[Turn], None]] = {
    Kind.EXPORT: make_export,
    Kind.IMPORT: make_import,
    Kind.ERASE: erase_tenant,
    Kind.MOVE: move_tenant,
    Kind.LEAVE: make_leave,
}
