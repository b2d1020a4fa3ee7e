"""API keys: some of a person's rights for a program, told once, and gone at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.api_keys import create_api_key
from accounts.identity_models import ApiKey
from accounts.models import AuditEntry, Role, User
from tests.accounts.contract import assert_refused, bearer
from tests.accounts.letters import letters

KEYS, ME, TASKS, USERS = (
    f"/api/v1/{path}" for path in ("auth/api-keys", "auth/me", "tasks", "admin/users")
)


@pytest.fixture
def made(ada):
    return create_api_key(name="Sync", scopes=["task:read", "user:read"], by=ada)


@pytest.fixture
def key(made):
    return made[1]


def test_a_key_is_shown_once_and_opens_what_it_may(api, ada, stranger):
    answer = api(ada).post(KEYS, {"name": "Sync", "scopes": ["task:read"]})
    assert answer.status_code == 201, answer.content
    text = answer.json()["key"]
    assert text.startswith(answer.json()["prefix"])
    row = ApiKey.objects.get()
    assert text[-43:] not in (row.digest, row.prefix)
    assert "key" not in api(ada).get(f"{KEYS}/{row.pk}").json()
    me = stranger.get(ME, **bearer(text))
    assert me.status_code == 200, me.content
    assert me.json()["permissions"] == ["task:read"]
    assert stranger.get(TASKS, **bearer(text)).status_code == 200
    assert_refused(stranger.post(TASKS, {"title": "x"}, **bearer(text)), 403)
    assert_refused(stranger.get(USERS, **bearer(text)), 403)
    assert letters("api_key_made", ada.email)


def test_what_a_key_writes_is_its_owners(stranger, ada):
    _row, key = create_api_key(name="Sync", scopes=["task:create"], by=ada)
    task = stranger.post(TASKS, {"title": "By a program"}, **bearer(key)).json()
    assert task["creator_id"] == str(ada.pk)
    assert AuditEntry.objects.get(object_pk=task["id"]).actor_id == ada.pk


def test_a_key_costs_one_statement_like_a_token(stranger, key):
    stranger.get(ME, **bearer(key))
    with CaptureQueriesContext(connection) as queries:
        assert stranger.get(ME, **bearer(key)).status_code == 200
    assert len(queries) == 1


def test_its_last_use_is_noted_once_a_minute(stranger, made, time_machine):
    row, key = made
    start = timezone.now().replace(microsecond=0)
    seen = []
    for seconds in (0, 30, 59, 61, 90):
        time_machine.move_to(start + timedelta(seconds=seconds), tick=False)
        stranger.get(ME, **bearer(key))
        row.refresh_from_db()
        seen.append((row.last_used_at - start).total_seconds())
    assert seen == [0, 0, 0, 61, 61]


def test_a_demoted_owners_next_request_by_key_is_refused(stranger, key, ada):
    assert stranger.get(USERS, **bearer(key)).status_code == 200
    User.objects.filter(pk=ada.pk).update(role=Role.objects.get(name="employee"))
    assert_refused(stranger.get(USERS, **bearer(key)), 403)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert_refused(stranger.get(ME, **bearer(key)), 401)


def test_a_key_ends(stranger, key, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=91))
    assert_refused(stranger.get(ME, **bearer(key)), 401)


def test_a_deleted_key_opens_nothing(api, stranger, ada, made):
    assert api(ada).delete(f"{KEYS}/{made[0].pk}").status_code == 204
    assert_refused(stranger.get(ME, **bearer(made[1])), 401)


@pytest.mark.parametrize("place", [4, 20, 46, 50, -1])
def test_no_letter_of_a_key_may_differ(stranger, key, place):
    letters_of_it = list(key)
    letters_of_it[place] = "A" if letters_of_it[place] != "A" else "E"
    assert_refused(stranger.get(ME, **bearer("".join(letters_of_it))), 401)


@pytest.mark.parametrize("text", ["aok_", "aok_" + "A" * 86, "aok_" + "é" * 86, "aok_" + "*" * 86])
def test_what_only_looks_like_a_key_is_refused(stranger, db, text):
    header = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    assert_refused(stranger.get(ME, **header), 401)


def test_a_key_opens_its_own_office_only(stranger, key, globex):
    assert_refused(stranger.get(ME, HTTP_HOST="globex.localhost", **bearer(key)), 401)
    assert stranger.get(ME, HTTP_HOST="acme.localhost", **bearer(key)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", KEYS),
        ("get", KEYS),
        ("post", "/api/v1/auth/password/change"),
        ("post", "/api/v1/auth/email/change"),
    ],
)
def test_a_key_makes_no_keys_and_changes_no_password(stranger, key, method, path):
    answer = getattr(stranger, method)(path, {}, **bearer(key))
    assert_refused(answer, 403, code="api_key_refused")


def test_scopes_are_some_of_the_owners_rights(api, eve):
    answer = api(eve).post(KEYS, {"name": "Sync", "scopes": ["admin:audit"]})
    assert_refused(answer, 400, code="beyond_own_rights", attr="scopes")


@pytest.mark.parametrize("days", [-1, 400])
def test_a_key_ends_within_a_year(api, eve, days):
    ends = (timezone.now() + timedelta(days=days)).isoformat()
    answer = api(eve).post(KEYS, {"name": "Sync", "scopes": ["task:read"], "expires_at": ends})
    assert_refused(answer, 400, attr="expires_at")


def test_nobody_sees_the_keys_of_others(api, made, eve, max_):
    for person in (eve, max_):
        assert api(person).get(KEYS).json()["count"] == 0
        assert_refused(api(person).get(f"{KEYS}/{made[0].pk}"), 404)


def test_a_service_account_has_keys_and_never_signs_in(api, stranger, ada, eve):
    body = {"full_name": "Nightly sync", "role": "employee"}
    service = api(ada).post("/api/v1/admin/service-accounts", body).json()
    assert service["is_service"] is True
    new = {"name": "Sync", "scopes": ["task:read"], "owner_id": service["id"]}
    made = api(ada).post(KEYS, new)
    assert made.status_code == 201, made.content
    assert stranger.get(ME, **bearer(made.json()["key"])).json()["id"] == service["id"]
    login = {"email": service["email"], "password": ""}
    assert stranger.post("/api/v1/auth/login", {**login, "password": "!"}).status_code == 401
    assert_refused(api(eve).post(KEYS, new), 403)
    stolen = {**new, "owner_id": str(eve.pk)}
    assert_refused(api(ada).post(KEYS, stolen), 400, code="unknown_user", attr="owner_id")


def test_a_key_of_a_mightier_service_account_is_refused(api, ada, max_):
    service = (
        api(ada)
        .post("/api/v1/admin/service-accounts", {"full_name": "Root", "role": "admin"})
        .json()
    )
    helper = Role.objects.create(name="helper", permissions=["user:update", "user:read"])
    User.objects.filter(pk=max_.pk).update(role=helper)
    new = {"name": "x", "scopes": ["admin:audit"], "owner_id": service["id"]}
    assert_refused(api(max_).post(KEYS, new), 403, code="beyond_own_rights")


def test_the_page_makes_and_deletes_keys(browser, stranger, eve):
    client = browser(eve)
    form = {"name": "Sync", "scopes": ["task:read"], "days": "30"}
    page = client.post("/profile/api-keys", form)
    text = page.context["text"]
    assert stranger.get(ME, **bearer(text)).status_code == 200
    assert text not in client.get("/profile/api-keys").content.decode()
    row = ApiKey.objects.get()
    assert client.post(f"/profile/api-keys/{row.pk}/delete").status_code == 302
    assert_refused(stranger.get(ME, **bearer(text)), 401)
    assert client.post("/profile/api-keys", {**form, "scopes": ["admin:audit"]}).status_code == 400
