"""A second factor: set up, asked for, lost, wanted by the office, and shown again."""

from datetime import timedelta
from time import time

import pyotp
import pytest
from django.utils import timezone

from accounts.identity_models import Authenticator
from accounts.mfa import begin_totp, confirm_totp
from accounts.models import RefreshFamily, Role, User
from tenants.context import public_context
from tests.accounts.contract import assert_refused
from tests.accounts.letters import letters
from tests.conftest import PASSWORD
from tests.pages.conftest import sign_in as sign_in_to_page

LOGIN, LOGIN_MFA, STEP_UP = (f"/api/v1/auth/{path}" for path in ("login", "login/mfa", "step-up"))
TOTP, ME, EVE = "/api/v1/auth/mfa/totp", "/api/v1/auth/me", "eve@acme.example"
MINE = "/api/v1/auth/mfa/authenticators"


@pytest.fixture
def app(eve):
    """Eve's app, which has shown its first code a minute ago."""
    secret, _address = begin_totp(user=eve)
    eve.codes = confirm_totp(user=eve, code=pyotp.TOTP(secret).now())
    Authenticator.objects.filter(user=eve, kind="totp").update(counter=0)
    return pyotp.TOTP(secret)


def password(stranger, email=EVE):
    answer = stranger.post(LOGIN, {"email": email, "password": PASSWORD})
    assert_refused(answer, 401, code="mfa_required")
    return answer.json()["mfa_token"]


def show(stranger, token, code):
    return stranger.post(LOGIN_MFA, {"mfa_token": token, "code": code})


def test_an_app_is_set_up_and_asked_for_from_then_on(api, stranger, eve):
    client = api(eve)
    made = client.post(TOTP).json()
    assert made["uri"].startswith("otpauth://totp/Acme:")
    assert client.get(ME).json()["mfa_enabled"] is False
    assert_refused(client.post(f"{TOTP}/confirm", {"code": "000000"}), 400, code="wrong_code")
    totp = pyotp.TOTP(made["secret"])
    code = totp.now()
    codes = client.post(f"{TOTP}/confirm", {"code": code}).json()["recovery_codes"]
    assert len(set(codes)) == 10
    assert client.get(ME).json()["mfa_enabled"] is True
    assert letters("second_factor", EVE)
    token = password(stranger)
    # A code is good once: the one that set it up is spent.
    assert_refused(show(stranger, token, code), 400, code="wrong_code")
    later = show(stranger, token, totp.at(int(time()) + 30))
    assert later.status_code == 200
    assert later.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}


def test_a_code_opens_once_and_by_the_real_clock(stranger, app, time_machine):
    token = password(stranger)
    code = app.now()
    assert show(stranger, token, code).status_code == 200
    again = password(stranger)
    assert_refused(show(stranger, again, code), 400, code="wrong_code")
    time_machine.move_to(timezone.now() + timedelta(seconds=90))
    assert_refused(show(stranger, again, code), 400, code="wrong_code")
    assert show(stranger, again, app.now()).status_code == 200


def test_a_recovery_code_opens_once(stranger, app, eve):
    code = eve.codes[0]
    assert show(stranger, password(stranger), code.upper()).status_code == 200
    assert_refused(show(stranger, password(stranger), code), 400, code="wrong_code")
    assert code.replace("-", "") not in Authenticator.objects.get(kind="recovery").secret


def test_the_token_between_ends_after_five_minutes_and_with_the_sign_in(
    stranger, app, eve, time_machine
):
    token = password(stranger)
    assert show(stranger, token, app.now()).status_code == 200
    assert_refused(show(stranger, token, eve.codes[0]), 400, code="invalid_token")
    fresh = password(stranger)
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    assert_refused(show(stranger, fresh, eve.codes[1]), 400, code="invalid_token")


def test_the_token_between_opens_nothing_by_itself(stranger, app):
    header = {"HTTP_AUTHORIZATION": f"Bearer {password(stranger)}"}
    assert_refused(stranger.get(ME, **header), 401)


def test_another_offices_host_takes_no_token_of_ours(stranger, app, globex):
    body = {"mfa_token": password(stranger), "code": app.now()}
    answer = stranger.post(LOGIN_MFA, body, HTTP_HOST="globex.localhost")
    assert_refused(answer, 400, code="invalid_token")


def test_codes_are_guessed_slowly(stranger, app, settings):
    settings.LOGIN_RATES = {"mfa_of_account": (5, 300)}
    token = password(stranger)
    found = [show(stranger, token, f"{n:06}").status_code for n in range(6)]
    assert found == [400] * 5 + [429]


def test_a_wrong_password_says_nothing_of_a_second_factor(stranger, app):
    answer = stranger.post(LOGIN, {"email": EVE, "password": "not the password"})
    assert_refused(answer, 401, code="authentication_failed")


def test_an_app_is_taken_out_and_the_password_is_enough_again(api, stranger, app, eve):
    client = api(eve)
    rows = {row["kind"]: row["id"] for row in client.get(MINE).json()["results"]}
    assert client.delete(f"{MINE}/{rows['totp']}").status_code == 204
    assert not Authenticator.objects.filter(user=eve).exists()
    assert stranger.post(LOGIN, {"email": EVE, "password": PASSWORD}).status_code == 200


def test_an_admin_takes_it_out_for_who_has_lost_it(api, stranger, app, ada, eve, max_):
    path = f"/api/v1/admin/users/{eve.pk}/mfa"
    assert_refused(api(max_).delete(path), 403)
    assert api(ada).delete(path).status_code == 204
    assert stranger.post(LOGIN, {"email": EVE, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("what", ["mfa", "sessions"])
def test_an_admin_may_hold_it_to_the_tag_of_the_person(api, app, ada, eve, what):
    person, client = f"/api/v1/admin/users/{eve.pk}", api(ada)
    tag, stale = client.get(person).headers["ETag"], '"0"'
    for match, status in ((stale, 412), (tag, 204)):
        assert client.delete(f"{person}/{what}", HTTP_IF_MATCH=match).status_code == status


def test_an_admin_of_fewer_rights_takes_nothing_out_of_an_admin(api, ada, max_):
    helper = Role.objects.create(name="helper", permissions=["user:update", "user:read"])
    User.objects.filter(pk=max_.pk).update(role=helper)
    answer = api(max_).delete(f"/api/v1/admin/users/{ada.pk}/mfa")
    assert_refused(answer, 403, code="beyond_own_rights")


def test_an_admin_ends_the_sessions_of_a_person(api, browser, ada, eve):
    client, page = api(eve), browser(eve)
    assert api(ada).delete(f"/api/v1/admin/users/{eve.pk}/sessions").status_code == 204
    assert_refused(client.get(ME), 401)
    assert page.get("/").status_code == 302


# --- Wanted by the office


def test_an_office_wants_one_of_a_role(api, browser, ada, eve, acme):
    rules = "/api/v1/admin/security"
    assert api(ada).patch(rules, {"mfa_roles": ["employee"]}).json()["mfa_roles"] == ["employee"]
    client = api(eve)
    assert_refused(client.get("/api/v1/tasks"), 403, code="mfa_enrolment_required")
    assert client.get(ME).status_code == 200
    secret = client.post(TOTP).json()["secret"]
    code = pyotp.TOTP(secret).now()
    assert client.post(f"{TOTP}/confirm", {"code": code}).status_code == 200
    assert client.get("/api/v1/tasks").status_code == 200
    (row,) = [row for row in client.get(MINE).json()["results"] if row["kind"] == "totp"]
    assert_refused(client.delete(f"{MINE}/{row['id']}"), 403, code="mfa_wanted")
    assert api(ada).get("/api/v1/tasks").status_code == 200


def test_pages_lead_to_setting_one_up(browser, eve, acme):
    acme.settings = acme.settings.model_copy(update={"mfa_roles": frozenset({"employee"})})
    with public_context():
        acme.save()
    client = browser(eve)
    assert client.get("/").url == "/security/second-factor"
    assert client.get("/security/second-factor").status_code == 200


@pytest.mark.parametrize(("roles", "code"), [(["nobody"], "unknown_role"), (["admin"], "own_role")])
def test_rules_that_make_no_sense_are_refused(api, ada, roles, code):
    answer = api(ada).patch("/api/v1/admin/security", {"mfa_roles": roles})
    assert_refused(answer, 400, code=code, attr="mfa_roles")


# --- Shown again


def aged(user, minutes=16):
    RefreshFamily.objects.filter(user=user).update(
        authenticated_at=timezone.now() - timedelta(minutes=minutes)
    )


ASKING = [
    ("get", "/api/v1/admin/tenant/export", None),
    ("delete", "/api/v1/admin/users/{eve}", None),
    ("patch", "/api/v1/admin/users/{eve}", {"role": "manager"}),
    ("post", "/api/v1/admin/roles", {"name": "x", "permissions": []}),
    ("patch", "/api/v1/admin/security", {"session_hours": 5}),
    ("post", "/api/v1/auth/api-keys", {"name": "x", "scopes": []}),
    ("post", TOTP, None),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKING)
def test_what_must_not_be_done_at_an_unlocked_screen_asks_again(api, ada, eve, method, path, body):
    client, path = api(ada), path.format(eve=eve.pk)
    aged(ada)
    assert_refused(getattr(client, method)(path, body), 403, code="step_up_required")
    wrong = client.post(STEP_UP, {"password": "wrong"})
    assert_refused(wrong, 400, code="wrong_password", attr="password")
    assert_refused(getattr(client, method)(path, body), 403, code="step_up_required")
    assert client.post(STEP_UP, {"password": PASSWORD}).status_code == 204
    assert getattr(client, method)(path, body).status_code < 300


def test_other_changes_of_a_person_do_not_ask(api, ada, eve):
    client = api(ada)
    aged(ada)
    answer = client.patch(f"/api/v1/admin/users/{eve.pk}", {"full_name": "Eva"})
    assert answer.status_code == 200


def test_who_has_a_second_factor_shows_that(api, eve, app):
    client = api(eve)
    aged(eve)
    assert_refused(client.post(STEP_UP, {"password": PASSWORD}), 400, code="wrong_code")
    assert client.post(STEP_UP, {"code": app.now()}).status_code == 204
    assert client.post(TOTP).json()["errors"][0]["code"] == "totp_exists"


def test_the_console_asks_again(browser, ada, eve):
    client = browser(ada)
    path = f"/admin/accounts/user/{eve.pk}/change/"
    assert client.get(path).status_code == 200
    session = client.session
    session["sid_shown"] -= 16 * 60
    session.save()
    way = client.get(path)
    assert way.url.startswith("/security/show-again?next=/admin/accounts/user/")
    assert client.post(way.url, {"password": "wrong"}).status_code == 400
    done = client.post(way.url, {"password": PASSWORD})
    assert done.url == path
    assert client.get(path).status_code == 200


def test_signing_in_to_the_pages_asks_for_the_code(browser, app, eve):
    client = browser()
    answer = sign_in_to_page(client, EVE, next="/messages")
    assert answer.url == "/sign-in/code"
    assert client.get("/").status_code == 302
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 400
    done = client.post("/sign-in/code", {"code": app.now()})
    assert done.url == "/messages"
    assert client.get("/").status_code == 200
    assert browser().get("/sign-in/code").status_code == 400


def test_the_consoles_own_door_is_no_way_around(browser, ada):
    secret, _address = begin_totp(user=ada)
    confirm_totp(user=ada, code=pyotp.TOTP(secret).now())
    client = browser()
    form = {"username": ada.email, "password": PASSWORD}
    assert b"has a second factor" in client.post("/admin/login/", form).content
    assert client.get("/admin/").status_code == 302


def test_the_page_sets_an_app_up(browser, eve):
    client = browser(eve)
    page = client.post("/security/second-factor/app")
    totp = pyotp.TOTP(page.context["secret"])
    assert client.post("/security/second-factor", {"code": "000000"}).status_code == 400
    done = client.post("/security/second-factor", {"code": totp.now()})
    assert len(done.context["codes"]) == 10
    row = Authenticator.objects.get(user=eve, kind="totp")
    assert client.post(f"/security/second-factor/{row.pk}/remove").status_code == 302
    assert not User.objects.get(pk=eve.pk).mfa_enabled
