"""What tests of plans share."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.context import public_context
from tenants.models import Tenant
from tenants.plan_models import OwnLimits


def allow(tenant: Tenant, **limits: int | None) -> None:
    """Agree on limits with one tenant; the given object forgets the ones that it has read."""
    with public_context():
        OwnLimits.objects.update_or_create(tenant=tenant, defaults=limits)
    forget(tenant)


def forget(tenant: Tenant) -> None:
    tenant._state.fields_cache.clear()


def statements(work) -> list[str]:
    """Return what is sent to the database, without savepoints and the changes of the path."""
    with CaptureQueriesContext(connection) as caught:
        work()
    passing = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "SET LOCAL search_path")
    found = [query["sql"] for query in caught]
    return [sql for sql in found if not sql.startswith(passing) and "set_config" not in sql]
