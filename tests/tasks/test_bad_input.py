"""Whatever is sent: an error of the contract that names the field, nothing stored, never a 500."""

import json
from uuid import UUID

import pytest
import time_machine

from accounts.models import AuditEntry
from tasks.models import Task

TASKS = "/api/v1/tasks"
UNKNOWN = "This field is not known."


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False):
        yield


@pytest.fixture
def client(api, ada, task):
    return api(ada)


@pytest.fixture
def calls(client, task):
    """Send the same raw body to each operation that writes a task."""

    def send(body, content_type="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        before = Task.objects.values().order_by("id"), AuditEntry.objects.count()
        rows = list(before[0])
        answers = [
            getattr(client, method)(address, data, content_type=content_type, **headers)
            for method, address in (
                ("post", TASKS),
                ("put", f"{TASKS}/{task.pk}"),
                ("patch", f"{TASKS}/{task.pk}"),
            )
        ]
        assert list(Task.objects.values().order_by("id")) == rows
        assert AuditEntry.objects.count() == before[1]
        return answers

    return send


def check_shape(answer):
    body = answer.json()
    kinds = {"validation_error", "client_error", "server_error"}
    assert body["type"] in kinds
    assert set(body) == {"type", "errors"}
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
        assert isinstance(error["code"], str)
        assert isinstance(error["detail"], str)
    return body


def attrs(answer):
    return [error["attr"] for error in check_shape(answer)["errors"]]


# --- Wrong types and values, field by field

NUMBER, HUGE, REAL, TRUE, LIST, OBJECT = 7, 10**400, 1.5, True, ["a"], {"a": 1}
ZERO_BYTE, SURROGATE, WORDS = "a\0b", "\ud800", "nonsense"
NOT_TEXT = [NUMBER, HUGE, REAL, TRUE, LIST, OBJECT, ZERO_BYTE, SURROGATE]
ABSENT = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
NOT_AN_ID = [10**40, REAL, LIST, OBJECT, ZERO_BYTE, SURROGATE, WORDS, "", "1" * 5000]
NOT_A_CHOICE = [*NOT_TEXT, None, WORDS, "", "HIGH", "high "]
NOT_A_TIME = [
    *NOT_TEXT,
    *(WORDS, "", "2024-05-15T25:00:00Z", "2024-02-30T10:00:00Z", "2023-02-29T00:00:00Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "10000-01-01T00:00:00Z"),
    *("2024-05-20T10:00:00+25:00", "-2024-05-20T10:00:00Z", "2024-05-20T10:00:00 Mars/Olympus"),
    *("2024-05-14T09:58:59Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    *("9999-12-31T23:59:59Z", "2200-01-01T00:00:00Z"),
    *("2024-05-20T10:00:00", "2024-05-20 10:00", "2024-05-20", "2024-05-20T10:00:00 UTC"),
]
BAD = {
    "title": [*NOT_TEXT, None, "", "  ", "x" * 201],
    "description": [*NOT_TEXT, None, "x" * 20_001],
    "assignee_id": [*NOT_AN_ID, NUMBER, str(UUID(int=0)), ABSENT],
    "team_id": [*NOT_AN_ID, NUMBER, str(UUID(int=0)), ABSENT],
    "parent_id": [*NOT_AN_ID, NUMBER, str(UUID(int=0)), ABSENT],
    "due_date": NOT_A_TIME,
    "timezone": [*NOT_TEXT, None, "", "Mars/Olympus", "europe/berlin", "x" * 65, "../etc/passwd"],
    "priority": NOT_A_CHOICE,
    "status": NOT_A_CHOICE,
    "recurrence": [*NOT_TEXT, "", WORDS, "FREQ=DAILY;INTERVAL=0", "x" * 501],
    "labels": [*NOT_TEXT[:4], OBJECT, None, "a", [7], [None], [[]], [""], ["x" * 51], ["a"] * 21,
               ["a\0"], ["\udfff"]],
}  # fmt: skip
CASES = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(
    ("name", "value"), CASES, ids=[f"{name}={value!r:.20}" for name, value in CASES]
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(name, value, calls):
    body = {"title": "x", name: value}
    if name == "recurrence":
        body["due_date"] = "2024-05-20T10:00:00Z"
    for answer in calls(body):
        assert answer.status_code == 400, answer.content
        assert {attr.split(".")[0] for attr in attrs(answer)} == {name}
        assert answer.json()["type"] == "validation_error"


@pytest.mark.parametrize("name", ["colour", "", "title ", "Title", "__proto__", "a.b", "x" * 5000])
def test_a_field_that_is_not_known_is_refused_by_its_name(name, calls):
    for answer in calls({"title": "x", name: None}):
        assert answer.status_code == 400
        assert check_shape(answer)["errors"] == [
            {"code": "unknown_field", "detail": UNKNOWN, "attr": name}
        ]


def test_several_bad_fields_are_all_named(calls):
    for answer in calls({"title": "", "priority": "x", "due_date": "y"}):
        assert sorted(attrs(answer)) == ["due_date", "priority", "title"]


# --- Bodies that are no JSON object

BODIES = {
    "cut off": b'{"title": "x"',
    "two": b'{"title": "x"}{}',
    "single quotes": b"{'title': 'x'}",
    "comma": b'{"title": "x",}',
    "comment": b'{"title": "x"} // yes',
    "nothing but space": b"   ",
    "byte order mark": b'\xef\xbb\xbf{"title": "x"}',
    "latin-1": '{"title": "ü"}'.encode("latin-1"),
    "utf-16": '{"title": "x"}'.encode("utf-16"),
    "zero byte": b"\0",
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": "x", "labels": [Infinity]}',
    "-Infinity": b'{"title": -Infinity}',
    "too large a number": b'{"title": "x", "due_date": 1e999}',
    "number without end": b'{"title": ' + b"9" * 5000 + b"}",
    "same name twice": b'{"title": "x", "title": "y"}',
    "same name twice inside": b'{"title": "x", "labels": [{"a": 1, "a": 1}]}',
    "surrogate as a name": b'{"title": "x", "\\ud800": 1}',
    "surrogate as a name inside": b'{"title": "x", "priority": {"\\udc00": 1}}',
    "surrogate twice": b'{"\\ud800": 1, "\\ud800": 2}',
    "deep lists": b"[" * 100_000,
    "deep closed lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep in a field": b'{"title": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "rather deep": b'{"priority": ' + b"[" * 900 + b"]" * 900 + b"}",
    "list": b'[{"title": "x"}]',
    "empty list": b"[]",
    "text": b'"title"',
    "number": b"7",
    "true": b"true",
    "null": b"null",
    "lone surrogate": b'"\\ud800"',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_object_of_fields_is_400(name, calls):
    for answer in calls(BODIES[name]):
        assert answer.status_code == 400, answer.content[:300]
        assert check_shape(answer)["type"] in {"client_error", "validation_error"}


def test_a_name_that_is_given_twice_is_named(calls):
    for answer in calls(BODIES["same name twice"]):
        assert attrs(answer) == ["title"]


def test_a_pair_of_surrogates_is_a_character(client):
    made = client.post(TASKS, b'{"title": "\\ud83e\\udeb4"}', content_type="application/json")
    assert (made.status_code, made.json()["title"]) == (201, "🪴")


def test_an_empty_body_is_an_object_without_fields(client, task):
    post, put, patch = (
        getattr(client, method)(address, b"", content_type="application/json")
        for method, address in (
            ("post", TASKS),
            ("put", f"{TASKS}/{task.pk}"),
            ("patch", f"{TASKS}/{task.pk}"),
        )
    )
    assert attrs(post) == attrs(put) == ["title"]
    assert (post.status_code, put.status_code, patch.status_code) == (400, 400, 200)


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
        "application/json+zlib",
        "application",
        "\0",
    ],
)
def test_anything_but_json_is_415(kind, calls):
    for answer in calls({"title": "x"}, content_type=kind):
        assert answer.status_code == 415
        assert check_shape(answer)["errors"][0]["code"] == "unsupported_media_type"


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "utf-7", "zlib", "bz2", "hex", "base64"])
def test_json_is_utf_8_whatever_the_header_says(charset, client):
    kind = f"application/json; charset={charset}"
    made = client.post(TASKS, '{"title": "grün"}'.encode(), content_type=kind)
    assert (made.status_code, made.json()["title"]) == (201, "grün")


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 5 * 1024 * 1024])
def test_a_body_over_one_mebibyte_is_413(size, calls):
    body = b'{"title": "x", "description": "' + b"y" * size + b'"}'
    for answer in calls(body):
        assert answer.status_code == 413
        assert check_shape(answer)["errors"][0]["code"] == "request_too_large"


def test_a_body_of_just_one_mebibyte_is_read(calls):
    start = b'{"title": "x", "description": "'
    body = start + b"y" * (1024 * 1024 - len(start) - 2) + b'"}'
    for answer in calls(body):
        assert (answer.status_code, attrs(answer)) == (400, ["description"])


@pytest.mark.parametrize("length", ["", "abc", "-5", "1e3", "9" * 30])
def test_a_content_length_that_is_a_lie_is_no_500(length, client):
    answer = client.post(TASKS, {"title": "x"}, CONTENT_LENGTH=length)
    assert answer.status_code in {201, 400, 413}


# --- Addresses


@pytest.mark.parametrize(
    "key", ["1", "x", ABSENT[:-1], "%00", "..", "a" * 5000, "%ED%A0%80", "🪴", "' OR 1=1"]
)
def test_an_address_without_a_proper_id_is_404(key, client):
    for path in ("tasks/{}", "tasks/{}/complete", "tasks/{}/comments", "reminders/{}"):
        assert client.patch(f"/api/v1/{path.format(key)}", {}).status_code == 404


QUERIES = [
    *("search=%00", "search=%ED%A0%80", "label=%FF", "%00=1", "a[]=1"),
    *("page=%00", "page_size=%00", "=", "&&&"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_strange_query_is_no_500(query, client):
    assert client.get(f"{TASKS}?{query}").status_code in {200, 400, 404}


# Base64 of `p=abc`, `p=999999999`, a huge offset, a year below one, a zero byte, and none at all.
CURSORS = [
    *("cD1hYmM=", "cD05OTk5OTk5OTk5", "bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"),
    *("cD0wMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAw", "cD0A", "x", "%00", "/w=="),
]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_we_did_not_make_is_404(cursor, client):
    answer = client.get(f"/api/v1/admin/audit-logs?cursor={cursor}")
    assert answer.status_code in {200, 404}
    if answer.status_code == 404:
        assert check_shape(answer)["errors"][0]["code"] == "not_found"
