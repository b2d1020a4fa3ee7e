"""One's own profile and password."""

import pytest
from django.contrib.auth.hashers import identify_hasher

from accounts.models import RefreshFamily, TeamMembership
from accounts.permissions import BUILT_IN_ROLES
from tests.accounts.contract import assert_refused, bearer
from tests.conftest import PASSWORD, person

ME, CHANGE = "/api/v1/auth/me", "/api/v1/auth/password/change"
NEW = "a new and long sentence"
FIELDS = {
    *("id", "email", "full_name", "role", "tenant_id", "permissions", "teams", "timezone"),
    *("phone", "notification_preference", "fallback_channels", "quiet_from", "quiet_until"),
    *("digest_at", "mfa_enabled", "locale", "email_verified_at"),
}


def test_the_profile_is_that_of_the_contract(api, sarah, finance, acme):
    body = api(sarah).get(ME).json()
    assert body == {
        "id": str(sarah.pk),
        "email": "sarah@acme.example",
        "full_name": "Sarah Finance",
        "role": "employee",
        "tenant_id": str(acme.pk),
        "permissions": sorted(BUILT_IN_ROLES["employee"]),
        "teams": [{"id": str(finance.pk), "name": "Finance"}],
        "timezone": "UTC",
        "locale": "en",
        "email_verified_at": None,
        "phone": "",
        "notification_preference": "email",
        "fallback_channels": None,
        "quiet_from": None,
        "quiet_until": None,
        "digest_at": None,
        "mfa_enabled": False,
    }
    assert body.keys() == FIELDS


def test_quiet_hours_begin_and_end(api, eve):
    caller, hours = api(eve), {"quiet_from": "22:00", "quiet_until": "06:30"}
    assert caller.patch(ME, hours).status_code == 200
    assert caller.get(ME).json() | hours == caller.get(ME).json()
    [error] = caller.patch(ME, {"quiet_from": "06:30"}).json()["errors"]
    assert (error["attr"], error["code"]) == ("quiet_until", "whole_day")
    for name in hours:
        [error] = caller.patch(ME, {name: None}).json()["errors"]
        assert (error["attr"], error["code"]) == (name, "required")
    assert caller.get(ME).json() | hours == caller.get(ME).json()
    gone = dict.fromkeys(hours)
    assert caller.patch(ME, gone).json() | gone == caller.get(ME).json()


@pytest.mark.parametrize("email", ["ada@acme.example", "max@acme.example", "eve@acme.example"])
def test_each_role_reads_its_own_grants(api, in_acme, email):
    user = person(email)
    body = api(user).get(ME).json()
    assert set(body["permissions"]) == {grant.value for grant in BUILT_IN_ROLES[body["role"]]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "Eve Ärmel"),
        ("full_name", "x" * 120),
        ("timezone", "Europe/Berlin"),
        ("phone", "+4915112345678"),
        ("phone", ""),
        ("notification_preference", "sms"),
        ("fallback_channels", ["slack", "email"]),
        ("fallback_channels", []),
        ("fallback_channels", None),
        ("digest_at", "07:30"),
        ("digest_at", None),
    ],
)
def test_what_people_may_change_is_changed(api, eve, field, value):
    caller = api(eve)
    answer = caller.patch(ME, {field: value})
    assert answer.status_code == 200
    assert answer.json().keys() == FIELDS
    assert caller.get(ME).json()[field] == value


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("full_name", "", "blank"),
        ("full_name", " \t", "blank"),
        ("full_name", None, "null"),
        ("full_name", "x" * 121, "max_length"),
        ("full_name", "a\x00", "null_characters_not_allowed"),
        ("timezone", "Mars/Olympus", "unknown_zone"),
        ("timezone", "../../etc/passwd", "unknown_zone"),
        ("timezone", "", "blank"),
        ("timezone", "x" * 65, "unknown_zone"),
        ("phone", "0151 12345678", "invalid"),
        ("phone", "+49١٥١١٢٣٤٥٦", "invalid"),
        ("phone", "+49" + "1" * 30, "max_length"),
        ("notification_preference", "pigeon", "invalid_choice"),
        ("fallback_channels", "email", "not_a_list"),
        ("digest_at", "7", "invalid"),
        ("digest_at", "25:00", "invalid"),
        ("quiet_from", "22:00:00", "invalid"),
        ("email", "other@acme.example", "read_only"),
        ("role", "admin", "read_only"),
        ("permissions", [], "read_only"),
        ("teams", [], "read_only"),
        ("tenant_id", "x", "read_only"),
        ("mfa_enabled", True, "read_only"),
        ("id", "x", "read_only"),
        ("password", NEW, "unknown_field"),
        ("is_active", False, "unknown_field"),
    ],
)
def test_what_people_may_not_change_is_named(api, eve, field, value, code):
    caller = api(eve)
    before = caller.get(ME).json()
    body = {"full_name": "Somebody Else", field: value}
    assert_refused(caller.patch(ME, body), 400, code=code, attr=field)
    assert caller.get(ME).json() == before


def test_the_profile_needs_a_person(stranger, in_acme):
    assert_refused(stranger.get(ME), 401, code="not_authenticated")
    assert_refused(stranger.patch(ME, {"full_name": "x"}), 401, code="not_authenticated")


def test_the_profile_costs_the_same_for_one_team_and_for_many(
    api, sarah, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    caller = api(sarah)
    with CaptureQueriesContext(connection) as few:
        caller.get(ME)
    for number in range(5):
        team = TeamMembership._meta.get_field("team").related_model.objects.create(
            name=f"Team {number}"
        )
        TeamMembership.objects.create(team=team, user=sarah)
    with CaptureQueriesContext(connection) as many:
        assert len(caller.get(ME).json()["teams"]) == 6
    assert len(many) == len(few)


def change(caller, old=PASSWORD, new=NEW, **more):
    return caller.post(CHANGE, {"current_password": old, "new_password": new, **more})


def test_a_new_password_replaces_the_old_one(api, eve, stranger, sign_in):
    answer = change(api(eve))
    assert (answer.status_code, answer.content) == (204, b"")
    assert sign_in("eve@acme.example", NEW)
    body = {"email": "eve@acme.example", "password": PASSWORD}
    assert_refused(stranger.post("/api/v1/auth/login", body), 401)


def test_a_new_password_is_stored_as_argon2(api, eve):
    change(api(eve))
    eve.refresh_from_db()
    assert identify_hasher(eve.password).algorithm == "argon2"


def test_a_new_password_ends_every_session(api, eve, stranger):
    callers = [api(eve), api(eve), api(eve)]
    assert change(callers[0]).status_code == 204
    for caller in callers:
        token = caller.tokens["refresh_token"]
        assert_refused(stranger.post("/api/v1/auth/refresh", **bearer(token)), 401)
    families = RefreshFamily.objects.filter(user=eve)
    assert set(families.values_list("ended_why", flat=True)) == {"password"}


def test_a_new_password_ends_nobody_elses_session(api, eve, ada, stranger):
    token = api(ada).tokens["refresh_token"]
    change(api(eve))
    assert stranger.post("/api/v1/auth/refresh", **bearer(token)).status_code == 200


@pytest.mark.parametrize(
    "refused",
    [
        ("wrong horse battery", NEW, "wrong_password", "current_password"),
        ("", NEW, "blank", "current_password"),
        (PASSWORD, "short", "weak_password", "new_password"),
        (PASSWORD, "1234567890123", "weak_password", "new_password"),
        (PASSWORD, "eve@acme.example", "weak_password", "new_password"),
        (PASSWORD, "x" * 201, "max_length", "new_password"),
        (PASSWORD, "a long sentence\x00", "null_characters_not_allowed", "new_password"),
    ],
)
def test_a_refused_change_names_the_field_and_changes_nothing(api, eve, sign_in, stranger, refused):
    old, new, code, attr = refused
    caller = api(eve)
    assert_refused(change(caller, old, new), 400, code=code, attr=attr)
    assert sign_in("eve@acme.example")
    token = caller.tokens["refresh_token"]
    assert stranger.post("/api/v1/auth/refresh", **bearer(token)).status_code == 200


def test_a_password_is_not_changed_for_somebody_else(api, eve, ada):
    assert_refused(change(api(eve), user=str(ada.pk)), 400, code="unknown_field", attr="user")


def test_changing_a_password_needs_a_person(stranger, in_acme):
    assert_refused(change(stranger), 401)
