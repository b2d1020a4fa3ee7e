"""Signing in by an office's own provider: who comes in, as what, and where."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.utils import timezone
from oidc_provider_mock import User as MockUser
from oidc_provider_mock import run_server_in_thread

from accounts.identity_models import Identity, IdentityProvider
from accounts.models import RefreshFamily, User
from tenants.context import public_context
from tenants.domain_models import Domain
from tests.accounts.sso import EVE, PROVIDERS, begin, set_up
from tests.peers.oidc import SECRET, Provider

pytestmark = pytest.mark.usefixtures("loopback")


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


def test_from_a_host_name_of_its_own_one_goes_where_the_provider_sends_back(
    browser, elsewhere, provider, acme
):
    with public_context():
        facts = {"domain": "office.acme.example", "verified_at": timezone.now()}
        Domain.objects.create(tenant=acme, **facts)
    way = f"/sso/{provider.pk}/begin?next=/messages"
    answer = browser().get(way, headers={"host": "office.acme.example"})
    assert answer.url == f"http://acme.localhost:8000{way}"


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
