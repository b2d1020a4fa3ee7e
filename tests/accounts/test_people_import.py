"""Many people at once: every problem by its line, and everybody or nobody."""

import pytest

from accounts.identity_models import Invitation
from accounts.invitations import invite
from accounts.models import Role
from tests.accounts.contract import assert_refused
from tests.accounts.letters import letters

IMPORT = "/api/v1/admin/users/import"
GOOD = "email,full_name,role\nnia@acme.example,Nia New,manager\nian@acme.example,Ian Invited,\n"


def check(client, text, **more):
    return client.post(IMPORT, {"csv": text, **more})


def test_a_dry_run_invites_nobody_and_a_real_one_everybody(api, ada):
    client = api(ada)
    assert check(client, GOOD).json() == {"people": 2, "problems": []}
    assert not Invitation.objects.exists()
    done = check(client, GOOD, dry_run=False)
    assert (done.status_code, done.json()) == (201, {"people": 2, "problems": []})
    roles = dict(Invitation.objects.values_list("email", "role__name"))
    assert roles == {"nia@acme.example": "manager", "ian@acme.example": "employee"}
    assert len(letters("invitation")) == 2


def test_every_problem_is_told_by_its_line(api, ada, eve):
    invite(email="guest@acme.example", role="employee", by=ada)
    text = "\n".join(
        [
            "email;full_name;role",
            "good@acme.example;Good One;employee",
            "no address;;king",
            "EVE@acme.example;Eve Again;",
            "guest@acme.example;Guest;",
            "",
            "good@acme.example;Twice;",
            "short@acme.example",
            f"long@acme.example;{'x' * 121};",
        ]
    )
    body = check(api(ada), text).json()
    found = [(one["line"], one["attr"], one["code"]) for one in body["problems"]]
    assert found == [
        (3, "email", "invalid"),
        (3, "full_name", "invalid"),
        (3, "role", "unknown_role"),
        (4, "email", "email_taken"),
        (5, "email", "invited"),
        (7, "email", "duplicate"),
        (8, "", "columns"),
        (9, "full_name", "invalid"),
    ]
    refused = check(api(ada), text, dry_run=False)
    assert_refused(refused, 422, code="import_problems")
    assert len(refused.json()["problems"]) == len(found)
    assert Invitation.objects.count() == 1


def test_nobody_is_let_in_with_more_rights_than_ones_own(api, max_):
    max_.role = Role.objects.create(name="helper", permissions=["user:create"])
    max_.save()
    (problem,) = check(api(max_), "email,full_name,role\na@b.example,A,admin\n").json()["problems"]
    assert problem["code"] == "beyond_own_rights"


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "email,full_name\n",
        "email,full_name,salary\na@b.example,A,1\n",
        "email,email,full_name\na,b,c\n",
        'email,full_name\n"a@b.example,A\n',
        "email,full_name\n" + "a@b.example,A\n" * 501,
    ],
)
def test_what_is_no_table_is_refused(api, ada, text):
    assert_refused(check(api(ada), text), 400, code="no_table", attr="csv")


def test_a_table_of_a_spreadsheet_is_read(api, ada):
    text = '\ufeffFull_Name;Email\r\n"New, Nia";NIA@acme.example\r\n'
    assert check(api(ada), text, dry_run=False).status_code == 201
    assert Invitation.objects.get().full_name == "New, Nia"


def test_looking_costs_the_same_for_many(api, ada, django_assert_max_num_queries):
    rows = "".join(f"p{n}@acme.example,Person {n}\n" for n in range(400))
    with django_assert_max_num_queries(20):
        assert check(api(ada), f"email,full_name\n{rows}").json()["people"] == 400


def test_the_page_looks_first(browser, ada, eve):
    client = browser(ada)
    bad = client.post("/people/import", {"csv": "email,full_name\nx,X\n", "import": "yes"})
    assert b"Line 2, email" in bad.content
    looked = client.post("/people/import", {"csv": GOOD, "check": ""})
    assert b"2 people, nothing wrong" in looked.content
    assert not Invitation.objects.exists()
    assert client.post("/people/import", {"csv": GOOD, "import": "yes"}).status_code == 302
    assert Invitation.objects.count() == 2
    assert browser(eve).get("/people/import").status_code == 403
