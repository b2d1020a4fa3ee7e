"""Asking for an export, an import, an erasure, a move or a leave, and what comes of it."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.db.models import Q
from django.utils import timezone

from common.audit import record_access
from common.errors import ConflictError, InvalidError, MissingError
from common.origin import Origin, current_origin, origin_of_writes
from tenants.archive.importing import Wish
from tenants.context import public_context, tenant_or_none, tenant_transaction
from tenants.directory import any_tenant, tenant_named, uuid_or_none
from tenants.files import export_path, keep_upload
from tenants.jobs import run_operation
from tenants.leaving import require_region
from tenants.models import Tenant
from tenants.operation_models import Kind, Operation, OperationStatus
from tenants.renaming import check_slug

# A finished archive is given out again for this long, a failure told for this long.
FRESH = timedelta(hours=1)
FAILURE_TOLD = timedelta(minutes=1)


def request_export(*, tenant: Tenant, requested_by: str, background: bool = True) -> Operation:
    """Have an archive made. Raises ConflictError while something is done with the tenant."""
    return _ask(Kind.EXPORT, tenant=tenant, requested_by=requested_by, background=background)


def request_erasure(
    *,
    tenant: Tenant,
    typed_slug: str,
    requested_by: str,
    canaries: Sequence[str] = (),
    background: bool = True,
) -> Operation:
    """Have a suspended organisation erased; whoever asks has typed its address.

    Raises InvalidError for another address, ConflictError when it is not suspended.
    """
    if typed_slug != tenant.slug:
        raise InvalidError("This is not the organisation's address.", attr="slug")
    if tenant.is_active:
        raise ConflictError("Suspend the organisation first; an open one is not erased.")
    return _ask(
        Kind.ERASE,
        tenant=tenant,
        requested_by=requested_by,
        background=background,
        details={"canaries": list(canaries)},
    )


def request_move(
    *, tenant: Tenant, to: str, requested_by: str, background: bool = True
) -> Operation:
    """Have the organisation moved to another database; its people read on meanwhile.

    Raises InvalidError for a database that is not there, ConflictError where it cannot be.
    """
    if to not in connections.settings or to == tenant.db_alias:
        raise InvalidError(f"There is no other database “{to}”.", attr="to")
    if not tenant.ready or tenant.left_alias:
        raise ConflictError("Something of it waits in another database: drop that first.")
    return _ask(
        Kind.MOVE,
        tenant=tenant,
        requested_by=requested_by,
        background=background,
        details={"from": tenant.db_alias, "to": to},
    )


def request_leave(*, tenant: Tenant, to: str, requested_by: str) -> Operation:
    """Have the organisation stilled and written down for another region; the asker runs it.

    Raises InvalidError for a region that we do not know, ConflictError where it cannot be.
    """
    require_region(to)
    if not tenant.is_open or tenant.moving_to:
        raise ConflictError(f"{tenant.slug} is closed, or already on its way.")
    told = {"to": to}
    return _ask(
        Kind.LEAVE, tenant=tenant, requested_by=requested_by, background=False, details=told
    )


def request_import(*, path: Path, wish: Wish, requested_by: str) -> Operation:
    """Note the wish to import an archive that lies on this machine; the asker runs it there."""
    told = {"path": str(path.absolute()), "wish": asdict(wish)}
    return _ask(Kind.IMPORT, requested_by=requested_by, background=False, details=told)


def request_import_of_upload(
    *, pieces: Iterable[bytes], wish: Wish, requested_by: str
) -> Operation:
    """Have an archive that was sent imported by a worker. Raises InvalidError for an address."""
    if wish.slug:
        check_slug(wish.slug)
    path = keep_upload(pieces)
    told = {"path": str(path), "wish": asdict(wish), "is_upload": True}
    try:
        return _ask(Kind.IMPORT, requested_by=requested_by, background=True, details=told)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _ask(
    kind: Kind,
    *,
    requested_by: str,
    background: bool,
    tenant: Tenant | None = None,
    details: dict[str, Any] | None = None,
) -> Operation:
    operation = Operation(
        kind=kind,
        tenant_id=tenant.pk if tenant else None,
        label=tenant.slug if tenant else "",
        details=details or {},
        requested_by=requested_by,
        request_id=current_origin().request_id,
    )
    with _opaque_origin(), public_context():
        try:
            with transaction.atomic():
                operation.save(force_insert=True)
        except IntegrityError:
            sentence = "Something else is being done with this organisation; wait for its end."
            raise ConflictError(sentence) from None
        if background:
            run_operation.delay_on_commit(str(operation.pk))
    return operation


def _opaque_origin() -> AbstractContextManager[Origin]:
    """Keep the people of an organisation out of the platform's trail; operators stand in it."""
    origin = current_origin()
    if tenant_or_none() is not None:
        origin = Origin(source=origin.source, request_id=origin.request_id)
    return origin_of_writes(origin)


def cancel_operation(*, operation: Operation) -> None:
    """Take back what was asked for. Raises ConflictError when it is over or may not stop."""
    with public_context():
        rows = Operation.objects.unfinished().filter(pk=operation.pk)
        stoppable = rows.exclude(kind=Kind.ERASE, status=OperationStatus.RUNNING)
        if not stoppable.update(
            status=OperationStatus.CANCELLED, ended_at=timezone.now(), lease=None, lease_until=None
        ):
            raise ConflictError(f"“{operation}” cannot be stopped now.")


def retry_operation(*, operation: Operation, background: bool = True) -> None:
    """Begin a failed one again. Raises ConflictError when it has not failed."""
    with public_context(), transaction.atomic():
        failed = Operation.objects.filter(pk=operation.pk, status=OperationStatus.FAILED)
        if not failed.update(status=OperationStatus.QUEUED, error="", tries=0, ended_at=None):
            raise ConflictError(f"“{operation}” has not failed.")
        if background:
            run_operation.delay_on_commit(str(operation.pk))


def export_of(*, tenant: Tenant, requested_by: str) -> Operation:
    """Return the tenant's present export: under way, fresh, just failed, or begun now."""
    with public_context():
        latest = Operation.objects.of_tenant(tenant.pk, Kind.EXPORT).first()
        if latest is not None and _is_present(latest):
            return latest
    return request_export(tenant=tenant, requested_by=requested_by)


def _is_present(export: Operation) -> bool:
    if export.is_unfinished:
        return True
    age = timezone.now() - (export.ended_at or export.updated_at)
    if export.status == OperationStatus.FAILED:
        return age < FAILURE_TOLD
    return age < FRESH and is_fetchable(export)


def is_fetchable(export: Operation) -> bool:
    """Tell whether there is an archive to fetch."""
    done = export.kind == Kind.EXPORT and export.status == OperationStatus.DONE
    return done and export_path(export.pk).exists()


def hand_over(*, export: Operation) -> Path:
    """Return the archive's place, and note in the tenant's own trail that it was given out.

    Raises MissingError when there is none, or not any more.
    """
    tenant = any_tenant(export.tenant_id)
    if tenant is None or not (tenant.ready and is_fetchable(export)):
        raise MissingError("There is no archive any more; ask for a new one.")
    with tenant_transaction(tenant):
        record_access(tenant, export=str(export.pk))
    return export_path(export.pk)


def unfinished_erasure(name: str) -> Operation | None:
    """Return the erasure of this organisation that has not come to its end, to go on with here.

    By then the organisation's row may be gone: what it was called still finds it.
    """
    tenant = tenant_named(name)
    with public_context():
        begun = Operation.objects.filter(kind=Kind.ERASE, tenant_id__isnull=False)
        named = (
            Q(tenant_id=tenant.pk) if tenant else Q(label=name) | Q(tenant_id=uuid_or_none(name))
        )
        operation = begun.exclude(status=OperationStatus.CANCELLED).filter(named).first()
    if operation is not None and operation.status == OperationStatus.FAILED:
        retry_operation(operation=operation, background=False)
    return operation
