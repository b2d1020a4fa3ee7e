"""A process remembers the offices that it met, and is never wrong about them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import memory
from tenants.context import public_context
from tenants.domain_models import Domain
from tenants.models import Tenant
from tenants.plan_models import OwnLimits, Plan, Tier
from tenants.plans import limits_of
from tenants.renaming import rename_tenant
from tenants.services import change_tier

ME, TASKS = "/api/v1/auth/me", "/api/v1/tasks"


def asks_for_the_office(work) -> bool:
    with CaptureQueriesContext(connection) as queries:
        work()
    return any('FROM "tenants_tenant"' in query["sql"] for query in queries)


@pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
def test_only_the_first_request_looks_for_its_office(api, ada, host):
    memory._met.clear()
    client = api(ada, host=host)
    assert asks_for_the_office(lambda: client.get(ME))
    assert not asks_for_the_office(lambda: client.get(ME))


def test_an_office_of_its_own_name_is_looked_for_each_time(api, ada, acme):
    with public_context():
        Domain.objects.create(
            domain="office.acme.example", tenant=acme, is_primary=False, verified_at=timezone.now()
        )
    client = api(ada, host="office.acme.example")
    for _time in range(2):
        assert asks_for_the_office(lambda: client.get(ME))


def changes(acme):
    yield lambda: OwnLimits.objects.update_or_create(tenant=acme, defaults={"tasks": 0})
    yield lambda: OwnLimits.objects.filter(tenant=acme).delete()
    yield lambda: Plan.objects.filter(tier=acme.subscription_tier).update(tasks=0)
    yield lambda: change_tier(tenant=acme, tier=Tier.ENTERPRISE)


def test_what_an_office_may_use_changes_with_the_next_request(api, ada, acme):
    client = api(ada)
    for change, status in zip(changes(acme), (403, 201, 403, 201), strict=True):
        with public_context():
            change()
        assert client.post(TASKS, {"title": "x"}).status_code == status


def test_a_renamed_office_is_found_under_its_new_name_alone(api, ada, acme):
    old, new = api(ada, host="acme.localhost"), api(ada, host="acne.localhost")
    assert old.get(ME).status_code == 200
    rename_tenant(tenant=acme, slug="acne")
    assert old.get(ME).status_code == 404
    assert new.get(ME).status_code == 200


def test_nobody_changes_what_another_request_remembers(acme):
    with public_context():
        memory.remember(Tenant.objects.for_entering().get(pk=acme.pk))
    mine, yours = memory.recall(acme.pk), memory.recall(acme.pk)
    mine.name = "changed and never saved"
    mine.plan = Plan(tier="free", tasks=1)
    assert memory.recall(acme.pk).name == yours.name == acme.name
    assert limits_of(yours) == limits_of(acme)


def test_the_request_that_met_an_office_changes_its_own_alone(acme):
    with public_context():
        met = Tenant.objects.for_entering().get(pk=acme.pk)
    memory.remember(met)
    met.settings = met.settings.model_copy(update={"sms_enabled": False})
    assert memory.recall(acme.pk).settings.sms_enabled


def test_so_many_are_remembered_and_no_more(acme, globex, monkeypatch):
    monkeypatch.setattr(memory, "MOST", 1)
    memory._met.clear()
    with public_context():
        for tenant in Tenant.objects.for_entering().filter(pk__in=[acme.pk, globex.pk]):
            memory.remember(tenant)
    assert len(memory._met) == 1
