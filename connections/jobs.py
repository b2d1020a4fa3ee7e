"""Background work of connected accounts."""

from uuid import UUID

from celery import shared_task

from connections.services import check_connection, end_connection
from tenants.jobs import TenantJob


@shared_task(name="connections.end_connection", base=TenantJob)
def disconnect_account(connection_id: str) -> None:
    """Disconnect this account; harmless when it is disconnected already."""
    end_connection(UUID(connection_id))


@shared_task(name="connections.check_connection", base=TenantJob)
def check_account(connection_id: str) -> None:
    """See whether this account works, and write it down."""
    check_connection(UUID(connection_id))
