"""Signing in by an office's own provider: a good one, and every way in which one lies."""

import logging
import re
import time
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.utils import timezone
from oidc_provider_mock import User as MockUser
from oidc_provider_mock import run_server_in_thread

from accounts.identity_models import Identity, IdentityProvider
from accounts.models import RefreshFamily, Role, User
from tenants.cache import tenant_cache
from tenants.context import public_context
from tenants.domain_models import Domain
from tests.accounts.contract import assert_refused
from tests.accounts.letters import letters
from tests.conftest import PASSWORD
from tests.pages.conftest import sign_in as sign_in_to_page
from tests.peers.loopback import serving
from tests.peers.oidc import CLIENT, SECRET, Provider, new_key

EVE, PROVIDERS = "eve@acme.example", "/api/v1/admin/identity-providers"


@pytest.fixture(autouse=True)
def loopback(settings, in_acme):
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    tenant_cache.clear()


@pytest.fixture
def elsewhere(in_acme):
    with serving(Provider()) as provider:
        yield provider


def set_up(peer, name="Elsewhere", **more):
    facts = {
        "name": name,
        "issuer": peer.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "domains": ["acme.example"],
        "default_role": Role.objects.get(name="employee"),
        **more,
    }
    return IdentityProvider.objects.create(**facts)


@pytest.fixture
def provider(elsewhere):
    return set_up(elsewhere)


def begin(client, provider, query=""):
    answer = client.get(f"/sso/{provider.pk}/begin{query}")
    assert answer.status_code == 302, answer.content
    return answer.url


@pytest.fixture
def refused(caplog):
    """`refused(answer, reason)`: it signs nobody in, tells nobody why, and writes down why."""

    def check(client, answer, reason):
        assert answer.status_code == 401, answer.content
        assert b"was not accepted" in answer.content
        assert client.get("/").status_code == 302
        told = [record.reason for record in caplog.records if hasattr(record, "reason")]
        assert reason in told[-1:], told

    caplog.set_level(logging.WARNING)
    return check


def test_a_person_comes_in_and_goes_on_where_they_wanted(browser, elsewhere, provider, eve):
    client = browser()
    chosen = client.get("/sso", {"email": "Eve@ACME.example", "next": "/messages"})
    way = re.search(r'href="(/sso/[^"]+)"', chosen.content.decode())[1].replace("&amp;", "&")
    address = client.get(way).url
    query = parse_qs(urlsplit(address).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    answer = client.get(elsewhere.back(address))
    assert (answer.status_code, answer.url) == (302, "/messages")
    assert client.get("/").wsgi_request.user == eve
    assert RefreshFamily.objects.filter(user=eve, method="sso").exists()
    assert Identity.objects.get(user=eve).subject == "person-1"


def test_there_is_no_way_for_an_address_of_nobodys(browser, provider):
    for email in ("x@else.example", "", "acme.example@"):
        assert browser().get("/sso", {"email": email}).status_code == 404


def test_the_subject_is_who_it_is_and_not_the_address(browser, elsewhere, provider, eve, refused):
    client = browser()
    client.get(elsewhere.back(begin(client, provider)))
    User.objects.filter(pk=eve.pk).update(email="eva@acme.example")
    again = browser()
    assert again.get(elsewhere.back(begin(again, provider))).status_code == 302
    assert again.get("/").wsgi_request.user == eve
    # Somebody else at the provider gets Eve's new address: they do not become Eve.
    elsewhere.claims = {"sub": "person-2", "email": "eva@acme.example"}
    other = browser()
    refused(other, other.get(elsewhere.back(begin(other, provider))), "inactive")


HOSTILE = {
    "issuer": ({"iss": "https://evil.example"}, "InvalidIssuerError"),
    "audience": ({"aud": "somebody else"}, "InvalidAudienceError"),
    "several audiences": ({"aud": [CLIENT, "else"], "azp": "else"}, "azp"),
    "no azp": ({"aud": [CLIENT, "else"]}, "azp"),
    "azp": ({"azp": "else"}, "azp"),
    "nonce": ({"nonce": "of another sign-in"}, "nonce"),
    "ended": ({"exp": int(time.time()) - 120}, "ExpiredSignatureError"),
    "of the future": ({"iat": int(time.time()) + 3600}, "ImmatureSignatureError"),
    "unverified": ({"email_verified": False}, "unverified address"),
    "verified as a word": ({"email_verified": "true"}, "unverified address"),
    "of another office": ({"email": "mia@globex.example"}, "foreign address"),
    "looks alike": ({"email": "x@acme.example.evil.example"}, "foreign address"),
    "nobody here": ({"email": "new@acme.example"}, "nobody here"),
    "no subject": ({"sub": ""}, "sub"),
}


@pytest.mark.parametrize("lie", HOSTILE)
def test_a_lie_is_refused(browser, elsewhere, provider, eve, refused, lie):
    elsewhere.claims, reason = HOSTILE[lie]
    client = browser()
    refused(client, client.get(elsewhere.back(begin(client, provider))), reason)
    assert not Identity.objects.exists()


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "sub"])
def test_a_missing_claim_is_refused(browser, elsewhere, provider, eve, refused, name):
    elsewhere.without = {name}
    client = browser()
    answer = client.get(elsewhere.back(begin(client, provider)))
    refused(client, answer, "MissingRequiredClaimError")


@pytest.mark.parametrize("name", ["nonce", "email_verified"])
def test_what_is_needed_besides_is_refused_too(browser, elsewhere, provider, eve, refused, name):
    elsewhere.without = {name}
    client = browser()
    reason = {"nonce": "nonce", "email_verified": "unverified address"}[name]
    refused(client, client.get(elsewhere.back(begin(client, provider))), reason)


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_signature_that_anybody_could_make_is_refused(
    browser, elsewhere, provider, eve, refused, alg
):
    elsewhere.header = {"alg": alg}
    client = browser()
    refused(client, client.get(elsewhere.back(begin(client, provider))), "alg")


def test_a_signature_of_a_stranger_is_refused(browser, elsewhere, provider, eve, refused):
    client = browser()
    client.get(elsewhere.back(begin(client, provider)))
    client.post("/sign-out")
    elsewhere.keys["one"] = new_key()
    # The published key is remembered: what it did not sign is not believed.
    answer = client.get(elsewhere.back(begin(client, provider)))
    refused(client, answer, "InvalidSignatureError")


def test_keys_roll_over(browser, elsewhere, provider, eve, refused):
    client = browser()
    assert client.get(elsewhere.back(begin(client, provider))).status_code == 302
    elsewhere.keys["two"] = new_key()
    elsewhere.signs_with = "two"
    again = browser()
    assert again.get(elsewhere.back(begin(again, provider))).status_code == 302
    elsewhere.header = {"kid": "three"}
    third = browser()
    refused(third, third.get(elsewhere.back(begin(third, provider))), "kid")


def test_a_state_is_good_once_and_in_its_browser(browser, elsewhere, provider, eve, refused):
    client = browser()
    back = elsewhere.back(begin(client, provider))
    stolen = browser()
    refused(stolen, stolen.get(back), "state")
    assert client.get(back).status_code == 302
    client.post("/sign-out")
    refused(client, client.get(back), "state")


def test_a_state_that_was_refused_is_spent(browser, elsewhere, provider, eve, refused):
    client = browser()
    address = begin(client, provider)
    refused(client, client.get(elsewhere.back(address, code="wrong")), "code")
    refused(client, client.get(elsewhere.back(address)), "state")


@pytest.mark.parametrize("change", [{"state": "x"}, {"iss": "https://evil.example"}, {"code": ""}])
def test_a_changed_way_back_is_refused(browser, elsewhere, provider, eve, refused, change):
    client = browser()
    answer = client.get(elsewhere.back(begin(client, provider), **change))
    refused(client, answer, {"state": "state", "iss": "iss", "code": "error"}[next(iter(change))])


def test_a_sign_in_ends_after_ten_minutes(browser, elsewhere, provider, eve, refused, time_machine):
    client = browser()
    back = elsewhere.back(begin(client, provider))
    time_machine.move_to(timezone.now() + timedelta(minutes=10, seconds=1))
    refused(client, client.get(back), "too late")


def test_two_providers_cannot_be_mixed_up(browser, elsewhere, provider, eve, refused):
    with serving(Provider()) as evil:
        other = set_up(evil, "Evil", domains=["evil.example"])
        client = browser()
        ours, theirs = begin(client, provider), begin(client, other)
        # The state of one, brought back to the other's address, and with the other's code.
        swapped = elsewhere.back(ours).replace(str(provider.pk), str(other.pk))
        refused(client, client.get(swapped), "another provider")
        assert not evil.asked or all(asked.path != "/token" for asked in evil.asked)
        code = evil.agree(theirs)["code"]
        again = begin(client, provider)
        answer = client.get(elsewhere.back(again, code=code, iss=evil.issuer))
        refused(client, answer, "iss")


def test_a_provider_of_another_office_is_not_there(browser, elsewhere, globex):
    from tenants.context import tenant_context

    with tenant_context(globex):
        theirs = set_up(elsewhere, domains=["globex.example"])
    assert browser().get(f"/sso/{theirs.pk}/begin").status_code == 404
    assert browser().get(f"/sso/{theirs.pk}/callback").status_code == 404


def test_a_provider_that_says_it_is_another_is_not_asked(browser, elsewhere, provider):
    elsewhere.document = {"issuer": "https://evil.example"}
    assert browser().get(f"/sso/{provider.pk}/begin").status_code == 422


@pytest.mark.parametrize("name", ["authorization_endpoint", "jwks_uri"])
def test_an_address_that_is_none_is_not_gone_to(browser, elsewhere, provider, name):
    elsewhere.document = {name: "javascript:alert(1)"}
    assert browser().get(f"/sso/{provider.pk}/begin").status_code == 422


def test_a_provider_inside_our_net_is_not_asked(browser, elsewhere, provider, settings):
    settings.OUTGOING_NETWORKS = ()
    assert browser().get(f"/sso/{provider.pk}/begin").status_code == 422
    assert elsewhere.asked == []


def test_somebody_who_left_stays_out(browser, elsewhere, provider, eve, refused):
    client = browser()
    client.get(elsewhere.back(begin(client, provider)))
    User.objects.filter(pk=eve.pk).update(is_active=False)
    again = browser()
    refused(again, again.get(elsewhere.back(begin(again, provider))), "inactive")


# --- Who is made, and as what


def test_somebody_new_is_made_where_the_office_wants_that(browser, elsewhere, provider):
    IdentityProvider.objects.filter(pk=provider.pk).update(creates_people=True)
    elsewhere.claims = {"email": "New@Acme.example", "name": "Nia New", "groups": ["x"]}
    client = browser()
    assert client.get(elsewhere.back(begin(client, provider))).status_code == 302
    nia = User.objects.get(email="new@acme.example")
    assert (nia.full_name, nia.role.name, nia.has_usable_password()) == (
        "Nia New",
        "employee",
        False,
    )
    assert nia.email_verified_at is not None


def test_the_role_follows_the_groups(browser, elsewhere, provider, eve):
    role_map = {"bosses": "manager", "all": "employee"}
    IdentityProvider.objects.filter(pk=provider.pk).update(role_map=role_map)
    for groups, role in (["all", "bosses"], "manager"), (["all"], "employee"), ([], "employee"):
        elsewhere.claims = {"groups": groups}
        client = browser()
        client.get(elsewhere.back(begin(client, provider)))
        assert User.objects.get(pk=eve.pk).role.name == role


def test_the_last_admin_keeps_the_role(browser, elsewhere, provider, ada):
    IdentityProvider.objects.filter(pk=provider.pk).update(role_map={"x": "employee"})
    elsewhere.claims = {"email": ada.email, "groups": ["x"]}
    client = browser()
    assert client.get(elsewhere.back(begin(client, provider))).status_code == 302
    assert User.objects.get(pk=ada.pk).role.name == "admin"


def test_what_the_token_leaves_out_is_asked_for(browser, elsewhere, provider, eve, refused):
    elsewhere.without = {"email", "email_verified"}
    elsewhere.in_userinfo = {"email": EVE, "email_verified": True}
    client = browser()
    assert client.get(elsewhere.back(begin(client, provider))).status_code == 302
    Identity.objects.all().delete()
    elsewhere.in_userinfo |= {"sub": "somebody else"}
    again = browser()
    refused(again, again.get(elsewhere.back(begin(again, provider))), "userinfo")


def test_the_secret_is_shown_to_the_provider_and_to_nobody_else(
    api, browser, elsewhere, provider, ada, eve
):
    client = browser()
    client.get(elsewhere.back(begin(client, provider)))
    (asked,) = [asked for asked in elsewhere.asked if asked.path == "/token"]
    assert asked.headers["authorization"].startswith("Basic ")
    assert SECRET not in api(ada).get(f"{PROVIDERS}/{provider.pk}").content.decode()


def test_signing_out_offers_to_sign_out_there_too(browser, elsewhere, provider, eve):
    client = browser()
    client.get(elsewhere.back(begin(client, provider)))
    answer = client.post("/sign-out")
    assert answer.url == "/signed-out"
    page = client.get(answer.url).content.decode()
    assert f"{elsewhere.issuer}/logout?id_token_hint=" in page
    assert client.get("/").status_code == 302
    assert client.get("/signed-out").status_code == 404


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


# --- A provider that is not ours


@pytest.mark.filterwarnings("ignore")  # of the libraries of that server
def test_a_real_provider_signs_a_person_in_end_to_end(browser, in_acme):
    """`oidc-provider-mock` speaks the protocol by authlib; the form is filled in by HTTP."""
    known = MockUser(
        sub="abc", claims={"email": "nia@acme.example", "email_verified": True, "name": "Nia New"}
    )
    with run_server_in_thread(user_claims=[known]) as server:
        issuer = f"http://localhost:{server.server_port}"
        facts = {"issuer": issuer, "client_secret": "any", "creates_people": True}
        provider = set_up(Provider(), **facts)
        client = browser()
        address = begin(client, provider)
        answer = httpx.post(address, data={"sub": "abc"})
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        done = client.get(f"{back.path}?{back.query}")
        assert done.status_code == 302, done.content
    assert client.get("/").status_code == 200
    assert User.objects.get(email="nia@acme.example").full_name == "Nia New"


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


def test_from_a_host_name_of_its_own_one_goes_where_the_provider_sends_back(
    browser, elsewhere, provider, acme
):
    with public_context():
        facts = {"domain": "office.acme.example", "verified_at": timezone.now()}
        Domain.objects.create(tenant=acme, **facts)
    way = f"/sso/{provider.pk}/begin?next=/messages"
    answer = browser().get(way, headers={"host": "office.acme.example"})
    assert answer.url == f"http://acme.localhost:8000{way}"
