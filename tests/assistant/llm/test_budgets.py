"""What a day may cost is kept, also by many calls at once; the ledger has each of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from assistant.llm.endpoints import profile_of
from assistant.llm.errors import NotAskedError
from assistant.llm.ledger import reserve
from assistant.llm.models import ModelCall, Outcome, Purpose
from assistant.llm.prompt import prompt_for
from assistant.llm.services import set_language_model
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.models import Tenant
from tests.assistant.llm.conftest import engine_of, the_call, warnings_of
from tests.pages.conftest import text_of
from tests.peers.language_model import Told, raw, reading, says
from tests.plan_limits import allow

TEXT = "water the palms tomorrow at 3pm"
GOOD = says(reading(title="water the palms", when=["tomorrow at 3pm"]))


def reserve_one(tenant):
    return reserve(profile=profile_of(tenant), prompt=prompt_for(TEXT), purpose=Purpose.SENTENCE)


def most_of_a_call(tenant):
    """The tokens that are reserved for the sentence."""
    call = reserve_one(tenant).call
    ModelCall.objects.all().delete()
    return call.tokens_in + call.tokens_out


def test_a_call_is_written_down_with_what_it_used(say, model, platform):
    platform.LLM_PRICE_INPUT, platform.LLM_PRICE_OUTPUT = Decimal("2.5"), Decimal(10)
    model.acts(GOOD)
    assert engine_of(say(TEXT)) == "llm"
    call = the_call()
    assert (call.purpose, call.host, call.model) == ("sentence", "127.0.0.1", "tiny")
    assert (call.outcome, call.reason) == ("used", "")
    assert (call.tokens_in, call.tokens_out, call.cost) == (400, 50, Decimal("0.001500"))
    assert call.ms >= 0
    assert TEXT not in str(vars(call))
    assert "palms" not in str(vars(call))


def test_a_call_stands_in_the_ledger_before_anybody_is_asked(say, model):
    seen = []
    model.acts(lambda asked: (seen.append(ModelCall.objects), GOOD(asked))[1])
    say(TEXT)
    assert seen
    call = the_call()
    assert call.created_at < call.updated_at


def test_a_refused_sentence_keeps_its_call_in_the_ledger(say, model):
    model.acts(says(reading(title="lamp", assignee="Zaphod")))
    assert say("Zaphod wants a lamp fixed").status_code == 422
    assert the_call().outcome == "used"


def test_a_server_that_does_not_count_is_counted_for(say, model):
    model.acts(says(reading(title="water the palms", when=["tomorrow at 3pm"]), usage=None))
    say(TEXT)
    call = the_call()
    assert 500 < call.tokens_in < 3000
    assert 30 < call.tokens_out < 300


@pytest.mark.parametrize(
    "limits", [{"llm_tokens_per_day": 1000}, {"llm_cost_per_day": "0.001"}, {"llm_cost_per_day": 0}]
)
def test_over_its_budget_an_office_is_read_by_the_rules(say, model, office, limits, caplog):
    caplog.set_level("INFO")
    set_language_model(tenant=office, changes=limits)
    assert engine_of(say(TEXT)) == "local"
    assert model.asked == []
    assert not ModelCall.objects.exists()
    [line] = [record for record in caplog.records if record.name == "assistant.llm.consulting"]
    assert line.reason in {"tokens_of_the_day", "money_of_the_day"}


def test_what_was_used_today_counts_and_what_was_used_yesterday_does_not(say, model, office):
    model.acts(GOOD)
    set_language_model(tenant=office, changes={"llm_tokens_per_day": most_of_a_call(office) + 449})
    assert [engine_of(say(TEXT)) for _try in range(2)] == ["llm", "local"]
    ModelCall.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert engine_of(say(TEXT)) == "llm"


def test_an_office_cannot_raise_the_limits_of_the_platform(office, platform):
    platform.LLM_TOKENS_PER_DAY = 1000
    changes = {"llm_tokens_per_day": 5000, "llm_cost_per_day": 500}
    set_language_model(tenant=office, changes=changes)
    profile = profile_of(office)
    assert (profile.tokens_per_day, profile.cost_per_day) == (1000, 1)
    own = {"llm_base_url": "https://models.example/v1"}
    set_language_model(tenant=office, changes=own)
    profile = profile_of(office)
    assert (profile.tokens_per_day, profile.cost_per_day) == (5000, 500)


def test_a_day_is_the_offices_own(say, model, office, time_machine):
    with public_context():
        Tenant.objects.filter(pk=office.pk).update(timezone="Pacific/Auckland")
    model.acts(GOOD)
    set_language_model(tenant=office, changes={"llm_tokens_per_day": most_of_a_call(office) + 1})
    time_machine.move_to("2024-05-14T11:30:00Z", tick=False)
    assert [engine_of(say(TEXT)) for _try in range(2)] == ["llm", "local"]
    time_machine.move_to("2024-05-14T12:10:00Z", tick=False)
    assert engine_of(say(TEXT)) == "llm"


# --- The plan


def test_the_calls_of_a_plan_are_counted_and_then_refused(say, model, office, browser, ada):
    allow(office, ai_calls_per_month=2)
    model.acts(GOOD)
    assert [engine_of(say(TEXT)) for _try in range(3)] == ["llm", "llm", "local"]
    assert ModelCall.objects.count() == len(model.asked) == 2
    [told] = [one for one in warnings_of(say(TEXT)) if one["code"] == "plan_limit_reached"]
    assert told["detail"].startswith("Your plan allows 2 AI calls a month, and you have 2. Wait")
    assert told["detail"].endswith("Until then sentences are read by rules.")
    assert "AI calls a month 2 2" in text_of(browser(ada).get("/admin/"))
    ModelCall.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert engine_of(say(TEXT)) == "llm"


def test_a_plan_without_calls_has_none(say, model, office):
    allow(office, ai_calls_per_month=0)
    answer = say(TEXT)
    assert engine_of(answer) == "local"
    assert model.asked == []
    assert "not_in_plan" in {one["code"] for one in warnings_of(answer)}


def test_the_usage_tells_what_the_plan_has_left(say, model, office, api, ada):
    allow(office, ai_calls_per_month=1)
    model.acts(GOOD)
    client = api(ada)
    plan = client.get("/api/v1/assistant/usage").json()["plan"]
    assert plan == {"calls": 0, "calls_per_month": 1, "detail": ""}
    say(TEXT)
    plan = client.get("/api/v1/assistant/usage").json()["plan"]
    assert (plan["calls"], plan["calls_per_month"]) == (1, 1)
    assert plan["detail"].startswith("Your plan allows 1 AI call a month, and you have 1.")


def test_the_ledger_is_read_in_the_console_and_never_changed(say, model, browser, ada):
    model.acts(GOOD)
    say(TEXT)
    page = browser(ada).get("/admin/assistant/modelcall/")
    assert "127.0.0.1 tiny Used" in text_of(page)
    place = f"/admin/assistant/modelcall/{the_call().pk}"
    assert browser(ada).get(f"{place}/change/").status_code == 200
    assert browser(ada).post(f"{place}/change/", {"cost": 0}).status_code == 403
    assert browser(ada).post(f"{place}/delete/", {"post": "yes"}).status_code == 403


# --- Many at once, with real commits


@pytest.fixture
def busy(committed, settings):
    """An office with room for three calls at a time."""
    settings.LLM_BASE_URL = "http://127.0.0.1:1/v1"
    settings.LLM_PRICE_INPUT = settings.LLM_PRICE_OUTPUT = 1
    settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY = 10_000_000, 100
    with tenant_transaction(committed):
        set_language_model(tenant=committed, changes={"llm_mode": "always"})
    with tenant_context(committed):
        reserved = reserve_one(committed).call
        with tenant_transaction(committed):
            ModelCall.objects.all().delete()
    settings.LLM_TOKENS_PER_DAY = 3 * (reserved.tokens_in + reserved.tokens_out)
    return committed


def test_twelve_calls_at_once_do_not_overshoot_the_budget(busy):
    barrier = Barrier(12)

    def call(_number):
        with tenant_context(busy):
            barrier.wait()
            try:
                return reserve_one(busy)
            except NotAskedError as error:
                return error.reason
            finally:
                connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        came = list(pool.map(call, range(12)))
    assert came.count("tokens_of_the_day") == 9
    with tenant_transaction(busy):
        assert ModelCall.objects.filter(outcome=Outcome.RUNNING).count() == 3


def test_a_call_that_died_counts_until_its_day_is_over(busy):
    with tenant_context(busy):
        for _try in range(3):
            reserve_one(busy)
        with pytest.raises(NotAskedError):
            reserve_one(busy)


def test_nobody_is_asked_inside_a_transaction(busy):
    with tenant_transaction(busy), pytest.raises(RuntimeError, match="durable"):
        reserve_one(busy)


@pytest.mark.parametrize("count", [-5000, 10**12])
def test_a_server_that_counts_what_cannot_be_is_not_believed(say, model, count):
    body = f'{{"output": [], "usage": {{"input_tokens": {count}}}}}'
    model.acts(raw(Told(body=body.encode())))
    assert engine_of(say(TEXT)) == "local"
    call = the_call()
    assert (call.outcome, call.reason) == ("failed", "wrong_reply")
    assert 0 < call.tokens_in < 10_000
