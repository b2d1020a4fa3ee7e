"""How often the API may be asked, and what everybody is told of it."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.api_keys import create_api_key
from tenants import cache, rates
from tenants.context import public_context
from tenants.plan_models import Plan, Tier
from tenants.rates import OwnBuckets
from tenants.services import change_tier
from tests.isolation.openapi import check, description, response_schema
from tests.isolation.routes import operation
from tests.plan_limits import allow

RATES = {
    "stranger": (6, 3600),
    "sign_in": (2, 3600),
    "register": (1, 3600),
    "vendor": (9, 3600),
    "unlimited": (60_000, 60),
}
NAMES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest.fixture(params=["store", "process"])
def counted(request, settings, monkeypatch, acme):
    """Rates hold; each test has buckets of its own, in the store and without it."""
    settings.API_RATES = RATES
    settings.FAIR_SHARE = 0.5
    if request.param == "process":
        monkeypatch.setattr(cache.outage, "ask_again_at", float("inf"))
    monkeypatch.setattr(rates, "own_buckets", OwnBuckets())
    mark = uuid4().hex
    key = rates.Bucket.key.fget
    monkeypatch.setattr(rates.Bucket, "key", property(lambda bucket: f"{key(bucket)}:{mark}"))


def told(answer):
    return [int(answer.headers[name]) for name in NAMES]


def asked(client, times, path="/api/v1/auth/me"):
    return [client.get(path) for _each in range(times)]


@pytest.mark.usefixtures("counted")
def test_an_office_asks_as_often_as_its_plan_says(acme, api, ada, max_, eve):
    allow(acme, requests_per_minute=4)
    people = [api(user) for user in (ada, max_, eve)]
    answers = [client.get("/api/v1/auth/me") for client in (*people, people[0], people[1])]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    limit, remaining, reset = told(answers[0])
    assert (limit, remaining) == (2, 1)
    assert 1 <= reset <= 30
    refused = answers[-1]
    assert told(refused)[:2] == [4, 0]
    assert 1 <= int(refused.headers["Retry-After"]) <= 15
    body = refused.json()
    assert body["errors"][0]["code"] == "throttled"
    assert body["errors"][0]["detail"].startswith("Your plan allows 4 requests a minute")
    assert (body["limit"], body["maximum"]) == ("requests_per_minute", 4)
    check(body, response_schema(operation("GET", "me"), 429))


@pytest.mark.usefixtures("counted")
def test_one_person_leaves_the_others_their_share(acme, api, ada, eve):
    allow(acme, requests_per_minute=6)
    answers = asked(api(ada), 5)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[3].json()["errors"][0]["detail"].startswith("One person may make 3")
    assert told(answers[3])[:2] == [3, 0]
    others = api(eve).get("/api/v1/auth/me")
    assert others.status_code == 200
    assert told(others)[:2] == [6, 2], "what was refused has cost nothing"


@pytest.mark.usefixtures("counted")
def test_one_key_leaves_its_owner_and_the_other_keys_their_share(acme, api, ada, settings):
    settings.FAIR_SHARE, settings.KEY_SHARE = 0.8, 0.3
    allow(acme, requests_per_minute=10)
    first, other = (
        APIClient(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {key}")
        for key in (create_api_key(name=name, scopes=[], by=ada)[1] for name in "ab")
    )
    answers = asked(first, 4)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["errors"][0]["detail"].startswith("One API key may make 3")
    assert told(answers[3])[:2] == [3, 0]
    assert told(other.get("/api/v1/auth/me"))[:2] == [3, 2]
    assert told(api(ada).get("/api/v1/auth/me"))[:2] == [8, 3]


@pytest.mark.usefixtures("counted")
def test_one_office_takes_nothing_from_another(acme, globex, api, ada, mia_api):
    allow(acme, requests_per_minute=1)
    allow(globex, requests_per_minute=10)
    assert [answer.status_code for answer in asked(api(ada), 2)] == [200, 429]
    assert told(mia_api.get("/api/v1/auth/me"))[:2] == [5, 4]


@pytest.mark.usefixtures("counted")
def test_a_token_at_the_wrong_door_counts_as_a_strangers(acme, api, ada, mia_api):
    """Neither may it use up an office's requests, nor be told how many are left."""
    answer = api(ada, host="globex.localhost").get("/api/v1/auth/me")
    assert (answer.status_code, told(answer)[:2]) == (401, [6, 5])


@pytest.mark.usefixtures("counted")
def test_the_plan_decides_and_a_plan_without_a_limit_has_the_platforms(acme, api, ada):
    client = api(ada)
    for tier, limit in ((Tier.FREE, 60), (Tier.PRO, 600), (Tier.ENTERPRISE, 6000)):
        change_tier(tenant=acme, tier=tier)
        assert told(client.get("/api/v1/auth/me"))[0] == limit
    with public_context():
        Plan.objects.filter(tier=Tier.ENTERPRISE).update(requests_per_minute=None)
    change_tier(tenant=acme, tier=Tier.PRO)
    change_tier(tenant=acme, tier=Tier.ENTERPRISE)
    assert told(client.get("/api/v1/auth/me"))[0] == 30_000


@pytest.mark.usefixtures("counted")
def test_a_plan_without_the_api_says_so(acme, api, ada):
    allow(acme, requests_per_minute=0)
    answer = api(ada).get("/api/v1/auth/me")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "not_in_plan")
    assert told(answer) == [0, 0, 0]


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("localhost", "/api/v1/auth/me", 401),
        ("localhost", "/api/v1/nothing", 404),
        ("nowhere.localhost", "/api/v1/auth/me", 404),
        ("acme.localhost", "/api/v1/nothing", 404),
    ],
)
def test_strangers_are_counted_by_address_wherever_they_knock(host, path, status, db):
    client = APIClient(HTTP_HOST=host)
    answers = asked(client, 7, path)
    assert [answer.status_code for answer in answers] == [status] * 6 + [429]
    assert [told(answer)[:2] for answer in answers] == [[6, left] for left in (5, 4, 3, 2, 1, 0, 0)]
    assert answers[-1].json()["errors"][0]["detail"].startswith("From one address 6 requests")
    elsewhere = client.get(path, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == status


@pytest.mark.usefixtures("counted")
def test_what_is_not_there_counts_for_the_person_who_asks(acme, api, ada):
    allow(acme, requests_per_minute=4)
    answers = asked(api(ada), 3, "/api/v1/nothing")
    assert [(answer.status_code, told(answer)[1]) for answer in answers] == [
        (404, 1),
        (404, 0),
        (429, 0),
    ]


@pytest.mark.usefixtures("counted")
def test_doors_that_stand_open_have_rates_of_their_own(acme, api, ada):
    """A good token does not help whoever guesses passwords."""
    body = {"email": "ada@acme.example", "password": "a guess, a wrong one"}
    for client in (APIClient(HTTP_HOST="localhost"), api(ada)):
        answers = [client.post("/api/v1/auth/login", body, format="json") for _each in range(2)]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert told(answers[0])[:2] == [2, 0]
    assert asked(APIClient(HTTP_HOST="localhost"), 1)[0].status_code == 401


@pytest.mark.usefixtures("counted")
def test_of_ipv6_a_whole_network_is_one_address(db):
    client = APIClient(HTTP_HOST="localhost")
    for number in range(6):
        client.get("/api/v1/auth/me", REMOTE_ADDR=f"2001:db8:1:2::{number}")
    refused = client.get("/api/v1/auth/me", REMOTE_ADDR="2001:db8:1:2:ffff::1")
    other = client.get("/api/v1/auth/me", REMOTE_ADDR="2001:db8:1:3::1")
    assert (refused.status_code, other.status_code) == (429, 401)


def test_it_asks_the_store_once(settings, acme, api, ada, monkeypatch):
    settings.API_RATES = RATES
    asked_for = []
    client, real = api(ada), cache.Client._count

    def run(self, script, keys, numbers):
        asked_for.append(len(keys))
        return real(self, script, keys, numbers)

    monkeypatch.setattr(cache.Client, "_count", run)
    assert client.get("/api/v1/auth/me").status_code == 200
    assert asked_for == [2]


def test_pages_are_not_counted(settings, acme, browser, ada):
    settings.API_RATES = RATES
    answer = browser(ada).get("/")
    assert answer.status_code == 200
    assert not set(NAMES) & {*answer.headers}


def test_the_description_tells_of_it_once():
    told = description()
    assert set(NAMES) == set(told["components"]["headers"])
    for path, methods in told["paths"].items():
        for told_of in methods.values():
            answers = told_of["responses"]
            assert answers["429"] == {"$ref": "#/components/responses/TooMany"}, path
            assert all(
                set(NAMES) <= set(answer["headers"])
                for status, answer in answers.items()
                if status != "429"
            )
