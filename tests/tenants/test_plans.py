"""What a plan allows, how it is counted, and who gets the last free place."""

from dataclasses import fields

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from common.errors import AppError
from tasks.models import Task
from tenants import plans
from tenants.context import public_context, tenant_context
from tenants.directory import open_tenant_or_none, tenant_of_host
from tenants.models import Tenant
from tenants.plan_models import LIMITS, LimitColumns, Limits, OwnLimits, Plan, Tier
from tenants.plans import (
    NotInPlanError,
    PlanLimitError,
    Use,
    limits_of,
    register_use,
    require_room,
    uses_of,
)
from tenants.reads import Count
from tenants.services import change_tier
from tests.plan_limits import allow, forget, statements


class Shelf:
    """Something countable that notes how far it was counted."""

    def __init__(self):
        self.used, self.asked = 0, []

    def count(self, most):
        self.asked.append(most)
        return self.used if most is None else min(self.used, most)


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setattr(plans, "_uses", dict(plans._uses))
    found = Shelf()
    register_use("documents", Use(found.count, "document", "documents", "Delete some"))
    return found


def test_every_tier_has_its_plan(db):
    with public_context():
        stored = {plan.tier: (plan.users, plan.tasks) for plan in Plan.objects.all()}
    assert stored == {"free": (10, 500), "pro": (200, 20_000), "enterprise": (None, None)}
    assert list(stored) == list(Tier.values), "the smallest first"


def test_every_limit_has_a_column():
    assert [field.name for field in fields(Limits)] == [
        field.name for field in LimitColumns._meta.fields
    ]


@pytest.mark.parametrize(("tier", "tasks"), [("free", 500), ("pro", 20_000), ("enterprise", None)])
def test_the_tier_decides_the_limits(acme, tier, tasks):
    change_tier(tenant=acme, tier=Tier(tier))
    fresh = tenant_of_host("acme.localhost")
    assert (fresh.subscription_tier, limits_of(fresh).tasks) == (tier, tasks)
    assert limits_of(acme) == limits_of(fresh)


def test_what_was_agreed_with_one_tenant_goes_before_its_plan(acme, globex):
    plan = limits_of(globex)
    allow(acme, tasks=7, documents=0)
    assert (limits_of(acme).tasks, limits_of(acme).documents) == (7, 0)
    assert limits_of(acme).users == plan.users
    assert limits_of(globex) == plan


def test_the_limits_come_with_the_tenant_of_a_request_or_job(acme):
    allow(acme, tasks=7)
    for find in (
        lambda: tenant_of_host("acme.localhost"),
        lambda: open_tenant_or_none(acme.pk),
    ):
        assert len(statements(find)) == 1
        found = find()
        assert statements(lambda found=found: limits_of(found)) == []
        assert limits_of(found).tasks == 7


def test_limits_that_were_not_read_with_the_tenant_are_read_from_inside_it(in_acme):
    assert limits_of(in_acme).users == 10
    assert User.objects.exists(), "the tenant is in force again"


@pytest.mark.parametrize(("used", "fits"), [(1, True), (4, True), (5, True), (6, False)])
def test_what_was_added_must_fit(in_acme, shelf, used, fits):
    allow(in_acme, documents=5)
    shelf.used = used
    if fits:
        require_room("documents")
        return
    with pytest.raises(PlanLimitError):
        require_room("documents")


@pytest.mark.parametrize(("maximum", "words"), [(1, "1 document"), (1_200, "1,200 documents")])
def test_the_refusal_says_which_limit_and_what_to_do(in_acme, shelf, maximum, words):
    allow(in_acme, documents=maximum)
    shelf.used = maximum + 2
    with pytest.raises(PlanLimitError) as caught:
        require_room("documents", added=2)
    refusal = caught.value
    assert (refusal.status, refusal.code) == (402, "plan_limit_reached")
    assert refusal.extra == {"limit": "documents", "maximum": maximum, "used": maximum}
    assert refusal.sentence == (
        f"Your plan allows {words}, and you have {maximum:,}."
        " Delete some, or ask for a larger plan."
    )


def test_a_lowered_plan_tells_how_much_there_really_is(in_acme, shelf):
    allow(in_acme, documents=5)
    shelf.used = 813
    with pytest.raises(PlanLimitError) as caught:
        require_room("documents")
    assert caught.value.extra["used"] == 812


def test_what_a_plan_leaves_out_is_forbidden(in_acme, shelf):
    allow(in_acme, documents=0)
    with pytest.raises(NotInPlanError) as caught:
        require_room("documents")
    refusal = caught.value
    assert (refusal.status, refusal.code) == (403, "not_in_plan")
    assert refusal.sentence == "Your plan does not include documents. Ask for a larger plan."
    assert refusal.extra == {"limit": "documents"}
    assert shelf.asked == []


def test_what_has_no_limit_is_not_counted(in_acme, shelf):
    change_tier(tenant=in_acme, tier=Tier.ENTERPRISE)
    shelf.used = 10**9
    require_room("documents")
    assert shelf.asked == []


def test_outside_every_office_nothing_is_limited(acme, shelf):
    shelf.used = 10**9
    with public_context():
        require_room("documents")
    with tenant_context(acme), pytest.raises(AppError):
        require_room("documents")


def test_far_from_the_limit_nobody_waits_and_near_it_all_take_turns(in_acme, shelf):
    allow(in_acme, documents=500)
    shelf.used = 500 - plans.NEAR
    limits_of(in_acme)
    assert statements(lambda: require_room("documents")) == []
    shelf.used += 1
    assert [sql for sql in statements(lambda: require_room("documents")) if "advisory" in sql]
    assert shelf.asked == [501] * 3, "once far away, once before and once after the wait"


def test_counting_reads_no_more_rows_than_asked_for(ada):
    for number in range(30):
        Task.objects.create(title=f"Task {number}", creator=ada)
    count = Count(Task.objects.open)
    assert [count(most) for most in (1, 20, 31, None)] == [1, 20, 30, 30]
    [sql] = statements(lambda: count(20))
    assert "LIMIT $" in sql
    assert '"tasks_task"."id"' not in sql, "an index answers alone"


def test_all_limits_are_shown_with_what_is_used(in_acme, ada):
    Task.objects.create(title="T", creator=ada)
    Task.objects.create(title="T", creator=ada, status="cancelled")
    allow(in_acme, tasks=1, users=1, storage_bytes=1024**3, ai_calls_per_month=0)
    change_tier(tenant=in_acme, tier=Tier.ENTERPRISE)
    lines = {line.limit: line for line in uses_of(in_acme)}
    assert list(lines) == list(LIMITS)
    shown = {
        name: (line.used_text, line.maximum_text, line.is_over) for name, line in lines.items()
    }
    assert shown["users"] == ("4", "1", True)
    assert shown["tasks"] == ("1", "1", False)
    assert shown["documents"] == ("0", "no limit", False)
    assert shown["storage_bytes"] == ("0\xa0bytes", "1.0\xa0GB", False)
    bars = [name for name, line in lines.items() if line.has_bar]
    assert bars == ["users", "tasks", "storage_bytes"]


@pytest.mark.parametrize("change", [{"users": 0}, {"tasks": -1}])
def test_impossible_limits_cannot_be_stored(acme, change):
    for write in (
        lambda: Plan.objects.filter(tier="free").update(**change),
        lambda: OwnLimits.objects.create(tenant=acme, **change),
    ):
        with public_context(), pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_a_tenant_has_a_tier_that_there_is(acme):
    with public_context(), pytest.raises(IntegrityError), transaction.atomic():
        Tenant.objects.filter(pk=acme.pk).update(subscription_tier="gold")


def test_the_trail_shows_what_a_plan_and_a_tenant_were_before(acme):
    with public_context():
        pro = Plan.objects.get(tier="pro")
        pro.tasks = 30_000
        pro.save()
        own = OwnLimits.objects.create(tenant=acme, tasks=7)
        own.delete()
        Tenant.objects.filter(pk=acme.pk).update(subscription_tier="pro")
        entries = AuditEntry.objects.order_by("timestamp", "id")
        changes = [
            (entry.content_type.model, entry.changes["tasks"])
            for entry in entries.filter(changes__has_key="tasks").select_related("content_type")
        ]
        moved = entries.filter(changes__has_key="subscription_tier").last()
    assert ("plan", [20_000, 30_000]) in changes
    own = [change for model, change in changes if model == "ownlimits"]
    assert own in ([[None, 7], [7, None]], [[7, None], [None, 7]])
    assert moved.changes["subscription_tier"] == ["free", "pro"]
    forget(acme)
