"""What every list and thing of the API can do: some fields, what ids name, reading on."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import TeamMembership, User
from accounts.reading import _made
from calendar_app.services import NewEvent, create_event
from common.parts import REF
from notes.services import NewNote, create_note
from tasks.models import Task
from tests.isolation.openapi import check, described, description
from tests.isolation.routes import operation
from tests.test_query_counts import ROWS, url_of, world  # noqa: F401  a fixture

TASKS = "/api/v1/tasks"
SEVERAL = [key for key in ROWS if key != ("GET", "sync-status")]
by_list = pytest.mark.parametrize(
    "filled", SEVERAL, ids=[name for _method, name in SEVERAL], indirect=True
)


def parameter(key, name):
    found = [one for one in described(operation(*key))["parameters"] if one["name"] == name]
    return found[0]["schema"]["items"]["enum"] if found else []


def part_schema(key):
    shown = described(operation(*key))["responses"]["200"]["content"]["application/json"]["schema"]
    whole = description()["components"]["schemas"][shown["$ref"].removeprefix(REF)]
    return whole["properties"]["results"]["items"]["anyOf"][1]


def asked(client, url, **query):
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url, query)
    assert answer.status_code == 200, answer.content
    return answer.json(), [item["sql"] for item in caught if "SAVEPOINT" not in item["sql"]]


@pytest.fixture
def filled(request, api, ada, world):  # noqa: F811
    """Five rows of a list, and how it is asked for."""
    key = request.param
    add, _model = ROWS[key]
    for number in range(5):
        add(world, number)
    client, url = api(ada), url_of(key, world)
    client.get(url)
    return SimpleNamespace(key=key, client=client, url=url)


@by_list
def test_a_list_shows_the_fields_that_are_asked_for_and_no_others(filled):
    whole, queries = asked(filled.client, filled.url)
    for name in parameter(filled.key, "fields"):
        part, fewer = asked(filled.client, filled.url, fields=name)
        assert [row.keys() for row in part["results"]] == [{name}] * len(whole["results"])
        if name != "id":
            assert len(fewer) <= len(queries), fewer
    two = parameter(filled.key, "fields")[:2]
    part, _queries = asked(filled.client, filled.url, fields=",".join(two))
    assert part["results"] == [{name: row[name] for name in two} for row in whole["results"]]
    check(part["results"][0], part_schema(filled.key))


@by_list
def test_a_list_names_the_field_that_it_does_not_know(filled):
    for name in ("fields", "expand"):
        known = parameter(filled.key, name)[:1]
        for value in ("flavour", ",".join([*known, "flavour"]), "", ",".join([*known, ""])):
            answer = filled.client.get(filled.url, {name: value})
            assert answer.status_code == 400
            [error] = answer.json()["errors"]
            assert (error["code"], error["attr"]) == ("unknown_field", name)
            assert error["detail"].startswith("“flavour”" if "flavour" in value else "“”")


@by_list
def test_what_ids_name_costs_one_statement_for_each_relation(filled):
    whole, queries = asked(filled.client, filled.url)
    for name in parameter(filled.key, "expand"):
        more, statements = asked(filled.client, filled.url, expand=name)
        assert len(more["results"]) == len(whole["results"])
        named = [row for row in more["results"] if row.get(f"{name}_id", "yes")]
        assert len(statements) == len(queries) + bool(named), statements
        for row in more["results"]:
            check({name: row[name]}, part_schema(filled.key))
            if row.get(f"{name}_id"):
                assert row[name]["id"] == row[f"{name}_id"]


@by_list
def test_a_list_is_read_on_from_a_cursor_and_back(filled):
    whole, _queries = asked(filled.client, filled.url, page_size=200)
    pages, url = [], f"{filled.url}?cursor=&page_size=2"
    while url:
        page, _queries = asked(filled.client, url)
        assert page.keys() == {"next", "previous", "results"}
        pages.append(page)
        url = page["next"]
    assert [row for page in pages for row in page["results"]] == whole["results"]
    assert len(pages) > 1
    assert pages[0]["previous"] is None
    back, url = [], pages[-1]["previous"]
    while url:
        page, _queries = asked(filled.client, url)
        back = [*page["results"], *back]
        url = page["previous"]
    assert back == whole["results"][: -len(pages[-1]["results"])]


@by_list
def test_a_cursor_of_another_list_or_of_nobody_is_no_page(filled, api, ada):
    other = "/api/v1/admin/roles" if filled.key != ("GET", "roles") else TASKS
    api(ada).post(TASKS, {"title": "a"})
    api(ada).post(TASKS, {"title": "b"})
    answer = api(ada).get(other, {"cursor": "", "page_size": 1}).json()
    [foreign] = parse_qs(urlsplit(answer["next"]).query)["cursor"]
    for word in (foreign, "x", "§", "W10", "bnVsbA"):
        assert filled.client.get(filled.url, {"cursor": word}).status_code == 404, word


def test_one_thing_shows_the_fields_that_are_asked_for_under_the_tag_of_the_whole(api, ada, task):
    client, url = api(ada), f"{TASKS}/{task.pk}"
    whole = client.get(url)
    part = client.get(url, {"fields": "title,status"})
    assert part.json() == {"title": task.title, "status": "pending"}
    assert part["ETag"] == whole["ETag"]
    changed = client.patch(url, {"title": "Other"}, headers={"If-Match": part["ETag"]})
    assert changed.status_code == 200
    assert client.get(url, {"fields": "flavour"}).json()["errors"][0]["attr"] == "fields"


def test_what_is_not_asked_for_is_not_read(api, ada, task):
    create_note(new=NewNote(title="Long", body="Long text"), by=ada)
    for url, column in ((TASKS, "description"), ("/api/v1/notes", '"notes_note"."body"')):
        _whole, queries = asked(api(ada), url)
        assert any(column in sql for sql in queries)
        _part, queries = asked(api(ada), url, fields="id,title")
        assert not any(column in sql for sql in queries)


def test_expansions_show_what_the_asker_may_see_and_null_for_the_rest(api, ada, max_, eve, finance):
    above = Task.objects.create(title="Above", creator=ada)
    task = Task.objects.create(title="Below", creator=ada, assignee=eve, team=finance, parent=above)
    TeamMembership.objects.filter(user=eve).delete()
    url, wish = f"{TASKS}/{task.pk}", {"expand": "assignee,creator,team,parent"}
    shown = api(ada).get(url, wish).json()
    assert shown["assignee"] == api(ada).get(f"/api/v1/admin/users/{eve.pk}").json()
    assert shown["creator"]["email"] == ada.email
    assert shown["team"] == api(ada).get(f"/api/v1/admin/teams/{finance.pk}").json()
    assert shown["parent"] == api(ada).get(f"{TASKS}/{above.pk}").json()
    hers = api(eve).get(url, wish).json()
    assert hers["assignee"]["id"] == str(eve.pk)
    assert (hers["creator"], hers["team"], hers["parent"]) == (None, None, None)
    assert hers["creator_id"] == str(ada.pk)


def test_nothing_of_another_office_is_expanded(api, ada, task, mia, in_acme):
    Task.objects.filter(pk=task.pk).update(parent=None)
    shown = api(ada).get(TASKS, {"expand": "assignee,creator,team,parent"}).json()["results"]
    assert {row["creator"]["id"] for row in shown} <= {
        str(pk) for pk in User.objects.values_list("pk", flat=True)
    }
    assert str(mia.pk) not in str(shown)


def test_attendees_are_expanded_within_their_list(api, ada, eve):
    new = NewEvent(
        title="Lunch",
        start=datetime(2026, 5, 14, 10, tzinfo=UTC),
        attendees=[{"user_id": eve.pk}, {"email": "guest@x.example"}],
    )
    create_event(new=new, by=ada)
    url, wish = "/api/v1/calendar/events", {"expand": "attendees,calendar,organizer"}
    [event] = api(ada).get(url, wish).json()["results"]
    assert [one["user"] and one["user"]["email"] for one in event["attendees"]] == [
        eve.email,
        None,
    ]
    assert event["calendar"]["id"] == event["calendar_id"]
    window = {"start": "2026-05-14T00:00:00Z", "end": "2026-05-15T00:00:00Z", **wish}
    [once] = api(ada).get(url, {**window, "fields": "title,organizer"}).json()["results"]
    assert once.keys() == {"title", "organizer", "attendees", "calendar"}
    answer = api(ada).get(url, {**window, "cursor": ""})
    assert answer.json()["errors"][0]["attr"] == "cursor"


@pytest.mark.parametrize("ordering", ["due_date", "-due_date", "priority", "-priority", "-title"])
def test_an_order_with_gaps_is_read_on_as_it_is(ordering, api, ada):
    due = datetime(2026, 5, 14, tzinfo=UTC)
    for number in range(9):
        Task.objects.create(
            title=f"T{number % 4}",
            creator=ada,
            due_date=due + timedelta(days=number % 2) if number % 3 else None,
            priority=("low", "urgent", "high")[number % 3],
        )
    client = api(ada)
    whole = [row["id"] for row in client.get(TASKS, {"ordering": ordering}).json()["results"]]
    found, url = [], f"{TASKS}?ordering={ordering}&cursor=&page_size=2&fields=id"
    while url:
        page = client.get(url).json()
        found += [row["id"] for row in page["results"]]
        url = page["next"]
    assert found == whole


def test_what_comes_in_meanwhile_moves_no_page(api, ada):
    client = api(ada)
    known = {client.post(TASKS, {"title": f"T{n}"}).json()["id"] for n in range(7)}
    found, url = [], f"{TASKS}?cursor=&page_size=2"
    while url:
        page = client.get(url).json()
        found += [row["id"] for row in page["results"]]
        client.post(TASKS, {"title": "in between"})
        client.delete(f"{TASKS}/{found[0]}")
        url = page["next"]
    assert sorted(found) == sorted(known)


def test_notes_found_by_words_are_read_on_in_the_order_of_their_fitness(api, ada):
    for number in range(6):
        body = "budget " * (number // 2 + 1) + "word " * number
        create_note(new=NewNote(title=f"Note {number}", body=body), by=ada)
    client, url = api(ada), "/api/v1/notes?search=budget"
    whole = [row["id"] for row in client.get(url).json()["results"]]
    found, url = [], f"{url}&cursor=&page_size=1"
    while url:
        page = client.get(url).json()
        found += [row["id"] for row in page["results"]]
        url = page["next"]
    assert found == whole
    assert len(whole) == 6


def test_page_numbers_and_a_cursor_are_not_mixed(api, ada):
    answer = api(ada).get(TASKS, {"cursor": "", "page": "2"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "page"


def test_wishes_drive_no_plain_read_out_of_memory(api, ada, task):
    client = api(ada)
    client.get(TASKS)
    before = _made.cache_info()
    names = parameter(("GET", "tasks"), "fields")
    for number in range(20):
        wish = ",".join(name for place, name in enumerate(names) if number >> (place % 5) & 1)
        assert client.get(TASKS, {"fields": wish or "id"}).status_code == 200
    assert _made.cache_info().currsize == before.currsize
