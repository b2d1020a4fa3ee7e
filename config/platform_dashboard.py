"""The first page of the platform console: is everything well, and what waits or has failed."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest

from common.health import check_all, queue_depth
from tenants.domain_models import Domain
from tenants.models import Tenant
from tenants.operation_models import Operation, OperationStatus
from tenants.overdue import due_in
from tenants.schema_states import SchemaState


def platform_facts(request: HttpRequest) -> dict[str, Any]:
    """Return figures of the platform; nothing of any office."""
    active, idle = (Tenant.objects.filter(is_active=on).count() for on in (True, False))
    waiting = {
        (alias, kind): figures
        for alias in connections
        for kind, figures in (due_in(alias) or {}).items()
    }
    return {
        "platform": {
            "checks": check_all(),
            "queue": queue_depth(),
            "active": active,
            "suspended": idle,
            "behind": SchemaState.objects.exclude(status="current").count(),
            "doubtful": Domain.objects.doubtful().count(),
            "failed": Operation.objects.filter(status=OperationStatus.FAILED).count(),
            "waiting": [
                (kind, alias, *figures) for (alias, kind), figures in sorted(waiting.items())
            ],
            "one_database": list(connections) == [DEFAULT_DB_ALIAS],
        }
    }
