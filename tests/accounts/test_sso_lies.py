"""Signing in by an office's own provider: every way in which one lies, or is put in between."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.identity_models import Identity
from accounts.models import User
from tests.accounts.sso import begin, set_up
from tests.peers.loopback import serving
from tests.peers.oidc import CLIENT, Provider, new_key

pytestmark = pytest.mark.usefixtures("loopback")


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
