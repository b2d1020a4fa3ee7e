"""No write slips past the trail, and none is in it that did not happen."""

import pytest
from django.db import connection, transaction

from accounts.models import AuditEntry, Role, Team, TeamMembership, User
from accounts.services import change_password, create_user
from common.origin import Origin, origin_of_writes
from tenants.context import public_context, tenant_transaction
from tenants.models import Tenant
from tenants.services import suspend_tenant
from tests.conftest import PASSWORD

Action = AuditEntry.Action
CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE


def kinds(entries) -> list[int]:
    return [entry.action for entry in entries]


def test_a_saved_row_is_recorded_as_created(trail, origin):
    team = Team.objects.create(name="Night shift")
    (entry,) = trail(team)
    assert (entry.action, entry.content_type.model) == (CREATE, "team")
    assert entry.changes == {"name": [None, "Night shift"]}


def test_a_changed_row_is_recorded_with_both_values(trail, origin, finance):
    finance.name = "Money"
    finance.save()
    (entry,) = trail(finance)
    assert (entry.action, entry.changes) == (UPDATE, {"name": ["Finance", "Money"]})


def test_a_deleted_row_is_recorded_with_what_stood_there(trail, origin):
    team = Team.objects.create(name="Night shift")
    key = team.pk
    team.delete()
    _created, deleted = trail(key)
    assert deleted.action == DELETE
    assert deleted.changes["name"] == ["Night shift", None]


def test_who_and_where_from_stands_in_every_entry(trail, origin, ada):
    team = Team.objects.create(name="Night shift")
    Team.objects.bulk_create([Team(name="A"), Team(name="B")])
    Team.objects.filter(name__in=["A", "B"]).update(lead=ada)
    team.delete()
    entries = trail()
    assert len(entries) == 6
    for entry in entries:
        assert (entry.actor_id, entry.actor_email) == (ada.pk, "ada@acme.example")
        assert (entry.remote_addr, entry.user_agent) == ("203.0.113.9", "probe/1")
        assert (entry.cid, entry.source) == ("request-1", "api")


def test_outside_a_request_the_shell_is_named(trail, in_acme):
    (entry,) = trail(Team.objects.create(name="Night shift"))
    assert entry.source == "shell"
    assert entry.actor_id is entry.cid is entry.remote_addr is None


def test_bulk_create_records_each_row(trail, origin):
    teams = Team.objects.bulk_create([Team(name=name) for name in "ABC"])
    assert [kinds(trail(team)) for team in teams] == [[CREATE]] * 3


def test_update_records_each_row_that_changed(trail, origin, ada):
    teams = Team.objects.bulk_create([Team(name=name) for name in "ABC"])
    assert Team.objects.filter(name__in="ABC").update(lead=ada) == 3
    for team in teams:
        created, updated = trail(team)
        assert (created.action, updated.action) == (CREATE, UPDATE)
        assert updated.changes == {"lead": [None, str(ada.pk)]}


def test_update_by_expression_records_the_values(trail, origin, finance):
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    Team.objects.filter(pk=finance.pk).update(name=Concat(F("name"), Value("!")))
    (entry,) = trail(finance)
    assert entry.changes == {"name": ["Finance", "Finance!"]}


def test_bulk_update_records_each_row(trail, origin):
    teams = Team.objects.bulk_create([Team(name=name) for name in "AB"])
    for team in teams:
        team.name *= 2
    Team.objects.bulk_update(teams, ["name"])
    assert [trail(team)[-1].changes for team in teams] == [
        {"name": ["A", "AA"]},
        {"name": ["B", "BB"]},
    ]


def test_deleting_a_queryset_records_each_row(trail, origin):
    teams = Team.objects.bulk_create([Team(name=name) for name in "AB"])
    keys = [team.pk for team in teams]
    Team.objects.filter(pk__in=keys).delete()
    assert [kinds(trail(key)) for key in keys] == [[CREATE, DELETE]] * 2


def test_what_a_cascade_takes_along_is_recorded(trail, origin, finance):
    membership = TeamMembership.objects.get(team=finance)
    key = membership.pk
    finance.delete()
    (entry,) = trail(key)
    assert (entry.action, entry.content_type.model) == (DELETE, "teammembership")


def test_a_team_that_loses_its_lead_is_recorded(trail, origin, finance, max_):
    Team.objects.filter(pk=finance.pk).update(lead=None)
    (entry,) = trail(finance)
    assert entry.changes == {"lead": [str(max_.pk), None]}


def test_members_added_and_removed_through_the_relation_are_recorded(trail, origin, finance, eve):
    finance.members.add(eve)
    key = TeamMembership.objects.get(team=finance, user=eve).pk
    finance.members.remove(eve)
    assert kinds(trail(key)) == [CREATE, DELETE]


@pytest.mark.parametrize(
    "write",
    [
        lambda team: team.save(),
        lambda team: Team.objects.filter(pk=team.pk).update(name=team.name),
        lambda team: Team.objects.bulk_update([team], ["name"]),
        lambda team: Team.objects.filter(pk=team.pk).update(updated_at="2024-01-01T00:00:00Z"),
        lambda _team: Team.objects.none().update(name="x"),
        lambda team: Team.objects.update_or_create(pk=team.pk, defaults={"name": team.name}),
    ],
)
def test_a_write_that_changes_nothing_leaves_no_entry(trail, origin, finance, write):
    write(finance)
    assert trail(finance) == []


def test_a_conditional_update_that_finds_nothing_leaves_no_entry(trail, origin, finance):
    assert Team.objects.filter(pk=finance.pk, name="Other").update(name="x") == 0
    assert trail() == []


WRITES = [
    lambda: Team.objects.create(name="Ghost"),
    lambda: Team.objects.bulk_create([Team(name="Ghost")]),
    lambda: Team.objects.update(name="Ghost"),
    lambda: Team.objects.all().delete(),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_rollback_takes_row_and_entry_together(trail, origin, finance, write):
    point = transaction.savepoint()
    write()
    assert trail()
    transaction.savepoint_rollback(point)
    assert trail() == []
    assert list(Team.objects.values_list("name", flat=True)) == ["Finance"]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_whose_entry_cannot_be_written_does_not_happen(origin, finance, write, monkeypatch):
    origin.source = "x" * 100
    from django.db import DataError

    with pytest.raises(DataError), transaction.atomic():
        write()
    assert list(Team.objects.values_list("name", flat=True)) == ["Finance"]


def test_a_commit_keeps_row_and_entry_together(committed):
    with tenant_transaction(committed):
        team = Team.objects.create(name="Kept")
    with tenant_transaction(committed):
        assert AuditEntry.objects.filter(object_pk=str(team.pk)).count() == 1
    with tenant_transaction(committed):
        Team.objects.filter(pk=team.pk).update(name="Lost")
        transaction.set_rollback(True)
    with tenant_transaction(committed):
        assert AuditEntry.objects.filter(object_pk=str(team.pk)).count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"ignore_conflicts": True},
        {"update_conflicts": True, "update_fields": ["name"], "unique_fields": ["id"]},
    ],
)
def test_bulk_create_never_records_a_row_that_was_not_inserted(trail, origin, finance, options):
    """With conflicts passed over nobody can tell which rows were: it is refused."""
    from django.db import NotSupportedError

    with pytest.raises(NotSupportedError):
        Team.objects.bulk_create([Team(name="FINANCE")], **options)
    assert trail() == []


def everything_written() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(entry::text, ' ') FROM accounts_auditentry entry")
        return cursor.fetchone()[0]


def test_a_password_is_in_no_entry(trail, origin, api, ada, eve):
    create_user(email="new@acme.example", full_name="New", role="employee", password=PASSWORD)
    change_password(user=eve, old=PASSWORD, new="a new and long sentence")
    User.objects.filter(pk=eve.pk).update(password=User.objects.get(pk=ada.pk).password)
    User.objects.filter(pk=eve.pk).update(password="plain-text-by-mistake")
    api(ada).patch("/api/v1/auth/me", {"full_name": "Ada Anew"})
    text = everything_written()
    assert "***" in text
    for secret in ("argon2", "$argon2", PASSWORD, "a new and long sentence", "plain-text"):
        assert secret not in text


def test_a_changed_password_is_recorded_as_changed(trail, origin, eve):
    change_password(user=eve, old=PASSWORD, new="a new and long sentence")
    (entry,) = trail(eve)
    assert entry.changes == {"password": ["***", "***"]}


def test_a_sign_in_is_no_change_of_the_person(trail, stranger, eve):
    body = {"email": "eve@acme.example", "password": PASSWORD}
    assert stranger.post("/api/v1/auth/login", body).status_code == 200
    # The device is new; from then on a sign-in leaves nothing.
    assert {entry.content_type.model for entry in trail()} <= {"device"}


def test_the_api_names_person_address_and_request(api, eve, trail):
    api(eve).patch(
        "/api/v1/auth/me",
        {"full_name": "Eve Anew"},
        REMOTE_ADDR="203.0.113.9",
        headers={"User-Agent": "probe/2" + "x" * 400, "X-Request-ID": "request-2"},
    )
    (entry,) = trail(eve)
    assert (entry.actor_id, entry.actor_email) == (eve.pk, "eve@acme.example")
    assert (entry.remote_addr, entry.cid, entry.source) == ("203.0.113.9", "request-2", "api")
    assert entry.user_agent.startswith("probe/2")
    assert len(entry.user_agent) == 255


def test_a_forged_address_is_not_recorded(api, eve, trail):
    api(eve).patch(
        "/api/v1/auth/me", {"full_name": "Eve Anew"}, headers={"X-Forwarded-For": "1.2.3.4"}
    )
    assert trail(eve)[0].remote_addr == "127.0.0.1"


def test_a_request_that_was_made_an_id_records_it(api, eve, trail):
    answer = api(eve).patch("/api/v1/auth/me", {"full_name": "Eve Anew"})
    assert trail(eve)[0].cid == answer["X-Request-ID"]


def test_a_user_agent_that_no_table_can_hold_breaks_nothing(api, eve, trail):
    answer = api(eve).patch(
        "/api/v1/auth/me", {"full_name": "Eve Anew"}, HTTP_USER_AGENT="a\x00b\ud800"
    )
    assert answer.status_code == 200
    assert trail(eve)


def test_the_first_person_is_the_author_of_the_new_office(stranger, db):
    body = {
        "email": "nina@new.example",
        "password": "a rather long sentence",
        "tenant_name": "New Office",
        "full_name": "Nina New",
    }
    answer = stranger.post("/api/v1/auth/register", body, headers={"X-Request-ID": "r"}).json()
    with public_context():
        tenant = Tenant.objects.get(pk=answer["tenant"]["id"])
    with tenant_transaction(tenant):
        (entry,) = AuditEntry.objects.filter(object_pk=answer["user"]["id"])
        assert str(entry.actor_id) == answer["user"]["id"]
        assert entry.cid == "r"


def test_entries_stand_in_the_offices_own_schema(origin, globex, in_acme):
    with tenant_transaction(globex):
        before = AuditEntry.objects.count()
    Team.objects.create(name="Night shift")
    with tenant_transaction(globex):
        assert AuditEntry.objects.count() == before


def test_suspending_an_office_is_recorded_in_the_shared_trail(acme):
    with origin_of_writes(Origin(source="admin", request_id="r")):
        suspend_tenant(tenant=acme)
    with public_context():
        entry = AuditEntry.objects.filter(object_pk=str(acme.pk), cid="r").get()
    assert entry.changes == {"is_active": [True, False]}


def test_nested_origins_end_where_they_began(trail, origin):
    with origin_of_writes(Origin(source="job", request_id="inner")):
        Team.objects.create(name="A")
    Team.objects.create(name="B")
    assert [entry.source for entry in trail()] == ["job", "api"]


def test_a_role_is_recorded_with_its_list_of_grants(trail, origin):
    role = Role.objects.create(name="auditor", permissions=["admin:audit"])
    assert trail(role)[0].changes["permissions"] == [None, ["admin:audit"]]
