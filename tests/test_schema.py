"""The OpenAPI schema is complete, valid, and what the API really answers."""

import json
from uuid import uuid4

import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS

from tests.conftest import in_office
from tests.isolation.openapi import check, content_of, described, description, response_schema
from tests.isolation.routes import api_operations
from tests.isolation.samples.every import SAMPLES
from tests.isolation.world import StandingWorld
from tests.test_access import ACCESS, OPEN

ABOUT_THE_SCHEMA = {"schema", "docs"}
OPERATIONS = [found for found in api_operations() if found.name not in ABOUT_THE_SCHEMA]
by_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=[" ".join(found.key) for found in OPERATIONS]
)
JSON = "application/json"
# Whose sample needs the body of a sign-in.
TOKENS = {"refresh", "logout"}


@pytest.fixture(scope="module")
def standing_world(standing):
    with in_office("acme"):
        return StandingWorld()


@pytest.fixture
def world(in_acme, standing_world):
    return standing_world.copied()


def read(text):
    """By the parser in C, which takes a tenth of the time."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def test_it_is_made_without_warnings_and_served_to_anybody_in_both_notations(
    tmp_path, stranger, db
):
    GENERATOR_STATS.reset()
    call_command("spectacular", fail_on_warn=True, validate=True, file=tmp_path / "schema.yaml")
    made = read((tmp_path / "schema.yaml").read_text())
    assert made["openapi"].startswith("3.0")
    answers = [stranger.get(f"/api/schema{query}") for query in ("", "?format=json")]
    assert {answer.status_code for answer in answers} == {200}
    served, the_same = read(answers[0].content), json.loads(answers[1].content)
    assert served == the_same == made
    assert set(served["paths"]) == set(description()["paths"])


def test_its_page_is_only_looked_at(stranger, db):
    assert stranger.get("/api/docs").status_code == 200
    for method in ("options", "post", "trace"):
        assert getattr(stranger, method)("/api/docs").status_code == 405


def test_it_lists_every_route_and_nothing_else():
    listed = {
        (method, path)
        for path, methods in description()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert len(listed) == len(OPERATIONS)
    for operation in OPERATIONS:
        assert described(operation)["operationId"]


@by_operation
def test_an_operation_says_who_may_call_it(operation, stranger, world):
    """Open doors name no scheme; all the others name the bearer token."""
    sample = SAMPLES[operation.key](world, None)
    answer = getattr(stranger, operation.method)(
        operation.url(**sample.ids), sample.body, headers=sample.headers
    )
    needs_token = {"bearer": []} in described(operation).get("security", [])
    assert needs_token == (answer.status_code == 401) or operation.name in {"login", *TOKENS}


@by_operation
def test_an_operation_describes_its_errors(operation):
    responses = set(described(operation)["responses"])
    wanted = {"400", "401", "406", "429", "500"}
    if ACCESS[operation.key][0] == OPEN and operation.method == "get":
        # Nobody is refused for who they are where a secret in the address opens.
        wanted -= {"401"}
    if operation.method in {"post", "put", "patch"}:
        wanted |= {"409", "413", "415"}
    if "<uuid:" in operation.path:
        wanted |= {"404"} if ACCESS[operation.key][0] is None else {"403", "404"}
    if operation.path.endswith("<uuid:pk>") and operation.method != "get":
        wanted |= {"412"}
    assert wanted <= responses
    for status in responses - {"200", "201", "202", "204"}:
        schema = response_schema(operation, int(status))
        body = {"type": "client_error", "errors": [{"code": "x", "detail": "y", "attr": None}]}
        if status == "402":
            body |= {"limit": "tasks", "maximum": 5, "used": 5}
        check(body, schema)


@by_operation
def test_everything_has_an_example_and_each_parameter_a_sentence(operation):
    found = described(operation)
    for parameter in found.get("parameters", []):
        assert parameter["description"], parameter["name"]
    request = found.get("requestBody", {}).get("content", {}).get(JSON)
    if request is not None:
        check(request["example"], request["schema"])
    for status in found["responses"]:
        schema, content = response_schema(operation, int(status)), content_of(operation, status)
        if schema is None:
            continue
        if "example" in content:
            check(content["example"], schema)
        else:
            [named] = content["examples"].values()
            name = named["$ref"].rsplit("/", 1)[1]
            check(description()["components"]["examples"][name]["value"], schema)


@by_operation
def test_what_accepts_no_json_is_told_so(operation, stranger, world):
    sample = SAMPLES[operation.key](world, None)
    url = operation.url(**sample.ids)
    answer = getattr(stranger, operation.method)(url, headers={"Accept": "image/png"})
    assert answer.status_code in {401, 406}
    check(answer.json(), response_schema(operation, answer.status_code))


@by_operation
def test_a_good_answer_is_as_described(operation, api, ada, world):
    client = api(ada)
    sample = SAMPLES[operation.key](world, client)
    if operation.name in TOKENS:
        client.credentials()
    url = operation.url(**sample.ids) + sample.search
    answer = getattr(client, operation.method)(url, sample.body, headers=sample.headers)
    assert answer.status_code < 300, answer.content
    schema = response_schema(operation, answer.status_code)
    if answer.status_code == 204 or (answer.status_code == 202 and not answer.content):
        assert schema is None
        assert answer.content == b""
        return
    if not answer["Content-Type"].startswith("application/json"):
        # TwiML: tests/inbound. Files: tests/documents.
        assert schema is None
        return
    check(answer.json(), schema)
    headers = described(operation)["responses"][str(answer.status_code)].get("headers", {})
    assert ("ETag" in headers) == ("ETag" in answer.headers) or operation.action in {
        "assign",
        "complete",
    }


@by_operation
def test_bad_answers_are_as_described(operation, api, ada, stranger, world):
    sample = SAMPLES[operation.key](world, api(ada))
    ids = {name: own if isinstance(own, int) else uuid4() for name, own in sample.ids.items()}
    bodies = [None, {"surprise": 1}, [], b"{"]
    for client in (api(ada), stranger):
        for body in bodies if operation.method != "get" else [None]:
            options = {"content_type": "application/json"} if body == b"{" else {}
            answer = getattr(client, operation.method)(operation.url(**ids), body, **options)
            if answer.status_code >= 400:
                check(answer.json(), response_schema(operation, answer.status_code))


def test_the_check_itself_notices_what_is_missing_or_too_much(api, ada, task):
    [operation] = [found for found in OPERATIONS if found.key == ("GET", "task")]
    schema = response_schema(operation, 200)
    good = api(ada).get(f"/api/v1/tasks/{task.pk}").json()
    check(good, schema)
    for bad in (
        {**good, "extra": 1},
        {**good, "priority": "vague"},
        {**good, "id": "7"},
        {**good, "labels": None},
        {name: value for name, value in good.items() if name != "title"},
    ):
        with pytest.raises(Exception, match=r"."):
            check(bad, schema)
