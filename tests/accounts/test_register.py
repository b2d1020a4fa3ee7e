"""Opening an office: all of it or nothing."""

import json

import pytest
from django.db import connection

from accounts.models import User
from accounts.permissions import BUILT_IN_ROLES
from tenants.context import public_context, tenant_context
from tenants.models import LoginEntry, Tenant
from tests.accounts.contract import assert_refused

URL = "/api/v1/auth/register"
BODY = {
    "email": "Nina@New.example",
    "password": "a rather long sentence",
    "tenant_name": "New Office",
    "full_name": "Nina New",
}


def stored() -> tuple[int, int, int]:
    with public_context(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace")
        schemas = cursor.fetchone()[0]
        return Tenant.objects.count(), LoginEntry.objects.count(), schemas


@pytest.fixture
def nothing_stored(db):
    """Nothing of a refused registration stays: no office, no directory entry, no schema."""
    before = stored()
    yield
    assert stored() == before


def test_the_first_person_of_a_new_office_is_its_admin_and_signed_in(stranger, db):
    answer = stranger.post(URL, BODY)
    body = answer.json()
    assert answer.status_code == 201
    assert body.keys() == {
        *("access_token", "refresh_token", "token_type", "expires_in", "user", "tenant")
    }
    assert (body["token_type"], body["expires_in"]) == ("bearer", 1800)
    assert body["tenant"].keys() == {"id", "name", "slug"}
    assert (body["tenant"]["name"], body["tenant"]["slug"]) == ("New Office", "new-office")
    assert body["user"]["email"] == "nina@new.example"
    assert body["user"]["role"] == "admin"
    assert body["user"]["permissions"] == sorted(BUILT_IN_ROLES["admin"])
    assert body["user"]["tenant_id"] == body["tenant"]["id"]
    stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {body['access_token']}")
    assert stranger.get("/api/v1/auth/me").json() == body["user"]


def test_a_new_office_holds_nobody_but_its_admin_and_the_built_in_roles(stranger, db):
    tenant_id = stranger.post(URL, BODY).json()["tenant"]["id"]
    with public_context():
        tenant = Tenant.objects.get(pk=tenant_id)
    with tenant_context(tenant):
        assert list(User.objects.values_list("email", flat=True)) == ["nina@new.example"]


def test_a_second_office_of_the_same_name_gets_another_slug(stranger, db):
    slugs = [stranger.post(URL, BODY).json()["tenant"]["slug"] for _ in range(3)]
    assert slugs == ["new-office", "new-office-2", "new-office-3"]


def test_the_same_email_may_belong_to_two_offices(stranger, sign_in, db):
    first = stranger.post(URL, BODY).json()
    second = stranger.post(URL, {**BODY, "tenant_name": "Other"}).json()
    assert first["user"]["id"] != second["user"]["id"]
    assert sign_in("nina@new.example", BODY["password"], tenant="other")


@pytest.mark.parametrize("name", ["API", "www", "Admin"])
def test_a_reserved_host_name_is_never_a_slug(stranger, db, name):
    slug = stranger.post(URL, {**BODY, "tenant_name": name}).json()["tenant"]["slug"]
    assert slug == f"{name.lower()}-2"


@pytest.mark.parametrize(
    "name", ["my_office", "Ümläut & Söhne", "x" * 120, "a.b", "株式会社", "-7-"]
)
def test_every_slug_is_a_host_name_that_opens(stranger, db, name):
    slug = stranger.post(URL, {**BODY, "tenant_name": name}).json()["tenant"]["slug"]
    answer = stranger.get("/.well-known/jwks.json", HTTP_HOST=f"{slug}.localhost")
    assert answer.status_code == 200


BAD = [
    ("password", "short", "weak_password"),
    ("password", "12345678901234", "weak_password"),
    ("password", "nina@new.example", "weak_password"),
    ("password", "passwordpassword\x00", "null_characters_not_allowed"),
    ("password", "x" * 201, "max_length"),
    ("password", "", "blank"),
    ("password", None, "null"),
    ("password", ["a rather long sentence"], "invalid"),
    ("email", "nobody", "invalid"),
    ("email", "a b@new.example", "invalid"),
    ("email", "", "blank"),
    ("email", f"{'x' * 250}@new.example", "max_length"),
    ("email", "nina\x00@new.example", "null_characters_not_allowed"),
    ("email", {"a": 1}, "invalid"),
    ("full_name", "", "blank"),
    ("full_name", "   ", "blank"),
    ("full_name", "x" * 121, "max_length"),
    ("full_name", "Ni\x00na", "null_characters_not_allowed"),
    ("full_name", True, "invalid"),
    ("tenant_name", "", "blank"),
    ("tenant_name", "  ", "blank"),
    ("tenant_name", "!?&", "invalid"),
    ("tenant_name", "x" * 121, "max_length"),
    ("tenant_name", "New\x00Office", "null_characters_not_allowed"),
    ("role", "admin", "unknown_field"),
    ("is_active", True, "unknown_field"),
]


@pytest.mark.parametrize(("field", "value", "code"), BAD)
@pytest.mark.usefixtures("nothing_stored")
def test_a_bad_field_is_named_and_nothing_is_stored(stranger, field, value, code):
    assert_refused(stranger.post(URL, {**BODY, field: value}), 400, code=code, attr=field)


@pytest.mark.parametrize("field", BODY)
@pytest.mark.usefixtures("nothing_stored")
def test_a_missing_field_is_named_and_nothing_is_stored(stranger, field):
    body = {name: value for name, value in BODY.items() if name != field}
    assert_refused(stranger.post(URL, body), 400, code="required", attr=field)


@pytest.mark.usefixtures("nothing_stored")
def test_every_bad_field_is_named_at_once(stranger):
    errors = assert_refused(stranger.post(URL, {}), 400)["errors"]
    assert {error["attr"] for error in errors} == BODY.keys()


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("field", [*BODY, "a\ud800"])
def test_half_a_character_is_refused(stranger, field):
    """JSON can write a lone surrogate; neither the database nor the answer can."""
    body = json.dumps({**BODY, field: "nina\ud800@new.example"})
    assert_refused(stranger.post(URL, body, content_type="application/json"), 400)


@pytest.mark.parametrize("domain", ["İstanbul.example", "ẞ.example", "Å.example", "Ⅷ.example"])
def test_an_address_in_exotic_capitals_can_sign_in_again(stranger, sign_in, db, domain):
    email = f"nina@{domain}"
    assert stranger.post(URL, {**BODY, "email": email}).status_code == 201
    assert sign_in(email, BODY["password"])


def test_an_address_that_grows_when_lowered_is_refused_as_too_long(stranger, nothing_stored):
    email = f"nina@{'.'.join(['İ' * 60] * 4)}.de"
    assert len(email) <= 254 < len(email.lower())
    assert_refused(stranger.post(URL, {**BODY, "email": email}), 400, attr="email")


def test_registering_works_on_another_offices_host_and_ignores_its_token(acme, stranger, sign_in):
    token = sign_in("ada@acme.example")["access_token"]
    answer = stranger.post(
        URL, BODY, HTTP_HOST="acme.localhost", HTTP_AUTHORIZATION=f"Bearer {token}"
    )
    assert answer.status_code == 201
    assert answer.json()["tenant"]["id"] != str(acme.pk)


def test_a_failure_late_in_the_registration_leaves_nothing(stranger, nothing_stored, monkeypatch):
    def broken(**kwargs):
        raise RuntimeError("SELECT secrets")

    monkeypatch.setattr("accounts.api.begin_session", broken)
    assert_refused(stranger.post(URL, BODY), 500)
