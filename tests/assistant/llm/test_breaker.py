"""An endpoint that fails is left alone for a while, for everybody of the office."""

import pytest

from assistant.llm.endpoints import profile_of
from assistant.llm.memory import key_of
from assistant.llm.services import set_language_model
from tenants.cache import outage, tenant_cache
from tests.assistant.llm.conftest import engine_of
from tests.assistant.llm.test_faults import GOOD, TEXT, takes_no_schema
from tests.peers.language_model import fails, unless

# Not the code's own constant: it opens at the fifth failure in a row, and at no other.
MOST_FAILURES = 5

pytestmark = pytest.mark.usefixtures("morning", "pauses")


def test_after_five_failures_it_is_left_alone(say, model, office):
    model.acts(fails(401))
    for _try in range(MOST_FAILURES + 3):
        assert engine_of(say(TEXT)) == "local"
    assert len(model.asked) == MOST_FAILURES


def test_after_its_rest_one_call_tries_and_closes_the_breaker(say, model, office):
    model.acts(fails(401))
    for _try in range(MOST_FAILURES):
        say(TEXT)
    open_key = key_of(profile_of(office).endpoint, "open")
    tenant_cache.delete(open_key)
    say(TEXT)
    assert len(model.asked) == MOST_FAILURES + 1
    say(TEXT)
    assert len(model.asked) == MOST_FAILURES + 1, "the try failed: it rests again"
    tenant_cache.delete(open_key)
    model.acts(GOOD)
    assert [engine_of(say(TEXT)) for _try in range(3)] == ["llm"] * 3


def test_only_one_tries_at_a_time(say, model, office):
    endpoint = profile_of(office).endpoint
    tenant_cache.set(key_of(endpoint, "failures"), MOST_FAILURES, timeout=60)
    tenant_cache.set(key_of(endpoint, "probe"), 1, timeout=60)
    assert engine_of(say(TEXT)) == "local"
    assert model.asked == []


def test_a_failure_of_another_office_opens_no_breaker_here(say, model, mia_api, globex):
    set_language_model(tenant=globex, changes={"llm_mode": "always"})
    model.acts(fails(401))
    for _try in range(MOST_FAILURES):
        mia_api.post("/api/v1/tasks/from-text", {"text": TEXT})
    model.acts(GOOD)
    assert engine_of(say(TEXT)) == "llm"


def test_without_the_cache_it_works_and_remembers_nothing(say, model, monkeypatch):
    monkeypatch.setattr("tenants.cache.Outage.goes_on", property(lambda _self: True))
    model.acts(unless(takes_no_schema, 500, GOOD))
    for _try in range(2):
        assert engine_of(say(TEXT)) == "llm"
    assert len(model.asked) == 4
    model.acts(fails(401))
    for _try in range(MOST_FAILURES + 1):
        assert engine_of(say(TEXT)) == "local"
    assert len(model.asked) == 4 + MOST_FAILURES + 1
    assert outage.ask_again_at is None
