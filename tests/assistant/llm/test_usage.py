"""What the office has used of language models is told to those who pay for it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from assistant.llm.models import ModelCall, Outcome
from assistant.llm.services import set_language_model
from tests.assistant.llm.test_faults import GOOD, TEXT
from tests.peers.language_model import fails

pytestmark = pytest.mark.usefixtures("morning", "pauses")
USAGE = "/api/v1/assistant/usage"


def call(model="large", *, ms, age=timedelta(0), outcome=Outcome.USED, cost="0.25") -> ModelCall:
    made = ModelCall.objects.create(
        purpose="sentence",
        model=model,
        host="models.example",
        ms=ms,
        tokens_in=400,
        tokens_out=50,
        cost=Decimal(cost),
        outcome=outcome,
    )
    ModelCall.objects.filter(pk=made.pk).update(created_at=timezone.now() - age)
    return made


def test_a_line_for_each_model(api, ada, in_acme):
    for ms in (100, 200, 900):
        call(ms=ms)
    call(ms=None, outcome=Outcome.FAILED)
    call("small", ms=7, outcome=Outcome.REFUSED)
    lines = api(ada).get(USAGE).json()["results"]
    assert lines[0] == {
        "model": "large",
        "feature": "sentence",
        "calls": 4,
        "used": 3,
        "refused": 0,
        "failed": 1,
        "tokens_in": 1600,
        "tokens_out": 200,
        "cost": "1.000000",
        "latency_median": 200,
        "latency_p95": 900,
    }
    assert (lines[1]["model"], lines[1]["refused"]) == ("small", 1)


def test_it_tells_of_this_month_or_of_the_time_asked_for(api, ada, in_acme):
    call(ms=1, age=timedelta(days=40))
    call(ms=1, age=timedelta(days=2))
    client = api(ada)

    def calls(query=""):
        return [line["calls"] for line in client.get(USAGE + query).json()["results"]]

    assert calls() == [1]
    assert calls("?since=2024-01-01T00:00:00Z") == [2]
    assert calls("?since=2024-01-01T00:00:00Z&until=2024-05-01T00:00:00Z") == [1]


def test_what_was_really_asked_shows_up_with_the_limits_of_the_day(say, model, api, ada, office):
    model.acts(GOOD, fails(401))
    for _time in range(2):
        say(TEXT)
    told = api(ada).get(USAGE).json()
    assert told["today"]["tokens"] == 450
    assert told["today"]["tokens_per_day"] == 1_000_000
    [line] = told["results"]
    assert (line["calls"], line["used"], line["failed"]) == (2, 1, 1)


def test_without_a_model_there_are_no_limits(api, ada, in_acme):
    set_language_model(tenant=in_acme, changes={"llm_mode": "off"})
    today = api(ada).get(USAGE).json()["today"]
    assert (today["tokens"], today["tokens_per_day"], today["cost_per_day"]) == (0, None, None)


@pytest.mark.parametrize("query", ["since=yesterday", "until=2024-05-01", "model=large"])
def test_a_bad_question_is_refused_by_name(api, ada, in_acme, query):
    answer = api(ada).get(f"{USAGE}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == query.partition("=")[0]
