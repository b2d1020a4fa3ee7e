"""An office's admins say which model it uses, by the API and in the console."""

import pytest

from assistant.llm.models import ModelKey
from tenants.context import public_context
from tenants.models import Tenant
from tests.assistant.llm.conftest import engine_of
from tests.assistant.llm.test_settings import GOOD, SECRET, TEXT
from tests.pages.conftest import INLINE_CODE

pytestmark = pytest.mark.usefixtures("morning")

MODEL = "/api/v1/assistant/language-model"
PAGE = "/admin/assistant/modelcall/settings/"
OWN = {
    "mode": "unsure",
    "base_url": "https://models.example/v1",
    "model": "large",
    "api": "chat",
    "tokens_per_day": 50_000,
    "cost_per_day": "2.500000",
    "price_input": "0.100000",
    "price_output": "0.400000",
    "embeddings": False,
    "embedding_model": "vectors",
    "embedding_size": 512,
    "price_embedding": "0.020000",
}


def stored(office):
    with public_context():
        return Tenant.objects.get(pk=office.pk).settings


def test_an_office_that_set_nothing_asks_no_model(api, ada, in_acme):
    shown = api(ada).get(MODEL).json()
    assert (shown["mode"], shown["base_url"], shown["has_key"]) == ("off", "", False)
    assert (shown["tokens_per_day"], shown["cost_per_day"]) == (None, None)


def test_what_is_set_is_shown_but_for_the_key(api, ada, in_acme):
    client = api(ada)
    answer = client.patch(MODEL, {**OWN, "key": SECRET})
    assert answer.json() == client.get(MODEL).json() == {**OWN, "has_key": True}
    assert ModelKey.objects.get().key == SECRET
    assert {name: str(getattr(stored(in_acme), f"llm_{name}")) for name in ("mode", "model")} == {
        "mode": "unsure",
        "model": "large",
    }


def test_what_is_not_given_stays(api, ada, in_acme):
    client = api(ada)
    client.patch(MODEL, {**OWN, "key": SECRET})
    answer = client.patch(MODEL, {"mode": "off", "tokens_per_day": None})
    assert answer.json() == {**OWN, "mode": "off", "tokens_per_day": None, "has_key": True}
    assert client.patch(MODEL, {"key": ""}).json()["has_key"] is False
    assert not ModelKey.objects.exists()


def test_another_address_forgets_the_key(api, ada, in_acme):
    client = api(ada)
    client.patch(MODEL, {**OWN, "key": SECRET})
    answer = client.patch(MODEL, {"base_url": "https://elsewhere.example/v1"})
    assert answer.json()["has_key"] is False


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"mode": "sometimes"}, "mode"),
        ({"api": "soap"}, "api"),
        ({"base_url": "ftp://models.example"}, "base_url"),
        ({"base_url": "https://" + "a" * 300}, "base_url"),
        ({"base_url": None}, "base_url"),
        ({"model": "m" * 101}, "model"),
        ({"model": 5}, "model"),
        ({"tokens_per_day": -1}, "tokens_per_day"),
        ({"tokens_per_day": 10**13}, "tokens_per_day"),
        ({"cost_per_day": "-0.01"}, "cost_per_day"),
        ({"cost_per_day": "100001"}, "cost_per_day"),
        ({"price_input": "1000.01"}, "price_input"),
        ({"price_output": "NaN"}, "price_output"),
        ({"embeddings": True, "base_url": "https://models.example"}, "embedding_model"),
        ({"embedding_size": 4}, "embedding_size"),
        ({"embedding_size": 5000}, "embedding_size"),
        ({"key": SECRET}, "key"),
        ({"base_url": "https://models.example", "key": "sk-ü"}, "key"),
        ({"has_key": True}, "has_key"),
        ({"sms_enabled": True}, "sms_enabled"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(api, ada, in_acme, changes, attr):
    before = stored(in_acme)
    answer = api(ada).patch(MODEL, {"mode": "always", **changes})
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert stored(in_acme) == before
    assert not ModelKey.objects.exists()


def test_it_holds_from_the_next_sentence_on(say, model, office, api, ada):
    model.acts(GOOD)
    client = api(ada)
    client.patch(MODEL, {"mode": "off"})
    assert engine_of(say(TEXT)) == "local"
    client.patch(MODEL, {"mode": "always"})
    assert engine_of(say(TEXT)) == "llm"
    client.patch(MODEL, {"tokens_per_day": 0})
    assert engine_of(say(TEXT)) == "local"


# --- The console


@pytest.fixture
def console(browser, ada):
    client = browser(ada)
    client.raise_request_exception = True
    return client


def test_the_console_shows_and_sets_what_the_api_does(console, api, ada, in_acme):
    answer = console.post(PAGE, {**OWN, "key": SECRET})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert api(ada).get(MODEL).json() == {**OWN, "has_key": True}
    page = console.get(PAGE)
    assert {name: str(page.context["form"][name].value()) for name in OWN} == {
        **OWN,
        "tokens_per_day": "50000",
        "cost_per_day": "2.500000",
        "embeddings": "False",
        "embedding_size": "512",
    }
    assert SECRET not in page.content.decode()
    assert not INLINE_CODE.search(page.content.decode())


def test_the_ledger_leads_to_the_settings(console, in_acme):
    assert f'href="{PAGE}"' in console.get("/admin/assistant/modelcall/").content.decode()


def test_in_the_console_an_empty_key_stays_until_it_is_to_be_forgotten(console, in_acme):
    console.post(PAGE, {**OWN, "key": SECRET})
    console.post(PAGE, OWN)
    assert ModelKey.objects.get().key == SECRET
    console.post(PAGE, {**OWN, "forget_key": "on"})
    assert not ModelKey.objects.exists()


def test_an_empty_limit_is_the_platforms_again(console, in_acme):
    console.post(PAGE, OWN)
    console.post(PAGE, {**OWN, "tokens_per_day": "", "cost_per_day": ""})
    settings = stored(in_acme)
    assert (settings.llm_tokens_per_day, settings.llm_cost_per_day) == (None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "sometimes"),
        ("base_url", "ftp://models.example"),
        ("model", "m" * 101),
        ("tokens_per_day", "-1"),
        ("price_output", "1001"),
        ("price_input", ""),
        ("key", "sk-ü"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(console, in_acme, field, value):
    before = stored(in_acme)
    answer = console.post(PAGE, {**OWN, field: value})
    assert answer.status_code == 200
    assert [*answer.context["form"].errors] == [field]
    assert stored(in_acme) == before
    assert not ModelKey.objects.exists()


def test_a_typed_key_does_not_come_back_with_a_refusal(console, in_acme):
    answer = console.post(PAGE, {**OWN, "mode": "sometimes", "key": SECRET})
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("who", ["max_", "eve", None])
def test_only_admins_open_the_settings(browser, request, in_acme, who):
    client = browser(request.getfixturevalue(who) if who else None)
    for answer in (client.get(PAGE), client.post(PAGE, {**OWN, "key": SECRET})):
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
    assert stored(in_acme).llm_mode == "off"
    assert not ModelKey.objects.exists()
