"""Erasing an organisation, and the proof of it.

Each step may be done twice, so that another worker goes on where one was killed. The organisation's
row goes late and the operation forgets its id last, in the transaction that writes the certificate.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone
from psycopg import sql

from common.errors import ConflictError
from tenants.directory import any_tenant
from tenants.files import export_path
from tenants.models import Tenant
from tenants.operation_models import ErasureCertificate, Operation
from tenants.schemas import drop_schema_of
from tenants.stores import stores
from tenants.traces import Words, forget_in_logs, forget_in_queue, traces_of
from tenants.turns import Turn

# Every shared table that says whose its rows are; the operation itself goes on for a while.
DIRECTORIES = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id'
        AND a.atttypid = 'uuid'::regtype AND c.relname <> %s ORDER BY c.relname"""


class TracesLeftError(ConflictError):
    """Something of the organisation is still there."""

    code = "traces_left"


def erase_tenant(turn: Turn) -> None:
    """Remove every trace of a suspended organisation, look for what is left, and certify it."""
    tenant_id = turn.operation.tenant_id
    if tenant_id is None:
        raise ConflictError("This organisation is erased already.")
    tenant = any_tenant(tenant_id)
    if tenant is not None:
        _close(tenant)
        turn.report(5, "Counting what there is.")
        if "before" not in turn.operation.details:
            turn.remember(schema=tenant.schema_name, before=count_all(tenant))
    canaries = turn.operation.details.get("canaries", [])
    words = Words(tenant_id, turn.operation.details["schema"], tuple(canaries))
    turn.report(20, "Emptying the queue.")
    forget_in_queue(words)
    turn.report(30, "Removing the files.")
    _remove_files(turn.operation, tenant_id)
    turn.report(40, "Dropping the schema.")
    if tenant is not None:
        for alias in connections:
            # Where it lives, and what a move may have left elsewhere.
            drop_schema_of(tenant, alias=alias)
    turn.report(60, "Forgetting it in the directories.")
    for alias in set(connections) - {DEFAULT_DB_ALIAS}:
        with connections[alias].cursor() as cursor:
            _forget_in_directories(cursor, tenant_id)
    _forget_in_public(turn.operation, tenant_id)
    # What was queued before the doors closed may have come in since.
    forget_in_queue(words)
    forget_in_logs(words)
    turn.report(80, "Looking for what is left.")
    certify(turn, tenant_id, traces_of(words, operation_id=turn.operation.pk))


def _close(tenant: Tenant) -> None:
    """Let nobody in again, also not by resuming it meanwhile."""
    if not Tenant.objects.filter(pk=tenant.pk, is_active=False).update(ready=False):
        raise ConflictError("Suspend the organisation first.")


def count_all(tenant: Tenant) -> dict[str, Any]:
    """Return how many rows each table has, and how many files and bytes there are."""
    tables = {}
    with connections[tenant.db_alias].cursor() as cursor:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
        cursor.execute(names, [tenant.schema_name])
        for (name,) in cursor.fetchall():
            place = sql.Identifier(tenant.schema_name, name)
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(place))
            tables[name] = cursor.fetchone()[0]
    sizes = [size for store in stores() for _name, size in store.walk(tenant.pk)]
    return {"tables": tables, "files": len(sizes), "bytes": sum(sizes)}


def _remove_files(operation: Operation, tenant_id: UUID) -> None:
    for store in stores():
        store.clear(tenant_id)
    others = Operation.objects.filter(tenant_id=tenant_id).exclude(pk=operation.pk)
    for pk in others.values_list("pk", flat=True):
        export_path(pk).unlink(missing_ok=True)


def _forget_in_public(operation: Operation, tenant_id: UUID) -> None:
    """Delete by statement: the ORM would write into the trail what it deletes."""
    own = Operation._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        # Needs the rows that the next statements delete.
        cursor.execute("SELECT public.office_forget_tenant(%s)", [tenant_id])
        _forget_in_directories(cursor, tenant_id)
        delete = sql.SQL("DELETE FROM {} WHERE tenant_id = %s AND id <> %s")
        place = sql.Identifier("public", own)
        cursor.execute(delete.format(place), [tenant_id, operation.pk])
        delete = sql.SQL("DELETE FROM {} WHERE id = %s")
        place = sql.Identifier("public", Tenant._meta.db_table)
        cursor.execute(delete.format(place), [tenant_id])


def _forget_in_directories(cursor: Any, tenant_id: UUID) -> None:
    cursor.execute(DIRECTORIES, [Operation._meta.db_table])
    for (name,) in cursor.fetchall():
        delete = sql.SQL("DELETE FROM {} WHERE tenant_id = %s")
        cursor.execute(delete.format(sql.Identifier("public", name)), [tenant_id])


def certify(turn: Turn, tenant_id: UUID, traces: dict[str, int]) -> None:
    """Write the certificate, and let the operation forget whom it was about.

    Raises TracesLeftError naming the places when something was found.
    """
    if traces:
        places = ", ".join(f"{place} ({number})" for place, number in sorted(traces.items()))
        raise TracesLeftError(f"Traces are left: {places}.")
    before = turn.operation.details["before"]
    content = {
        "certificate": "ai-office-manager/erasure",
        "version": 1,
        "tenant_id": str(tenant_id),
        "requested_by": turn.operation.requested_by,
        "requested_at": turn.operation.created_at.isoformat(),
        "erased_at": timezone.now().isoformat(),
        "before": before,
        "canaries_looked_for": len(turn.operation.details.get("canaries", [])),
        "found_after": 0,
    }
    content["sha256"] = hash_of(content)
    path = certificate_path(tenant_id)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    with transaction.atomic(using=DEFAULT_DB_ALIAS):
        turn.finish(tenant_id=None, label="", details={})
        ErasureCertificate.objects.create(
            tenant_hash=sha256(str(tenant_id).encode()).hexdigest(),
            requested_by=turn.operation.requested_by,
            rows=sum(before["tables"].values()),
            files=before["files"],
            bytes=before["bytes"],
            sha256=content["sha256"],
        )


def certificate_path(tenant_id: UUID) -> Path:
    """Return where the certificate of an erased organisation stands."""
    folder = Path(settings.VAR_DIR) / "certificates"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{tenant_id}.json"


def hash_of(content: dict[str, Any]) -> str:
    """Return the hash of a certificate without its own `sha256`."""
    plain = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
