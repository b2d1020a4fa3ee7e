"""Signing in tells a stranger nothing: not by words, not by work."""

import json

import pytest

from accounts.models import RefreshFamily, User
from accounts.services import create_user
from common.errors import UnauthenticatedError
from tenants.context import public_context, tenant_context
from tenants.models import Tenant
from tenants.services import suspend_tenant
from tests.accounts.contract import assert_refused
from tests.conftest import PASSWORD

URL = "/api/v1/auth/login"
ADA = {"email": "ada@acme.example", "password": PASSWORD}


@pytest.fixture
def ada_in_globex(in_acme, globex) -> User:
    """The same e-mail and password in a second office."""
    with tenant_context(globex):
        return create_user(
            email=ADA["email"], full_name="Ada Twice", role="employee", password=PASSWORD
        )


def test_email_and_password_open_the_office(stranger, in_acme):
    answer = stranger.post(URL, ADA)
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 1800)
    assert answer["Cache-Control"] == "no-store"


def test_the_case_of_the_email_does_not_matter(stranger, in_acme):
    assert stranger.post(URL, {**ADA, "email": "ADA@Acme.Example"}).status_code == 200


def test_spaces_around_a_password_are_part_of_it(stranger, in_acme):
    assert stranger.post(URL, {**ADA, "password": f" {PASSWORD}"}).status_code == 401


def test_signing_in_is_remembered(stranger, ada):
    stranger.post(URL, ADA)
    ada.refresh_from_db()
    assert ada.last_login is not None
    assert RefreshFamily.objects.filter(user=ada, ended_at=None).count() == 1


def unknown_email(acme):
    return {**ADA, "email": "nobody@acme.example"}


def wrong_password(acme):
    return {**ADA, "password": "wrong horse battery"}


def disabled_user(acme):
    User.objects.filter(email=ADA["email"]).update(is_active=False)
    return ADA


def unusable_password(acme):
    User.objects.filter(email=ADA["email"]).update(password="!")
    return ADA


def suspended_tenant(acme):
    with public_context():
        suspend_tenant(tenant=acme)
    return ADA


def unready_tenant(acme):
    with public_context():
        Tenant.objects.filter(pk=acme.pk).update(ready=False)
    return ADA


def another_offices_slug(acme):
    return {**ADA, "tenant": "globex"}


def an_unknown_slug(acme):
    return {**ADA, "tenant": "nowhere"}


REASONS = [
    *(unknown_email, wrong_password, disabled_user, unusable_password, suspended_tenant),
    *(unready_tenant, another_offices_slug, an_unknown_slug),
]


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_to_refuse_looks_the_same_and_costs_one_hash(
    stranger, in_acme, globex, hashes, reason
):
    body = reason(in_acme)
    hashes.clear()
    answer = stranger.post(URL, body, headers={"X-Request-ID": "same"})
    assert_refused(answer, 401, code="authentication_failed")
    assert len(hashes) == 1
    known = stranger.post(URL, {**ADA, "password": "nope"}, headers={"X-Request-ID": "same"})
    assert answer.content == known.content
    assert dict(answer.items()) == dict(known.items())


@pytest.mark.parametrize("email", ["nobody@acme.example", "ada@acme.example"])
def test_refusing_on_the_offices_own_host_costs_one_hash(stranger, in_acme, hashes, email):
    body = {"email": email, "password": "wrong horse battery"}
    assert_refused(stranger.post(URL, body, HTTP_HOST="acme.localhost"), 401)
    assert len(hashes) == 1


def test_an_email_that_fits_two_offices_asks_for_the_slug(stranger, ada_in_globex):
    body = assert_refused(stranger.post(URL, ADA), 409, code="tenant_required")
    assert body["tenants"] == ["acme", "globex"]


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_the_slug_picks_one_of_two_offices(stranger, ada_in_globex, slug):
    token = stranger.post(URL, {**ADA, "tenant": slug}).json()["access_token"]
    stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    with public_context():
        tenant_id = str(Tenant.objects.get(slug=slug).pk)
    assert stranger.get("/api/v1/auth/me").json()["tenant_id"] == tenant_id


def test_the_offices_own_host_picks_one_of_two(stranger, ada_in_globex):
    answer = stranger.post(URL, ADA, HTTP_HOST="globex.localhost")
    stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    assert stranger.get("/api/v1/auth/me").json()["full_name"] == "Ada Twice"


def test_a_password_that_fits_one_of_two_offices_opens_that_one(stranger, ada_in_globex, globex):
    with tenant_context(globex):
        ada_in_globex.set_password("another long sentence")
        ada_in_globex.save()
    answer = stranger.post(URL, {**ADA, "password": "another long sentence"})
    stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    assert stranger.get("/api/v1/auth/me").json()["full_name"] == "Ada Twice"


def test_an_old_access_token_in_the_header_changes_nothing(mia_api, in_acme):
    """A client that is still signed in elsewhere signs in here."""
    assert mia_api.post(URL, ADA).status_code == 200


def test_a_wrong_password_never_names_the_offices(stranger, ada_in_globex):
    answer = stranger.post(URL, {**ADA, "password": "wrong horse battery"})
    assert "tenants" not in assert_refused(answer, 401)


BAD = [
    ("email", "", "blank"),
    ("email", "x" * 255, "max_length"),
    ("email", "ada\x00@acme.example", "null_characters_not_allowed"),
    ("password", "", "blank"),
    ("password", "x" * 201, "max_length"),
    ("tenant", "", "blank"),
    ("tenant", "x" * 51, "max_length"),
    ("remember", True, "unknown_field"),
]


@pytest.mark.parametrize(("field", "value", "code"), BAD)
def test_a_bad_field_of_a_sign_in_is_named_before_any_hash(
    stranger, in_acme, hashes, field, value, code
):
    assert_refused(stranger.post(URL, {**ADA, field: value}), 400, code=code, attr=field)
    assert not hashes


@pytest.mark.parametrize("body", [[], "x", 7, None, [ADA]])
def test_a_body_that_is_no_object_is_a_bad_request(stranger, in_acme, body):
    answer = stranger.post(URL, json.dumps(body), content_type="application/json")
    assert_refused(answer, 400)


def test_a_session_that_was_refused_left_nothing_behind(stranger, in_acme):
    from accounts.sessions import sign_in

    with pytest.raises(UnauthenticatedError):
        sign_in(email=ADA["email"], password="wrong horse battery")
    assert not RefreshFamily.objects.filter(user__email=ADA["email"]).exists()
