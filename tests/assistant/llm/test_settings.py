"""An office's own endpoint: its address is looked at, its key is kept and shown to nobody."""

import json
import logging
import zipfile
from io import StringIO
from ipaddress import ip_network

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from assistant.llm.endpoints import profile_of
from assistant.llm.models import ModelCall, ModelKey
from assistant.llm.services import set_language_model
from common.errors import InvalidError
from tenants.archive.writer import write_archive
from tenants.cache import tenant_cache
from tenants.context import public_context, tenant_context, tenant_transaction
from tests.assistant.llm.conftest import engine_of, the_call
from tests.peers.language_model import fails, reading, says

pytestmark = pytest.mark.usefixtures("morning")

SECRET = "sk-tenant-5e1d"
TEXT = "water the palms tomorrow at 3pm"
GOOD = says(reading(title="water the palms", when=["tomorrow at 3pm"]))


@pytest.fixture
def own(office, platform, model):
    """Acme has an endpoint of its own, on a network that the operator allows."""
    platform.LLM_BASE_URL = "http://127.0.0.1:1/v1"
    platform.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"),)
    changes = {"llm_base_url": model.url, "llm_model": "own-model"}
    set_language_model(tenant=office, changes=changes, key=SECRET)
    return office


def test_an_office_asks_its_own_endpoint_with_its_own_key(say, own, model):
    model.acts(GOOD)
    assert engine_of(say(TEXT)) == "llm"
    [asked] = model.asked
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.body["model"] == the_call().model == "own-model"


def test_the_platforms_key_never_goes_to_an_offices_endpoint(say, own, model, platform):
    ModelKey.objects.all().delete()
    model.acts(GOOD)
    assert engine_of(say(TEXT)) == "llm"
    assert "authorization" not in model.asked[0].headers
    assert "sk-platform" not in json.dumps([model.asked[0].headers, model.asked[0].body])


def test_an_address_of_an_office_does_not_lead_inside(say, own, model, platform):
    platform.OUTGOING_NETWORKS = ()
    assert engine_of(say(TEXT)) == "local"
    assert the_call().reason == "forbidden_address"
    assert model.asked == []


def test_a_redirect_is_not_followed(say, own, model):
    model.acts(fails(307, Location="http://127.0.0.1:1/v1"))
    assert engine_of(say(TEXT)) == "local"
    assert len(model.asked) == 1


def test_a_key_is_forgotten_with_its_address(own):
    set_language_model(tenant=own, changes={"llm_model": "other"})
    assert ModelKey.objects.get().key == SECRET
    set_language_model(tenant=own, changes={"llm_base_url": "https://elsewhere.example/v1"})
    assert not ModelKey.objects.exists()


def test_a_key_is_changed_and_taken_away(own):
    set_language_model(tenant=own, changes={}, key="sk-new")
    assert ModelKey.objects.get().key == "sk-new"
    set_language_model(tenant=own, changes={}, key="")
    assert not ModelKey.objects.exists()


def test_a_key_without_an_address_is_refused(office):
    with pytest.raises(InvalidError, match="address"):
        set_language_model(tenant=office, changes={}, key=SECRET)
    assert not ModelKey.objects.exists()


def test_a_key_is_refused_together_with_taking_its_address_away(own):
    with pytest.raises(InvalidError, match="address"):
        set_language_model(tenant=own, changes={"llm_base_url": ""}, key="sk-new")
    assert ModelKey.objects.get().key == SECRET


def test_what_changes_stands_in_the_offices_own_trail(office):
    for mode in ("unsure", "unsure", "off"):
        set_language_model(tenant=office, changes={"llm_mode": mode})
    entries = AuditEntry.objects.filter(content_type__model="tenant", object_pk=str(office.pk))
    states = [map(json.loads, entry.changes["settings"]) for entry in entries]
    modes = {tuple(state["llm_mode"] for state in pair) for pair in states}
    assert modes == {("off", "always"), ("always", "unsure"), ("unsure", "off")}
    assert entries.count() == len(modes)


@pytest.mark.parametrize("key", ["sk-ü", "sk\r\nX-Evil: 1"])
def test_a_key_that_no_header_holds_is_refused(own, key):
    with pytest.raises(InvalidError, match="ASCII"):
        set_language_model(tenant=own, changes={}, key=key)
    assert ModelKey.objects.get().key == SECRET


@pytest.mark.parametrize(
    "changes",
    [
        {"llm_base_url": "ftp://models.example"},
        {"llm_base_url": "models.example/v1"},
        {"llm_base_url": "https://"},
        {"llm_base_url": "https://me:pass@models.example"},
        {"llm_base_url": "https://models.example/v1?key=1"},
        {"llm_base_url": "https://models.example:99999/v1"},
        {"llm_base_url": "https://mödels.example/v1"},
        {"llm_base_url": "https://models.example/v1\r\nX-Evil: 1"},
        {"llm_base_url": "https://models.example/v 1"},
        {"llm_base_url": "https://@models.example/v1?"},
        {"llm_mode": "sometimes"},
        {"llm_api": "soap"},
        {"llm_tokens_per_day": -1},
        {"llm_cost_per_day": "much"},
        {"llm_price_input": 1001},
        {"sms_enabled": True},
    ],
)
def test_what_makes_no_sense_is_refused(office, changes):
    with pytest.raises(InvalidError):
        set_language_model(tenant=office, changes=changes)
    assert profile_of(office).endpoint.is_ours


def test_the_key_stands_in_no_answer_log_or_page(say, own, model, browser, ada, caplog):
    caplog.set_level(logging.DEBUG)
    model.acts(fails(401))
    shown = [say(TEXT).content.decode(), repr(profile_of(own)), caplog.text]
    for page in ("/admin/", "/admin/assistant/modelcall/", "/admin/accounts/auditentry/"):
        answer = browser(ada).get(page)
        assert answer.status_code == 200
        shown.append(answer.content.decode())
    assert not [text for text in shown if SECRET in text]


def test_the_key_stands_in_no_audit_entry_and_no_archive(committed, tmp_path):
    changes = {"llm_base_url": "https://models.example/v1"}
    with tenant_context(committed):
        set_language_model(tenant=committed, changes=changes, key=SECRET)
    with tenant_transaction(committed):
        entry = AuditEntry.objects.get(content_type__model="modelkey")
        assert entry.changes["key"][1] == "***"
    write_archive(tenant=committed, path=tmp_path / "a.zip", report=lambda *_args: None)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "rows/assistant_modelcall.jsonl" in archive.namelist()
        assert "rows/assistant_modelkey.jsonl" not in archive.namelist()
        members = [archive.read(name).decode() for name in archive.namelist()]
    assert not [text for text in members if SECRET in text]


def test_each_office_has_its_own_settings(own, globex, mia_api, model):
    model.acts(GOOD)
    assert profile_of(globex) is None
    mia_api.post("/api/v1/tasks/from-text", {"text": TEXT})
    assert model.asked == []


def test_without_any_endpoint_there_is_no_model(office, platform):
    platform.LLM_BASE_URL = platform.OPENAI_API_KEY = ""
    assert profile_of(office) is None
    platform.OPENAI_API_KEY = "sk-platform"
    assert profile_of(office).endpoint.host == "api.openai.com"


def test_a_command_sets_it(office, monkeypatch):
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(f"{SECRET}\n"))
    with public_context():
        options = {"mode": "unsure", "base_url": "https://models.example/v1", "tokens_per_day": "9"}
        call_command("tenant_language_model", "acme", **options, key_stdin=True, stdout=out)
        office.refresh_from_db()
    assert (office.settings.llm_mode, office.settings.llm_tokens_per_day) == ("unsure", 9)
    assert ModelKey.objects.get().key == SECRET
    assert "base_url: https://models.example/v1" in out.getvalue()
    assert SECRET not in out.getvalue()
    with public_context(), pytest.raises(CommandError, match="mode: "):
        call_command("tenant_language_model", "acme", mode="loud")
    tenant_cache.clear()
    assert not ModelCall.objects.exists()
