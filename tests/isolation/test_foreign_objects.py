"""Another tenant's objects do not exist: every operation answers as for an id that nobody has.

Which operations and which ids they take is read from the URL table and the OpenAPI schema; an
operation or an id that no rule here covers fails.
"""

import json
from itertools import combinations
from uuid import uuid4

import pytest

from tasks.models import Task
from tenants.context import tenant_context
from tests.isolation.bodies import ids_in, put
from tests.isolation.canaries import (
    CANARY,
    WITH_WORDS,
    WITHOUT_WORDS,
    tables,
    texts_without_canary,
)
from tests.isolation.openapi import described, request_schema
from tests.isolation.routes import api_operations
from tests.isolation.rules.ids import NAMED_IDS, PATH_IDS
from tests.isolation.samples.every import SAMPLES
from tests.isolation.targets import path_ids_of

OPERATIONS = [found for found in api_operations() if found.name not in {"schema", "docs"}]
# Texts that must be of a known form, in which a canary would not be stored or read back.
NOT_PLANTED = {
    "Action": {"kind"},
    "ApiKey": {"scopes"},
    "Calendar": {"colour"},
    "Event": {"exdates", "rdates", "recurrence", "timezone"},
    "Term": {"term"},
    "OutgoingMessage": {"request_id"},
    "Tombstone": {"people"},
    "Role": {"permissions"},
    "User": {"password", "timezone", "locale", "fallback_channels"},
    "Task": {"timezone", "recurrence"},
    "Note": {
        *("attendee_ids", "document_ids", "task_ids", "event_ids"),
        *("summary_length", "summary_mode"),
    },
    "Document": {"sign_person_ids", "sign_team_ids"},
    "Revision": {"format", "sha256"},
}


# Ids in a body that narrow something down, as filters do: what is not there is not found.
NARROWING = {(("POST", "documents-ask"), "document_ids[]")}
# Ids in one of many things to do, whose refusal is the outcome of that one.
OF_ONE_ITEM = {
    (("POST", "tasks-bulk"), f"items[].{place}")
    for place in ("id", "task.assignee_id", "task.team_id", "task.parent_id")
}


# What a secret in the address opens: `SECRET_ADDRESSES` of the rules tells how that is attacked.
OPENED_BY_A_SECRET = {"public-feed"}
WITH_IDS = [found for found in OPERATIONS if found.name not in OPENED_BY_A_SECRET]


def path_cases():
    """Each operation with each choice of ids to be theirs: the child, its parent, or both."""
    return [
        (found, *names)
        for found in WITH_IDS
        for count in range(1, len(path_ids_of(found)) + 1)
        for names in combinations(path_ids_of(found), count)
    ]


def body_cases():
    return [
        (found, place) for found in OPERATIONS for place, _name in ids_in(request_schema(found))
    ]


def query_cases():
    return [
        (found, item["name"])
        for found in OPERATIONS
        for item in described(found).get("parameters", [])
        if item["in"] == "query" and item["schema"].get("format") == "uuid"
    ]


def cases(found):
    """Give each a readable name."""
    return [pytest.param(case, id=" ".join(words(case))) for case in found]


def words(case):
    return [*case[0].key, *case[1:]] if isinstance(case, tuple) else case.key


def same(foreign, absent, *ids):
    """Tell whether two answers differ in nothing but the ids that were asked for."""
    theirs, nobodys = (
        (answer.status_code, strip(answer.content.decode(), keys), shown(answer.headers, keys))
        for answer, keys in zip((foreign, absent), ids, strict=True)
    )
    return theirs == nobodys


def strip(text, keys):
    for key in keys if isinstance(keys, list) else [keys]:
        text = text.replace(str(key), "<id>")
    return text


def shown(headers, keys):
    """Return the headers that should be alike; the request's id and the length differ anyhow."""
    fixed = {*headers} - {"X-Request-ID", "Content-Length"}
    return {name: strip(headers[name], keys) for name in fixed}


def ask(client, found, sample, *, ids=None, query=None, body=None, **headers):
    address = found.url(**{**sample.ids, **(ids or {})})
    if query := {**sample.query, **(query or {})}:
        address += "?" + "&".join(f"{name}={value}" for name, value in query.items())
    return getattr(client, found.method)(
        address, body or sample.body, headers=sample.headers, **headers
    )


def name_of(place):
    """Return the field at a place of a body, as `task_id` of `lines[].task_id`."""
    return names_in(place)[-1]


def names_in(place):
    return [name for name in place.replace("[]", "").split(".") if not name.isdigit()]


# --- The rules cover everything


def test_every_id_that_the_api_takes_has_a_rule():
    assert {found.name for found, *_names in path_cases()} <= set(PATH_IDS)
    assert {name_of(place) for _found, place in [*body_cases(), *query_cases()]} <= set(NAMED_IDS)
    assert {found.key for found in OPERATIONS} <= set(SAMPLES)


def test_the_schema_and_the_url_table_agree_on_ids_in_addresses():
    for found in WITH_IDS:
        listed = [
            item["schema"].get("format")
            for item in described(found).get("parameters", [])
            if item["in"] == "path" and item["schema"]["type"] == "string"
        ]
        assert listed == ["uuid"] * found.path.count("<uuid:")
        # A number is that of a part of what the id names.
        assert "<" not in found.path.replace("<uuid:", "").replace("<int:", "")


def test_every_text_of_the_other_office_holds_a_canary(globex, globex_office):
    assert tables() == WITH_WORDS | WITHOUT_WORDS
    with tenant_context(globex):
        missing = {model.__name__: texts_without_canary(model) for model in WITH_WORDS}
    assert {name: texts for name, texts in missing.items() if texts} == NOT_PLANTED


def test_the_canaries_are_seen_by_their_own_office(globex_office, mia_api):
    """Otherwise their absence elsewhere would prove nothing."""
    for path in (
        "tasks",
        "messages",
        f"tasks/{globex_office.ids['task']}/comments",
        "admin/audit-logs",
        f"notes/{globex_office.ids['note']}",
    ):
        assert globex_office.leaks(mia_api.get(f"/api/v1/{path}"))


# --- Ids of the other office


@pytest.mark.parametrize("case", cases(path_cases()))
def test_a_foreign_id_in_the_address_is_as_absent_as_a_random_one(
    case, client, world, globex_office, globex
):
    found, *names = case
    sample, kinds = SAMPLES[found.key](world, client), path_ids_of(found)
    theirs = {name: globex_office.ids[kinds[name]] for name in names}
    nobodys = {name: uuid4() for name in names}
    answers = [ask(client, found, sample, ids=ids) for ids in (theirs, nobodys)]
    assert answers[0].status_code == 404
    assert same(*answers, [*theirs.values()], [*nobodys.values()])
    assert not globex_office.leaks(answers[0])
    unharmed(globex, globex_office)


@pytest.mark.parametrize("case", cases(body_cases()))
def test_a_foreign_id_in_the_body_is_as_absent_as_a_random_one(
    case, client, world, globex_office, globex
):
    found, place = case
    sample = SAMPLES[found.key](world, client)
    theirs, nobodys = globex_office.ids[NAMED_IDS[name_of(place)]], uuid4()
    answers = [
        ask(client, found, sample, body=put(sample.body, place, str(value)))
        for value in (theirs, nobodys)
    ]
    if (found.key, place) in OF_ONE_ITEM:
        assert answers[0].json()["results"][0]["status"] == (404 if place == "items[].id" else 400)
    elif (found.key, place) in NARROWING:
        assert answers[0].status_code < 300
    else:
        assert answers[0].status_code == 400
        assert names_in(answers[0].json()["errors"][0]["attr"]) == names_in(place)
    assert same(*answers, theirs, nobodys)
    assert not globex_office.leaks(answers[0])
    unharmed(globex, globex_office)


@pytest.mark.parametrize("case", cases(query_cases()))
def test_a_foreign_id_in_a_filter_finds_as_little_as_a_random_one(
    case, client, world, globex_office
):
    found, name = case
    sample = SAMPLES[found.key](world, client)
    theirs, nobodys = globex_office.ids[NAMED_IDS[name]], uuid4()
    answers = [ask(client, found, sample, query={name: value}) for value in (theirs, nobodys)]
    if found.method == "get":
        assert answers[0].json()["results"] == []
    else:
        assert answers[0].json()["errors"][0]["attr"] == name
    assert same(*answers, theirs, nobodys)
    assert not globex_office.leaks(answers[0])


@pytest.mark.parametrize("found", cases(OPERATIONS))
def test_no_word_of_the_other_office_shows_in_any_answer(found, client, world, globex_office):
    if found.name in {"refresh", "logout"}:
        client.client.credentials()
    sample = SAMPLES[found.key](world, client)
    answer = ask(client, found, sample)
    assert answer.status_code < 300
    assert not globex_office.leaks(answer, sent=json.dumps(sample.body))


@pytest.mark.parametrize("query", [f"search={CANARY}", f"label={CANARY} label", "page_size=200"])
def test_no_search_reaches_the_other_office(query, client, globex_office):
    assert not globex_office.leaks(client.get(f"/api/v1/tasks?{query}"), sent=query)


def unharmed(globex, office):
    """The other office's task is as it was."""
    with tenant_context(globex):
        again = Task.objects.get(pk=office.ids["task"])
        assert again.title == f"{CANARY} title"
        assert (again.status, again.comments.count(), again.reminders.count()) == ("pending", 1, 1)


# --- Tags


CHANGES = [
    ("put", "task", {"title": "taken"}),
    ("patch", "task", {"title": "taken"}),
    ("delete", "task", None),
    ("patch", "reminder", {"minutes_before": 9}),
    ("delete", "reminder", None),
]


@pytest.fixture
def foreign_tag(globex_office, mia_api):
    return mia_api.get(f"/api/v1/tasks/{globex_office.ids['task']}").headers["ETag"]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: " ".join(change[:2]))
def test_the_other_offices_tag_opens_nothing(
    change, client, world, globex, globex_office, foreign_tag
):
    method, kind, body = change
    plural = {"task": "tasks", "reminder": "reminders"}[kind]
    theirs, nobodys, ours = globex_office.ids[kind], uuid4(), getattr(world, kind).pk
    answers = [
        getattr(client, method)(f"/api/v1/{plural}/{key}", body, HTTP_IF_MATCH=foreign_tag)
        for key in (theirs, nobodys, ours)
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 412]
    assert same(answers[0], answers[1], theirs, nobodys)
    unharmed(globex, globex_office)
