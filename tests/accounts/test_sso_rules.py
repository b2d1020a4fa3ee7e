"""How an office sets its provider up, and lets nobody in but by it."""

import pytest

from accounts.identity_models import IdentityProvider
from accounts.models import Role
from tenants.context import public_context
from tests.accounts.contract import assert_refused
from tests.accounts.letters import letters
from tests.accounts.sso import EVE, PROVIDERS, set_up
from tests.conftest import PASSWORD
from tests.pages.conftest import sign_in as sign_in_to_page
from tests.peers.oidc import SECRET, Provider

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"issuer": "ftp://x.example"}, "issuer"),
        ({"issuer": "https://x.example?a=b"}, "issuer"),
        ({"domains": ["no domain"]}, "domains"),
        ({"domains": []}, "domains"),
        ({"default_role": "king"}, "role"),
        ({"role_map": {"x": "king"}}, "role"),
    ],
)
def test_a_provider_that_makes_no_sense_is_refused(api, ada, change, attr):
    good = {"name": "X", "issuer": "https://x.example", "client_id": "x", "domains": ["x.example"]}
    assert_refused(api(ada).post(PROVIDERS, {**good, **change}), 400, attr=attr)
    made = api(ada).post(PROVIDERS, good)
    assert made.status_code == 201
    assert made.json()["redirect_uri"].endswith(f"/sso/{made.json()['id']}/callback")


def test_the_console_sets_a_provider_up_and_keeps_its_secret(browser, ada, in_acme):
    client, table = browser(ada), "/admin/accounts/identityprovider/"
    form = {
        "name": "Okta",
        "issuer": "https://acme.okta.example",
        "client_id": "x",
        "client_secret": SECRET,
        "domains": "Acme.example",
        "default_role": str(Role.objects.get(name="employee").pk),
        "role_map": "bosses: manager\r\n\r\nhttps://groups.example/all : employee",
        "is_active": "on",
    }
    made = client.post(f"{table}add/", form)
    assert made.status_code == 302, made.content
    provider = IdentityProvider.objects.get()
    assert (provider.domains, provider.client_secret) == (["acme.example"], SECRET)
    path = f"{table}{provider.pk}/change/"
    page = client.get(path).content.decode()
    assert SECRET not in page
    assert f"/sso/{provider.pk}/callback" in page
    assert client.post(path, {**form, "client_secret": "", "name": "Okta 2"}).status_code == 302
    provider.refresh_from_db()
    assert (provider.name, provider.client_secret) == ("Okta 2", SECRET)
    assert "https://groups.example/all: employee" in page
    for wrong in ("x: king", "bosses manager", "bosses:", ": manager"):
        assert client.post(path, {**form, "role_map": wrong}).status_code == 200
    provider.refresh_from_db()
    groups = {"bosses": "manager", "https://groups.example/all": "employee"}
    assert provider.role_map == groups


# --- Nobody but by the provider


@pytest.fixture
def only(acme, provider, ada):
    update = {"sso_only": True, "sso_break_glass": str(ada.pk)}
    acme.settings = acme.settings.model_copy(update=update)
    with public_context():
        acme.save()


def test_an_office_by_its_provider_alone_refuses_passwords_but_of_one(
    browser, stranger, only, eve, ada
):
    login = "/api/v1/auth/login"
    assert_refused(stranger.post(login, {"email": EVE, "password": PASSWORD}), 401)
    assert stranger.post(login, {"email": ada.email, "password": PASSWORD}).status_code == 200
    assert sign_in_to_page(browser(), EVE).status_code == 200
    assert sign_in_to_page(browser(), ada.email).status_code == 302
    stranger.post("/api/v1/auth/password/reset", {"email": EVE})
    assert letters("password_reset", EVE) == []


def test_that_needs_a_provider_and_an_admin_who_gets_in(api, ada, eve):
    rules = "/api/v1/admin/security"
    client = api(ada)
    for person in (None, str(eve.pk)):
        answer = client.patch(rules, {"sso_only": True, "sso_break_glass": person})
        assert_refused(answer, 400, code="no_break_glass")
    good = {"sso_only": True, "sso_break_glass": str(ada.pk)}
    assert_refused(client.patch(rules, good), 400, code="no_provider")
    set_up(Provider(port=1))
    assert client.patch(rules, good).json()["sso_only"] is True
