"""People, roles and teams, as those who run an office change them over the API."""

import pytest

from accounts.models import AuditEntry, RefreshFamily, Role, Team, User
from accounts.permissions import BUILT_IN_ROLES, Permission
from accounts.services import create_user
from accounts.staff import create_role
from tasks.models import Comment, Task
from tests.conftest import PASSWORD, person
from tests.plan_limits import allow

USERS, ROLES, TEAMS = (f"/api/v1/admin/{name}" for name in ("users", "roles", "teams"))
NIA = {"email": "Nia@acme.example", "full_name": "Nia New", "password": "a rather long pass phrase"}


@pytest.fixture
def helper(ada):
    """Somebody who may do all with people, and nothing else but tasks."""
    grants = [grant for grant in Permission if grant.startswith(("user:", "task:"))]
    role = create_role(name="helper", permissions=grants, by=ada)
    return create_user(
        email="hal@acme.example", full_name="Hal", role=role.name, password=PASSWORD, by=ada
    )


def code_of(answer):
    [error] = answer.json()["errors"]
    return (answer.status_code, error["code"], error["attr"])


# --- People


def test_a_person_is_let_in_and_signs_in(api, ada, stranger):
    answer = api(ada).post(USERS, NIA)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["email"], body["role"], body["is_active"]) == (
        "nia@acme.example",
        "employee",
        True,
    )
    assert "password" not in body
    signed_in = {"email": NIA["email"], "password": NIA["password"]}
    assert stranger.post("/api/v1/auth/login", signed_in).status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "attr"),
    [
        ({"email": "ada@acme.example"}, "email_taken", "email"),
        ({"email": "nobody"}, "invalid", "email"),
        ({"role": "king"}, "unknown_role", "role"),
        ({"password": "short"}, "weak_password", "password"),
        ({"full_name": ""}, "blank", "full_name"),
        ({"is_superuser": True}, "unknown_field", "is_superuser"),
    ],
)
def test_bad_people_are_refused_by_field_and_nothing_is_stored(api, ada, change, code, attr):
    before = User.objects.count()
    assert code_of(api(ada).post(USERS, NIA | change))[1:] == (code, attr)
    assert User.objects.count() == before


def test_the_list_is_narrowed(api, ada, eve):
    eve.is_active = False
    eve.save()
    client = api(ada)

    def emails(query):
        return [row["email"] for row in client.get(USERS + query).json()["results"]]

    assert emails("?is_active=false") == ["eve@acme.example"]
    assert emails("?role=manager") == ["max@acme.example"]
    assert len(emails("")) == 4


def test_who_is_let_out_loses_all_sessions_at_once(api, ada, eve):
    theirs = api(eve)
    assert theirs.get("/api/v1/auth/me").status_code == 200
    assert api(ada).patch(f"{USERS}/{eve.pk}", {"is_active": False}).json()["is_active"] is False
    assert theirs.get("/api/v1/auth/me").status_code == 401
    assert not RefreshFamily.objects.filter(user=eve, ended_at=None).exists()


def test_a_new_role_holds_from_the_next_request_on(api, ada, eve):
    theirs = api(eve)
    assert theirs.get(USERS).status_code == 403
    api(ada).patch(f"{USERS}/{eve.pk}", {"role": "manager"})
    assert theirs.get(USERS).status_code == 200
    api(ada).patch(f"{USERS}/{eve.pk}", {"role": "employee"})
    assert theirs.get(USERS).status_code == 403


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "employee"}])
def test_the_last_admin_stays_one(api, ada, change):
    assert code_of(api(ada).patch(f"{USERS}/{ada.pk}", change))[:2] == (409, "last_admin")
    assert person("ada@acme.example").sees_all


def test_nobody_rises_above_their_own_rights(api, helper, ada, eve):
    client = api(helper)
    refused = (403, "beyond_own_rights", None)
    assert code_of(client.post(USERS, NIA | {"role": "admin"})) == refused
    assert code_of(client.patch(f"{USERS}/{eve.pk}", {"role": "admin"})) == refused
    assert code_of(client.patch(f"{USERS}/{helper.pk}", {"role": "admin"})) == refused
    assert code_of(client.patch(f"{USERS}/{ada.pk}", {"is_active": False})) == refused
    assert code_of(client.delete(f"{USERS}/{ada.pk}")) == refused
    assert person("ada@acme.example").is_active


def test_an_address_can_change_and_is_known_at_the_sign_in(api, ada, eve, stranger):
    assert api(ada).patch(f"{USERS}/{eve.pk}", {"email": "Eva@acme.example"}).status_code == 200
    login = {"password": PASSWORD}
    old = stranger.post("/api/v1/auth/login", login | {"email": "eve@acme.example"})
    new = stranger.post("/api/v1/auth/login", login | {"email": "eva@acme.example"})
    assert (old.status_code, new.status_code) == (401, 200)
    taken = api(ada).patch(f"{USERS}/{eve.pk}", {"email": "max@acme.example"})
    assert code_of(taken) == (409, "email_taken", "email")


def test_letting_in_again_asks_the_plan(api, ada, eve, in_acme):
    client = api(ada)
    client.patch(f"{USERS}/{eve.pk}", {"is_active": False})
    allow(in_acme, users=3)
    assert client.patch(f"{USERS}/{eve.pk}", {"is_active": True}).status_code in {402, 403}
    assert not person("eve@acme.example").is_active


def test_a_state_that_changed_meanwhile_is_not_overwritten(api, ada, eve):
    client = api(ada)
    tag = client.get(f"{USERS}/{eve.pk}").headers["ETag"]
    client.patch(f"{USERS}/{eve.pk}", {"full_name": "Eva"})
    late = client.patch(f"{USERS}/{eve.pk}", {"full_name": "Evelyn"}, HTTP_IF_MATCH=tag)
    assert late.status_code == 412


# --- Leaving for good


def test_work_passes_to_the_heir_and_words_stay_under_nobodys_name(api, ada, eve, sarah, task):
    made = Task.objects.create(title="Order pens", creator=eve)
    Comment.objects.create(task=task, author=eve, body="Half done.")
    client = api(ada)
    assert code_of(client.delete(f"{USERS}/{eve.pk}")) == (409, "has_work", "reassign_to")
    assert client.delete(f"{USERS}/{eve.pk}?reassign_to={sarah.pk}").status_code == 204
    task.refresh_from_db()
    made.refresh_from_db()
    assert (task.assignee, made.creator) == (sarah, sarah)
    [comment] = client.get(f"/api/v1/tasks/{task.pk}/comments").json()["results"]
    assert (comment["body"], comment["author_id"], comment["author_name"]) == (
        "Half done.",
        None,
        None,
    )
    entry = AuditEntry.objects.get(object_pk=str(eve.pk), action=AuditEntry.Action.DELETE)
    assert entry.actor_id == ada.pk
    moved = AuditEntry.objects.filter(object_pk=str(task.pk), action=AuditEntry.Action.UPDATE)
    assert "assignee" in moved[0].changes


def test_the_page_shows_what_was_said_by_who_left(browser, ada, eve, sarah, task, api):
    Comment.objects.create(task=task, author=eve, body="Half done.")
    api(ada).delete(f"{USERS}/{eve.pk}?reassign_to={sarah.pk}")
    page = browser(ada).get(f"/tasks/{task.pk}").content.decode()
    assert "Half done." in page
    assert "Somebody who has left" in page


@pytest.mark.parametrize("heir", ["themselves", "inactive", "foreign"])
def test_an_heir_is_somebody_else_at_work_here(heir, api, ada, task, max_, mia):
    max_.is_active = False
    max_.save()
    eve = task.assignee
    pk = {"themselves": eve.pk, "inactive": max_.pk, "foreign": mia.pk}[heir]
    answer = api(ada).delete(f"{USERS}/{eve.pk}?reassign_to={pk}")
    assert code_of(answer) == (400, "unknown_user", "reassign_to")
    assert person("eve@acme.example").pk == eve.pk


def test_nobody_deletes_themselves(api, ada, max_):
    max_.role = ada.role
    max_.save()
    assert code_of(api(ada).delete(f"{USERS}/{ada.pk}"))[:2] == (403, "own_account")
    assert api(max_).delete(f"{USERS}/{ada.pk}").status_code == 204


def test_who_is_gone_cannot_sign_in(api, ada, sarah, stranger):
    theirs = api(sarah)
    assert api(ada).delete(f"{USERS}/{sarah.pk}").status_code == 204
    assert theirs.get("/api/v1/auth/me").status_code == 401
    login = {"email": "sarah@acme.example", "password": PASSWORD}
    assert stranger.post("/api/v1/auth/login", login).status_code == 401


# --- Roles


def test_a_role_of_the_offices_own_opens_what_it_names(api, ada, eve):
    client = api(ada)
    answer = client.post(ROLES, {"name": "auditor", "permissions": ["admin:audit", "user:read"]})
    assert answer.status_code == 201
    role = answer.json()
    assert (role["built_in"], role["permissions"]) == (False, ["admin:audit", "user:read"])
    client.patch(f"{USERS}/{eve.pk}", {"role": "auditor"})
    theirs = api(eve)
    assert theirs.get("/api/v1/admin/audit-logs").status_code == 200
    client.patch(f"{ROLES}/{role['id']}", {"permissions": ["user:read"]})
    assert theirs.get("/api/v1/admin/audit-logs").status_code == 403
    assert code_of(client.delete(f"{ROLES}/{role['id']}"))[:2] == (409, "role_in_use")
    client.patch(f"{USERS}/{eve.pk}", {"role": "employee"})
    assert client.delete(f"{ROLES}/{role['id']}").status_code == 204


def test_built_in_roles_stay_as_they_are(api, ada):
    client = api(ada)
    for row in client.get(ROLES).json()["results"]:
        assert {*row["permissions"]} == {*BUILT_IN_ROLES[row["name"]]}
        assert code_of(client.patch(f"{ROLES}/{row['id']}", {"permissions": []}))[1] == "built_in"
        assert code_of(client.delete(f"{ROLES}/{row['id']}"))[1] == "built_in"


def test_a_role_needs_a_name_of_its_own_and_known_permissions(api, ada):
    client = api(ada)
    taken = client.post(ROLES, {"name": "admin", "permissions": []})
    assert code_of(taken) == (409, "name_taken", "name")
    unknown = client.post(ROLES, {"name": "king", "permissions": ["world:rule"]})
    assert unknown.status_code == 400
    assert not Role.objects.filter(name="king").exists()


def test_the_last_role_that_opens_the_console_keeps_doing_so(api, ada):
    grants = sorted(Permission)
    own = create_role(name="chief", permissions=grants, by=ada)
    ada.role = own
    ada.save()
    answer = api(ada).patch(f"{ROLES}/{own.pk}", {"permissions": ["user:read"]})
    assert code_of(answer)[:2] == (409, "last_admin")


# --- Teams


def test_a_team_keeps_its_members_in_their_order(api, ada, eve, sarah, max_):
    client = api(ada)
    wanted = [str(pk) for pk in (sarah.pk, eve.pk)]
    team = client.post(
        TEAMS, {"name": "Sales", "lead_id": str(max_.pk), "member_ids": wanted}
    ).json()
    assert (team["lead_id"], team["member_ids"]) == (str(max_.pk), wanted)
    turned = client.patch(f"{TEAMS}/{team['id']}", {"member_ids": wanted[::-1]}).json()
    assert turned["member_ids"] == wanted[::-1]
    renamed = client.patch(f"{TEAMS}/{team['id']}", {"name": "Trade", "lead_id": None}).json()
    assert (renamed["name"], renamed["lead_id"], renamed["member_ids"]) == (
        "Trade",
        None,
        wanted[::-1],
    )
    assert client.delete(f"{TEAMS}/{team['id']}").status_code == 204
    assert not Team.objects.filter(pk=team["id"]).exists()


def test_work_for_a_team_goes_to_its_new_first_member(api, ada, finance, eve, sarah):
    client = api(ada)
    client.patch(f"{TEAMS}/{finance.pk}", {"member_ids": [str(eve.pk), str(sarah.pk)]})
    answer = client.post("/api/v1/tasks/from-text", {"text": "remind finance to pay the rent"})
    assert answer.json()["assignee_id"] == str(eve.pk)


def test_a_team_names_people_of_its_own_office(api, ada, mia, finance):
    client = api(ada)
    for change, attr in (
        ({"lead_id": str(mia.pk)}, "lead_id"),
        ({"member_ids": [str(mia.pk)]}, "member_ids"),
    ):
        answer = client.patch(f"{TEAMS}/{finance.pk}", change)
        assert code_of(answer) == (400, "unknown_user", attr)
    assert code_of(client.post(TEAMS, {"name": "FINANCE"})) == (409, "name_taken", "name")
    finance.refresh_from_db()
    assert finance.lead is not None


def test_everybody_sees_their_own_teams_only(api, sarah, eve, max_, finance):
    assert [row["name"] for row in api(sarah).get(TEAMS).json()["results"]] == ["Finance"]
    assert api(eve).get(TEAMS).json()["results"] == []
    assert api(eve).get(f"{TEAMS}/{finance.pk}").status_code == 404
