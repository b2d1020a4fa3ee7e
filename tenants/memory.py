"""The offices that this process has met, so that not every request has to look for its own.

What is remembered may have changed since. Whoever works with it asks in the same breath whether the
row's version is still the same (`version_now`), and looks again if not: nobody is ever let in to an
office that was closed a moment ago.
"""

from collections import OrderedDict
from uuid import UUID

from django.db.models.expressions import RawSQL

from tenants.models import Tenant
from tenants.reads import Gap

MOST = 10_000

_met: OrderedDict[UUID, Tenant] = OrderedDict()


def version_now() -> RawSQL:
    """Return the version of the row of the tenant in force, for a `Read`.

    Null in a further database: the offices' rows stand in the first one.
    """
    return RawSQL(
        '(SELECT xmin::text || ctid::text FROM "public"."tenants_tenant" WHERE id = %s)',
        [Gap("tenant")],
    )


def remember(tenant: Tenant) -> None:
    """Keep a copy of an office that was read `for_entering`: the request goes on with its own."""
    _met[tenant.pk] = tenant.copied()
    if len(_met) > MOST:
        _met.popitem(last=False)


def recall(tenant_id: UUID) -> Tenant | None:
    """Return a copy of what was remembered, whose `version` is still to be compared."""
    known = _met.get(tenant_id)
    return known.copied() if known else None
