"""Features that operators switch off, for a tier or for one office: each really stops something."""

import pytest
from django.conf import settings as django_settings

from assistant.llm.endpoints import embedding_profile_of, profile_of
from assistant.llm.services import set_language_model
from common.errors import RefusedError
from config.live.door import admit, still_in
from inbound.mail import office_of_recipient
from tasks.models import Task
from tenants.context import public_context, tenant_context
from tenants.directory import open_tenant_or_none
from tenants.features import has_feature
from tenants.plan_models import Feature, OwnLimits, Plan
from tests.accounts.contract import assert_refused
from tests.conftest import api_as
from tests.plan_limits import allow, statements
from tests.webhooks.conftest import receiver, tell, webhook  # noqa: F401  fixtures
from webhooks.models import WebhookDelivery

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HOOK = {"url": "https://hooks.example/x", "events": ["task.created"]}


def test_programs_get_no_tools_where_mcp_is_off(api, ada, acme, globex, mia_api):
    assert api(ada).post("/mcp", PING).status_code == 200
    allow(acme, mcp=False)
    assert_refused(api(ada).post("/mcp", PING), 403, code="feature_off")
    assert mia_api.post("/mcp", PING).status_code == 200, "another office has it"


def test_no_webhook_is_made_or_told_where_they_are_off(api, ada, in_acme, webhook, receiver):  # noqa: F811
    Task.objects.create(title="Water", creator=ada)
    allow(in_acme, webhooks=False)
    tell()
    assert not receiver.asked
    assert {row.reason for row in WebhookDelivery.objects.all()} == {"The webhook is switched off."}
    client = api(ada)
    assert_refused(client.post("/api/v1/webhooks", HOOK), 403, code="feature_off")
    again = client.patch(f"/api/v1/webhooks/{webhook.pk}", {"is_active": True})
    assert_refused(again, 403, code="feature_off")
    off = client.patch(f"/api/v1/webhooks/{webhook.pk}", {"is_active": False})
    assert off.status_code == 200, "switching it off is always possible"


def test_letters_come_to_nobody_where_they_are_off(acme, settings):
    settings.INBOUND_MAIL_DOMAIN = "in.example"
    assert office_of_recipient("office+acme@in.example") == acme
    allow(acme, inbound_mail=False)
    assert office_of_recipient("office+acme@in.example") is None


def test_no_model_is_asked_where_they_are_off(in_acme, settings):
    settings.LLM_BASE_URL, settings.OPENAI_API_KEY = "https://models.example/v1", "k"
    set_language_model(tenant=in_acme, changes={"llm_mode": "always", "llm_embeddings": True})
    assert profile_of(in_acme)
    assert embedding_profile_of(in_acme)
    allow(in_acme, language_model=False)
    assert profile_of(in_acme) is None
    assert embedding_profile_of(in_acme) is None
    with pytest.raises(RefusedError, match="switched off for your office"):
        set_language_model(tenant=in_acme, changes={"llm_mode": "unsure"})
    assert set_language_model(tenant=in_acme, changes={"llm_mode": "off"}).llm_mode == "off"


def test_no_page_listens_where_live_updates_are_off(acme, ada, browser, settings):
    settings.LIVE_URL = "/live"
    pages = browser(ada)
    pages.get("/")
    key = pages.cookies[django_settings.SESSION_COOKIE_NAME].value
    cookie = f"{django_settings.SESSION_COOKIE_NAME}={key}"
    assert b'"/live"' in pages.get("/").content
    with public_context():
        assert admit("acme.localhost", cookie, "")
        assert still_in(acme, {key}) == {key}
    allow(acme, live_updates=False)
    assert b'"/live"' not in pages.get("/").content
    with public_context():
        assert admit("acme.localhost", cookie, "") is None
        assert still_in(acme, {key}) == set(), "whoever listens already is sent away"


@pytest.mark.parametrize("feature", Feature)
def test_a_tier_decides_and_one_office_may_be_agreed_with(feature, acme, globex):
    with public_context():
        Plan.objects.filter(tier="free").update(**{feature.value: False})
    allow(acme, **{feature.value: True})
    here, there = (open_tenant_or_none(each.pk) for each in (acme, globex))
    assert statements(lambda: has_feature(feature, here) and has_feature(feature, there)) == []
    assert (has_feature(feature, here), has_feature(feature, there)) == (True, False)
    with tenant_context(acme):
        assert has_feature(feature)
    with public_context():
        assert has_feature(feature), "operators have all of them"


def test_a_switch_holds_from_the_next_request_though_the_office_is_remembered(acme, ada):
    client = api_as(ada, acme)
    switched = [
        lambda: OwnLimits.objects.update_or_create(tenant=acme, defaults={"mcp": False}),
        lambda: OwnLimits.objects.filter(tenant=acme).update(mcp=None),
        lambda: Plan.objects.filter(tier=acme.subscription_tier).update(mcp=False),
        lambda: OwnLimits.objects.filter(tenant=acme).update(mcp=True),
    ]
    for switch, status in zip(switched, (403, 200, 403, 200), strict=True):
        assert client.get("/api/v1/auth/me").status_code == 200
        with public_context():
            switch()
        assert client.post("/mcp", PING).status_code == status


def test_an_office_is_read_together_with_its_switches(acme):
    def enter():
        office = open_tenant_or_none(acme.pk)
        assert office is not None
        return [has_feature(feature, office) for feature in Feature]

    assert len(statements(enter)) == 1
