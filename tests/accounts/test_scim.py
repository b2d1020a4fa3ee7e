"""Provisioning by SCIM: as Okta and Entra ID ask, within the rights of the key."""

from urllib.parse import quote

import pytest

from accounts.api_keys import create_api_key
from accounts.models import Role, Team, User
from accounts.permissions import BUILT_IN_ROLES
from tests.conftest import OfficeClient

USERS, GROUPS = "/scim/v2/Users", "/scim/v2/Groups"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
RIGHTS = sorted(BUILT_IN_ROLES["employee"]) + [f"user:{v}" for v in ("create", "read", "update")]


class Scim:
    """A provisioning service with a key."""

    def __init__(self, key: str, host: str = "localhost") -> None:
        self.client = OfficeClient(HTTP_HOST=host, raise_request_exception=False)
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")

    def __getattr__(self, name):
        return getattr(self.client, name)

    def change(self, path, *operations):
        return self.client.patch(path, {"schemas": [PATCH], "Operations": list(operations)})

    def found(self, filter_, path=USERS):
        answer = self.client.get(f"{path}?filter={quote(filter_)}")
        assert answer.status_code == 200, answer.content
        return [row.get("userName", row["displayName"]) for row in answer.json()["Resources"]]


@pytest.fixture
def key(ada):
    role = Role.objects.create(name="provisioner", permissions=sorted({*RIGHTS, "user:delete"}))
    service = User.objects.create(
        email="scim@service.invalid", full_name="Okta", role=role, is_service=True
    )
    scopes = [*RIGHTS, "user:delete"]
    return create_api_key(name="SCIM", scopes=scopes, owner_id=service.pk, by=ada)[1]


@pytest.fixture
def scim(key):
    return Scim(key)


def nia(**more):
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "nia@acme.example",
        "externalId": "00u1",
        "name": {"givenName": "Nia", "familyName": "New"},
        "emails": [{"primary": True, "value": "nia@acme.example", "type": "work"}],
        "active": True,
        **more,
    }


def assert_scim_error(answer, status, kind=""):
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert body["status"] == str(status)
    assert body.get("scimType", "") == kind
    assert answer["Content-Type"].startswith("application/scim+json")


def test_okta_makes_finds_changes_and_deactivates_a_person(scim, stranger):
    assert scim.found('userName eq "nia@acme.example"') == []
    made = scim.post(USERS, nia())
    assert made.status_code == 201, made.content
    path = f"{USERS}/{made.json()['id']}"
    assert made.json()["name"]["formatted"] == "Nia New"
    assert scim.found('userName eq "NIA@acme.example"') == ["nia@acme.example"]
    assert scim.found('externalId eq "00u1"') == ["nia@acme.example"]
    put = scim.put(path, nia(displayName="Nia Newer"))
    assert put.json()["displayName"] == "Nia Newer"
    off = scim.change(path, {"op": "replace", "value": {"active": False}})
    assert off.json()["active"] is False
    person = User.objects.get(email="nia@acme.example")
    assert not person.is_active
    assert not person.has_usable_password()
    assert scim.found('active eq false and userName eq "nia@acme.example"') == ["nia@acme.example"]


def test_entra_changes_by_paths_and_words(scim):
    path = f"{USERS}/{scim.post(USERS, nia()).json()['id']}"
    work = 'emails[type eq "work"].value'
    answer = scim.change(
        path,
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Add", "path": work, "value": "nia.new@acme.example"},
        {"op": "Replace", "path": "displayName", "value": "Nia N"},
    )
    body = answer.json()
    assert (body["active"], body["userName"]) == (False, "nia.new@acme.example")
    assert scim.delete(path).status_code == 204
    assert User.objects.filter(email="nia.new@acme.example", is_active=False).exists()


def test_groups_are_teams(scim, eve, max_):
    made = scim.post(GROUPS, {"displayName": "Sales", "members": [{"value": str(eve.pk)}]})
    assert made.status_code == 201, made.content
    path = f"{GROUPS}/{made.json()['id']}"
    scim.change(path, {"op": "add", "path": "members", "value": [{"value": str(max_.pk)}]})
    team = Team.objects.get(name="Sales")
    assert set(team.members.all()) == {eve, max_}
    one = f'members[value eq "{eve.pk}"]'
    scim.change(path, {"op": "remove", "path": one})
    assert set(team.members.all()) == {max_}
    scim.change(path, {"op": "replace", "path": "displayName", "value": "Sellers"})
    assert scim.found('displayName eq "sellers"', GROUPS) == ["Sellers"]
    assert scim.delete(path).status_code == 204
    assert scim.get(path).status_code == 404


def test_pages_are_cut(scim):
    answer = scim.get(f"{USERS}?startIndex=2&count=2").json()
    assert (answer["startIndex"], answer["itemsPerPage"], answer["totalResults"]) == (2, 2, 4)
    assert scim.get(f"{USERS}?count=0").json()["Resources"] == []
    assert_scim_error(scim.get(f"{USERS}?count=-1"), 400, "invalidValue")


INJECTIONS = [
    'userName eq "x" or userName eq "y"',
    "userName eq \"x' OR '1'='1\"; DROP TABLE accounts_user",
    'password eq "x"',
    'role__permissions eq "x"',
    'userName co "a"',
    'userName sw "a"',
    "userName pr",
    'userName eq "a" and userName eq "b"',
    'userName eq "a\\u0000"',
    'userName eq "\\ud800"; --',
    '(userName eq "a")',
    'not (userName eq "a")',
    'userName eq "' + "a" * 600 + '"',
    " and ".join(['userName eq "a"'] * 9),
    'userName eq "a" and',
    "",
    "🙂",
]


@pytest.mark.parametrize("text", INJECTIONS[:-2] + INJECTIONS[-1:])
def test_a_filter_that_we_do_not_know_is_refused(scim, text):
    answer = scim.get(f"{USERS}?filter={quote(text)}")
    assert_scim_error(answer, 400, "invalidFilter")


@pytest.mark.parametrize(
    "text",
    [
        "userName eq \"x' OR '1'='1\"",
        'userName eq "%"',
        'userName eq "_____acme.example"',
        'id eq "1 OR 1=1"',
        'externalId eq "x\') --"',
        "userName eq true",
        'active eq "true"',
        'userName eq "mia@globex.example"',
    ],
)
def test_a_value_is_a_value_and_nothing_else(scim, text):
    assert scim.found(text) == []


def test_a_taken_address_is_said_as_scim_says_it(scim, eve):
    assert_scim_error(scim.post(USERS, nia(userName=eve.email)), 409, "uniqueness")
    scim.post(USERS, nia())
    assert_scim_error(scim.post(USERS, nia(userName="b@acme.example")), 409, "uniqueness")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"userName": 5},
        {"userName": "no address"},
        {"userName": "a@acme.example", "active": "perhaps"},
        {"userName": "a@acme.example", "active": 1},
        {"userName": "a@acme.example", "externalId": {"a": 1}},
        {"userName": "a@acme.example", "displayName": "x" * 300},
    ],
)
def test_what_makes_no_person_is_refused(scim, body):
    answer = scim.post(USERS, body)
    assert 400 <= answer.status_code < 500, answer.content


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "active"},
        {"op": "replace", "path": "password", "value": "x"},
        {"op": "replace", "path": "role.permissions", "value": "x"},
        {"op": "nonsense"},
        "x",
    ],
)
def test_an_operation_that_we_do_not_know_is_refused(scim, eve, operation):
    answer = scim.change(f"{USERS}/{eve.pk}", operation)
    assert 400 <= answer.status_code < 500


def test_nobody_with_more_rights_than_the_key_is_touched(scim, ada):
    off = {"op": "replace", "path": "active", "value": False}
    assert_scim_error(scim.change(f"{USERS}/{ada.pk}", off), 403)
    made = scim.post(USERS, nia(roles=[{"value": "admin"}]))
    assert_scim_error(made, 403)
    assert User.objects.get(pk=ada.pk).is_active


def test_without_a_key_of_the_office_there_is_nothing(scim, key, eve, api):
    assert_scim_error(OfficeClient(HTTP_HOST="localhost").get(USERS), 401)
    assert_scim_error(Scim(key[:-1] + "A").get(USERS), 401)
    assert Scim(key, "globex.localhost").get(USERS).status_code == 401
    assert_scim_error(api(eve).get(USERS), 403)


def test_a_person_of_another_office_is_not_there(scim, mia):
    assert_scim_error(scim.get(f"{USERS}/{mia.pk}"), 404)


def test_it_says_what_it_can(scim):
    body = scim.get("/scim/v2/ServiceProviderConfig").json()
    assert body["patch"]["supported"] is True
    assert body["bulk"]["supported"] is False
