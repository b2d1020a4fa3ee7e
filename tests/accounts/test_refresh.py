"""A refresh token is good once; one that comes twice ends all that came out of it."""

from datetime import timedelta

import jwt
import pytest
import time_machine

from accounts.identity_models import Device
from accounts.models import RefreshFamily, Role, User
from accounts.sessions import forget_ended_families
from tenants.context import public_context, tenant_context
from tenants.services import suspend_tenant
from tests.accounts.contract import assert_refused, bearer
from tests.conftest import api_as

REFRESH, LOGOUT, ME = "/api/v1/auth/refresh", "/api/v1/auth/logout", "/api/v1/auth/me"


@pytest.fixture
def token(api, eve) -> str:
    return api(eve).tokens["refresh_token"]


@pytest.fixture
def exchange(stranger):
    """`exchange(token)` returns the answer to a refresh."""
    return lambda token, **extra: stranger.post(REFRESH, **bearer(token), **extra)


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def family_of(token) -> RefreshFamily:
    return RefreshFamily.objects.get(pk=claims_of(token)["family"])


def test_a_refresh_token_is_exchanged_for_the_next_pair(exchange, stranger, token):
    answer = exchange(token)
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert answer.json()["refresh_token"] != token
    assert stranger.get(ME, **bearer(answer.json()["access_token"])).status_code == 200


def test_the_token_may_stand_in_the_body(stranger, token):
    assert stranger.post(REFRESH, {"refresh_token": token}).status_code == 200


@pytest.mark.parametrize("url", [REFRESH, LOGOUT])
def test_an_access_token_in_the_header_does_not_hide_the_body(api, eve, mia_api, url):
    for caller in (api(eve), mia_api):
        answer = caller.post(url, {"refresh_token": api(eve).tokens["refresh_token"]})
        assert answer.status_code in {200, 204}


@pytest.mark.parametrize("url", [REFRESH, LOGOUT])
def test_without_a_token_nobody_is_known(stranger, in_acme, url):
    assert_refused(stranger.post(url), 401, code="not_authenticated")
    assert_refused(stranger.post(url, {}), 401, code="not_authenticated")


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"refresh_token": ""}, "refresh_token"),
        ({"refresh_token": None}, "refresh_token"),
        ({"refresh_token": "x" * 5000}, "refresh_token"),
        ({"refresh_token": "a\x00"}, "refresh_token"),
        ({"token": "x"}, "token"),
    ],
)
def test_a_bad_body_is_named(stranger, in_acme, body, attr):
    assert_refused(stranger.post(REFRESH, body), 400, attr=attr)


def test_a_chain_of_refreshes_goes_on(exchange, token):
    for _ in range(5):
        answer = exchange(token)
        assert answer.status_code == 200
        token = answer.json()["refresh_token"]


def test_a_spent_token_that_comes_again_ends_the_family(exchange, token):
    newest = exchange(token).json()["refresh_token"]
    assert_refused(exchange(token), 401)
    assert family_of(token).ended_why == "reuse"
    assert_refused(exchange(newest), 401)


def test_a_spent_token_that_comes_a_day_later_ends_the_family(api, eve, exchange):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        token = api(eve).tokens["refresh_token"]
        clock.shift(timedelta(minutes=30))
        newest = exchange(token).json()["refresh_token"]
        clock.shift(timedelta(days=1))
        assert_refused(exchange(token), 401)
        assert_refused(exchange(newest), 401)
        assert family_of(token).ended_why == "reuse"


def test_a_grandparent_that_comes_again_ends_the_family(exchange, token):
    second = exchange(token).json()["refresh_token"]
    third = exchange(second).json()["refresh_token"]
    assert_refused(exchange(token), 401)
    assert_refused(exchange(third), 401)


def test_reuse_ends_one_family_and_no_other(api, eve, exchange, token):
    other = api(eve).tokens["refresh_token"]
    exchange(token)
    assert_refused(exchange(token), 401)
    assert exchange(other).status_code == 200


def test_a_refresh_tells_the_claims_as_they_are_now(exchange, token, eve):
    eve.role = Role.objects.get(name="manager")
    eve.save()
    claims = claims_of(exchange(token).json()["access_token"])
    assert claims["role"] == "manager"
    assert "task:assign" in claims["permissions"]


def test_a_disabled_person_gets_no_next_token(exchange, token, eve):
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert_refused(exchange(token), 401)


def test_a_deleted_person_gets_no_next_token(exchange, token, eve):
    RefreshFamily.objects.filter(user=eve).delete()
    Device.objects.filter(user=eve).delete()
    User.objects.filter(pk=eve.pk)._raw_delete("default")
    assert_refused(exchange(token), 401)


def test_a_suspended_office_gives_no_next_token(exchange, token, acme):
    with public_context():
        suspend_tenant(tenant=acme)
    assert_refused(exchange(token), 401)


def test_a_token_of_another_office_is_refused_on_this_host(exchange, mia, globex, in_acme):
    token = api_as(mia, globex).tokens["refresh_token"]
    assert_refused(exchange(token, HTTP_HOST="acme.localhost"), 401)
    assert exchange(token, HTTP_HOST="globex.localhost").status_code == 200


def test_a_token_that_claims_another_office_is_refused(exchange, token, globex):
    from tests.accounts.test_tokens import forged

    claims = {**claims_of(token), "tenant_id": str(globex.pk)}
    assert_refused(exchange(forged(claims)), 401)
    assert exchange(token).status_code == 200


@pytest.mark.parametrize("change", [{"family": None}, {"family": "x"}, {"family": 7}, {"jti": "x"}])
def test_a_token_with_a_wrong_claim_is_refused(exchange, stranger, token, change):
    from tests.accounts.test_tokens import forged

    bad = forged({**claims_of(token), **change})
    assert_refused(exchange(bad), 401)
    answer = stranger.post(LOGOUT, **bearer(bad))
    assert answer.status_code in {204, 401}
    assert exchange(token).status_code == 200


def test_another_persons_id_in_the_token_is_refused(exchange, token, ada):
    from tests.accounts.test_tokens import forged

    assert_refused(exchange(forged({**claims_of(token), "sub": str(ada.pk)})), 401)


def test_the_session_ends_a_week_after_the_sign_in_however_often_it_is_used(api, eve, exchange):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        token = api(eve).tokens["refresh_token"]
        for _ in range(6):
            clock.shift(timedelta(days=1))
            token = exchange(token).json()["refresh_token"]
        clock.shift(timedelta(days=1))
        assert_refused(exchange(token), 401)


def test_signing_out_ends_the_family(exchange, stranger, token):
    answer = stranger.post(LOGOUT, **bearer(token))
    assert (answer.status_code, answer.content) == (204, b"")
    assert family_of(token).ended_why == "logout"
    assert_refused(exchange(token), 401)


def test_signing_out_twice_is_as_good_as_once(stranger, token):
    assert stranger.post(LOGOUT, {"refresh_token": token}).status_code == 204
    ended_at = family_of(token).ended_at
    assert stranger.post(LOGOUT, {"refresh_token": token}).status_code == 204
    assert family_of(token).ended_at == ended_at


def test_signing_out_with_a_spent_token_ends_the_family_too(exchange, stranger, token):
    newest = exchange(token).json()["refresh_token"]
    assert stranger.post(LOGOUT, **bearer(token)).status_code == 204
    assert_refused(exchange(newest), 401)


def test_signing_out_of_another_office_is_refused(stranger, mia, globex, in_acme):
    token = api_as(mia, globex).tokens["refresh_token"]
    assert_refused(stranger.post(LOGOUT, HTTP_HOST="acme.localhost", **bearer(token)), 401)
    with tenant_context(globex):
        assert family_of(token).ended_at is None


def test_families_are_forgotten_when_their_last_token_has_expired(api, eve):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        token = api(eve).tokens["refresh_token"]
        clock.shift(timedelta(days=7))
        forget_ended_families()
        assert family_of(token)
        clock.shift(timedelta(seconds=1))
        forget_ended_families()
        assert not RefreshFamily.objects.filter(pk=claims_of(token)["family"]).exists()
