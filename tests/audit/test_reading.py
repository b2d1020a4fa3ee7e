"""Reading the trail through the API."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, Role, Team
from common.origin import Origin, origin_of_writes
from tasks.models import Task
from tests.accounts.contract import assert_refused

URL = "/api/v1/admin/audit-logs"
FIELDS = {
    *("id", "tenant_id", "user_id", "action", "resource_type", "resource_id"),
    *("old_values", "new_values", "metadata", "created_at"),
}


@pytest.fixture
def read(api, ada):
    """`read(action="CREATE")` returns what Ada gets."""
    caller = api(ada)
    return lambda **query: caller.get(URL, query)


def rows(answer) -> list:
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_an_entry_is_that_of_the_contract(read, api, eve, acme):
    answer = api(eve).patch(
        "/api/v1/auth/me",
        {"full_name": "Eve Anew"},
        headers={"User-Agent": "probe", "X-Request-ID": "r1"},
    )
    assert answer.status_code == 200
    page = read(resource_id=str(eve.pk), action="UPDATE").json()
    assert page.keys() == {"next", "previous", "results"}
    (entry,) = page["results"]
    assert entry.keys() == FIELDS
    written = AuditEntry.objects.get(pk=entry["id"])
    assert entry == {
        "id": str(written.pk),
        "tenant_id": str(acme.pk),
        "user_id": str(eve.pk),
        "action": "UPDATE",
        "resource_type": "user",
        "resource_id": str(eve.pk),
        "old_values": {"full_name": "Eve Employee"},
        "new_values": {"full_name": "Eve Anew"},
        "metadata": {
            "ip": "127.0.0.1",
            "user_agent": "probe",
            "request_id": "r1",
            "source": "api",
        },
        "created_at": written.timestamp.isoformat().replace("+00:00", "Z"),
    }


def test_a_creation_has_no_old_values_and_a_deletion_no_new_ones(read, in_acme):
    team = Team.objects.create(name="Night shift")
    key = str(team.pk)
    team.delete()
    deleted, created = rows(read(resource_id=key))
    assert (created["old_values"], created["new_values"]["name"]) == (None, "Night shift")
    assert (deleted["new_values"], deleted["old_values"]["name"]) == (None, "Night shift")


def test_values_are_typed_and_instants_carry_their_offset(read, ada, eve):
    with time_machine.travel("2024-05-14T10:00:00.250Z", tick=False) as clock:
        due = timezone.now()
        task = Task.objects.create(title="Typed", creator=ada, assignee=eve, due_date=due)
        clock.shift(1)
        Task.objects.filter(pk=task.pk).update(due_date=due + timedelta(hours=2))
    updated, created = rows(read(resource_id=str(task.pk)))
    assert created["new_values"]["due_date"] == "2024-05-14T10:00:00.250000Z"
    assert updated["old_values"]["due_date"] == "2024-05-14T10:00:00.250000Z"
    assert updated["new_values"]["due_date"] == "2024-05-14T12:00:00.250000Z"
    assert created["new_values"]["assignee"] == str(eve.pk)
    role = Role.objects.create(name="auditor", permissions=["admin:audit"])
    (entry,) = rows(read(resource_id=str(role.pk)))
    assert entry["new_values"] == {"name": "auditor", "permissions": ["admin:audit"]}


def test_text_that_looks_like_an_instant_stays_as_it_was_written(read, ada, eve):
    title = "2024-05-14 10:00:00.250000"
    task = Task.objects.create(title=title, creator=ada, assignee=eve)
    (entry,) = rows(read(resource_id=str(task.pk)))
    assert entry["new_values"]["title"] == title


@pytest.fixture
def two_entries(ada, eve):
    """A team made by Eve in May, and a role made and renamed by Ada in June."""
    at = partial(time_machine.travel, tick=False)
    with at("2024-05-14T10:00:00Z"), origin_of_writes(Origin(source="api", actor=eve)):
        Team.objects.create(name="Night shift")
    with at("2024-06-14T10:00:00Z"), origin_of_writes(Origin(source="api", actor=ada)):
        role = Role.objects.create(name="auditor")
        Role.objects.filter(pk=role.pk).update(name="reader")


OLD = {"until": "2024-12-31T00:00:00Z"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["UPDATE role", "CREATE role", "CREATE team"]),
        ({"action": "CREATE"}, ["CREATE role", "CREATE team"]),
        ({"action": "UPDATE"}, ["UPDATE role"]),
        ({"action": "ACCESS"}, []),
        ({"resource_type": "team"}, ["CREATE team"]),
        ({"resource_type": "nothing"}, []),
        ({"user": "eve"}, ["CREATE team"]),
        ({"user": "ada"}, ["UPDATE role", "CREATE role"]),
        ({"user": "ada", "action": "CREATE"}, ["CREATE role"]),
        ({"since": "2024-06-14T10:00:00Z"}, ["UPDATE role", "CREATE role"]),
        ({"since": "2024-06-14T10:00:01Z"}, []),
        ({"since": "2024-06-14T12:00:00+02:00"}, ["UPDATE role", "CREATE role"]),
        ({"until": "2024-06-14T10:00:00Z"}, ["CREATE team"]),
    ],
)
def test_each_filter_narrows(read, two_entries, ada, eve, query, found):
    people = {"ada": str(ada.pk), "eve": str(eve.pk)}
    if "user" in query:
        query = {**query, "user": people[query["user"]]}
    entries = rows(read(**{**OLD, **query}))
    assert sorted(f"{one['action']} {one['resource_type']}" for one in entries) == sorted(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("actor_id", "x"),
        ("user__password__startswith", "argon2"),
        ("action", "create"),
        ("action", "EXPLODE"),
        ("resource_type", "x" * 51),
        ("resource_type", "a\x00"),
        ("resource_id", "x\x00"),
        ("user", "ada"),
        ("user", "1"),
        ("since", "yesterday"),
        ("since", "2024-13-01T00:00:00Z"),
        ("until", "2024-02-30T00:00:00Z"),
        ("since", "2024-05-15T10:00:00"),
        ("until", "0001-01-01T00:00:00+14:00"),
        ("since", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_a_filter_that_is_unknown_or_wrong_is_named(read, name, value):
    assert_refused(read(**{name: value}), 400, attr=name)


def test_an_unknown_thing_has_no_entries(read):
    assert rows(read(resource_id=str(uuid4()))) == []


@pytest.mark.parametrize("person", ["max_", "eve", "sarah"])
def test_others_than_the_admin_are_refused(api, request, person):
    answer = api(request.getfixturevalue(person)).get(URL)
    assert_refused(answer, 403, code="permission_denied")


def test_strangers_are_refused(stranger, in_acme):
    assert_refused(stranger.get(URL), 401)


def test_an_admin_reads_nothing_of_another_office(mia_api, read, in_acme):
    team = Team.objects.create(name="Night shift")
    assert rows(read(resource_id=str(team.pk)))
    assert rows(mia_api.get(URL, {"resource_id": str(team.pk)})) == []


def make(number: int) -> None:
    Team.objects.bulk_create([Team(name=f"Team {uuid4()}") for _ in range(number)])


def test_pages_lead_through_the_whole_trail_newest_first(read, api, ada, in_acme):
    make(7)
    page = read(page_size=3).json()
    assert page["previous"] is None
    seen = [one["id"] for one in page["results"]]
    caller = api(ada)
    while page["next"]:
        make(1)  # the trail grows while it is read
        page = caller.get(page["next"]).json()
        seen += [one["id"] for one in page["results"]]
    assert len(seen) == len(set(seen))
    before = AuditEntry.objects.order_by("-timestamp", "-id").values_list("pk", flat=True)
    grown = len(before) - len(seen)
    assert seen == [str(pk) for pk in before[grown:]]


def test_one_can_page_back(read, api, ada, in_acme):
    make(4)
    first = read(page_size=2).json()
    second = api(ada).get(first["next"]).json()
    assert api(ada).get(second["previous"]).json()["results"] == first["results"]


def test_a_cursor_keeps_the_filters(read, api, ada, in_acme):
    make(4)
    page = read(page_size=2, resource_type="team", action="CREATE").json()
    assert "resource_type=team" in page["next"]
    more = api(ada).get(page["next"]).json()["results"]
    assert {one["resource_type"] for one in more} == {"team"}


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (200, 200), (201, 200), (10**30, 200)])
def test_a_page_is_as_long_as_asked_up_to_200(read, in_acme, asked, given):
    make(210)
    assert len(rows(read(page_size=asked))) == given


def test_a_page_has_50_entries_unless_asked(read, in_acme):
    make(60)
    assert len(rows(read())) == 50


# The last two say `p=garbage` and an offset of 20 digits.
CURSORS = ["x", "", "%", "cD1nYXJiYWdl", "bz05OTk5OTk5OTk5OTk5OTk5OTk5OQ=="]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_we_did_not_make_is_refused_or_ignored(read, in_acme, cursor):
    make(3)
    answer = read(cursor=cursor)
    assert answer.status_code in {200, 404}
    if answer.status_code == 404:
        assert_refused(answer, 404)


def test_one_entry_costs_as_many_queries_as_fifty(read, in_acme):
    make(60)
    read()
    with CaptureQueriesContext(connection) as few:
        rows(read(page_size=1))
    with CaptureQueriesContext(connection) as many:
        assert len(rows(read(page_size=50))) == 50
    assert len(few) == len(many)


def test_reading_the_trail_writes_nothing(read, in_acme):
    make(1)
    before = AuditEntry.objects.count()
    rows(read())
    assert AuditEntry.objects.count() == before
