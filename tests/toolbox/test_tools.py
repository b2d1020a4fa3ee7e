"""Tools do what the API does, with its rights, and nothing without a yes that destroys."""

import json

import pytest

from accounts.api_keys import create_api_key
from accounts.models import AuditEntry
from accounts.services import create_user
from assistant.models import Action
from notes.models import Note
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import tenant_context
from tests.accounts.contract import assert_refused
from tests.conftest import PASSWORD, api_as
from tests.isolation.openapi import description
from toolbox.tools import TOOLS

HERE = "/mcp"
NOBODYS = "00000000-0000-4000-8000-000000000000"


def ask(client, method, params=None, **headers):
    message = {"jsonrpc": "2.0", "id": 7, "method": method}
    message |= {"params": params} if params is not None else {}
    return client.post(HERE, message, **headers)


def use(client, tool, **arguments):
    """Call a tool; return whether it worked, and what it said."""
    answer = ask(client, "tools/call", {"name": tool, "arguments": arguments})
    assert answer.status_code == 200, answer.content
    result = answer.json()["result"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    return not result["isError"], result["structuredContent"]


def code_of(said):
    return said["errors"][0]["code"]


# --- The protocol


def test_a_client_is_welcomed_in_the_version_that_it_speaks(api, ada):
    hello = {"capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    for wanted, spoken in (("2025-06-18", "2025-06-18"), ("2099-01-01", "2025-11-25")):
        said = ask(api(ada), "initialize", {**hello, "protocolVersion": wanted}).json()["result"]
        assert said["protocolVersion"] == spoken
        assert said["capabilities"] == {"tools": {}}
    assert ask(api(ada), "ping").json() == {"jsonrpc": "2.0", "id": 7, "result": {}}


def test_a_notification_is_taken_and_not_answered(api, ada):
    said = api(ada).post(HERE, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (said.status_code, said.content) == (202, b"")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, -32700),
        ("[]", 400, -32600),
        ('{"jsonrpc": "2.0", "id": null, "method": "ping"}', 400, -32600),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/explode"}', 200, -32601),
        ('{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', 200, -32601),
        ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}', 200, -32602),
        (
            '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "explode"}}',
            *(200, -32602),
        ),
    ],
)
def test_what_is_no_message_is_refused(api, ada, body, status, code):
    said = api(ada).generic("POST", HERE, body, content_type="application/json")
    assert (said.status_code, said.json()["error"]["code"]) == (status, code)


def test_a_version_that_is_not_spoken_is_refused_with_those_that_are(api, ada):
    said = ask(api(ada), "ping", HTTP_MCP_PROTOCOL_VERSION="2026-07-28")
    assert (said.status_code, said.json()["error"]["code"]) == (400, -32022)
    assert "2025-11-25" in said.json()["error"]["data"]["supported"]


def test_there_are_no_streams(api, ada):
    assert_refused(api(ada).get(HERE), 405)
    assert_refused(api(ada).delete(HERE), 405)


def test_strangers_and_pages_of_other_sites_are_refused(api, ada, stranger):
    refused = ask(stranger, "ping")
    assert_refused(refused, 401)
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert_refused(ask(api(ada), "ping", HTTP_ORIGIN="https://evil.example"), 403)
    assert ask(api(ada), "ping", HTTP_ORIGIN="http://localhost").status_code == 200


# --- What tools are


def test_each_argument_of_a_tool_is_one_of_the_api():
    paths = description()["paths"]
    schemas = description()["components"]["schemas"]
    for tool in TOOLS:
        operation = paths[tool.path.replace("task_id", "id")][tool.method.lower()]
        asked = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        assert {*tool.query} <= asked, tool.name
        if tool.body:
            shape = operation["requestBody"]["content"]["application/json"]["schema"]
            known = schemas[shape["$ref"].rpartition("/")[2]]["properties"]
            assert {*tool.body} <= {*known}, tool.name
            assert ("dry_run" in known) == tool.knows_dry_run


def test_tools_say_what_they_take_and_whether_they_destroy(api, eve):
    tools = {tool["name"]: tool for tool in ask(api(eve), "tools/list").json()["result"]["tools"]}
    assert {*tools} == {tool.name for tool in TOOLS}
    assert tools["list_tasks"]["annotations"]["readOnlyHint"] is True
    delete = tools["delete_task"]
    assert delete["annotations"]["destructiveHint"] is True
    assert {*delete["inputSchema"]["properties"]} == {"task_id", "dry_run", "confirm"}


# --- What tools do


def test_tasks_are_made_found_given_and_completed(api, ada, eve):
    client = api(ada)
    good, made = use(client, "create_task", title="Order badges", priority="high")
    assert good
    entry = AuditEntry.objects.get(object_pk=made["id"], action=AuditEntry.Action.CREATE)
    assert (entry.actor_id, entry.source) == (ada.pk, "mcp")
    assert use(client, "list_tasks", search="badges")[1]["results"][0]["id"] == made["id"]
    assert use(client, "list_tasks", overdue=True)[1]["results"] == []
    good, given = use(client, "assign_task", task_id=made["id"], assignee_id=str(eve.pk))
    assert given["assignee_id"] == str(eve.pk)
    good, done = use(api(eve), "complete_task", task_id=made["id"])
    assert done["status"] == "done"
    good, _refused = use(api(eve), "complete_task", task_id=made["id"])
    assert not good
    assert Task.objects.get().status == "done"


def test_a_sentence_becomes_a_task_and_is_taken_back(api, ada):
    client = api(ada)
    text = "remind me to approve the Acme invoice tomorrow at 3pm"
    good, shown = use(client, "create_task_from_text", text=text, dry_run=True)
    assert good
    assert shown["title"] == "Approve the Acme invoice"
    assert not Task.objects.exists()
    good, made = use(client, "create_task_from_text", text=text)
    assert Task.objects.get().pk.hex == made["id"].replace("-", "")
    good, _taken_back = use(client, "undo", undo_token=made["undo_token"])
    assert good
    assert not Task.objects.exists()
    assert Action.objects.exists()


def test_a_dry_run_leaves_nothing_behind(api, ada, task):
    client, entries = api(ada), AuditEntry.objects.count()
    for tool, arguments in (
        ("create_task", {"title": "Order badges"}),
        ("complete_task", {"task_id": str(task.pk)}),
        ("delete_task", {"task_id": str(task.pk)}),
        ("write_note", {"title": "Plan", "body": "Of words"}),
    ):
        good, said = use(client, tool, **arguments, dry_run=True)
        assert (good, said["dry_run"]) == (True, True)
    assert said["result"]["title"] == "Plan"
    assert Task.objects.get().status == "pending"
    assert not Note.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_nothing_is_destroyed_without_a_yes(api, ada, task):
    client, one = api(ada), {"task_id": str(task.pk)}
    for arguments in (one, {**one, "confirm": False}):
        good, said = use(client, "delete_task", **arguments)
        assert (good, said["done"], said["about"]["id"]) == (True, False, str(task.pk))
        assert Task.objects.exists()
    assert not use(client, "delete_task", **one, confirm="yes")[0]
    assert Task.objects.exists()
    assert use(client, "delete_task", **one, confirm=True) == (True, {"done": True})
    assert not Task.objects.exists()


def test_notes_calendar_documents_and_messages_are_there(api, ada):
    client = api(ada)
    good, _note = use(client, "write_note", title="Plan", body="Of words", tags=["q2"])
    assert Note.objects.get().title == "Plan"
    span = {"start": "2026-05-11T00:00:00Z", "end": "2026-05-12T00:00:00Z"}
    assert use(client, "list_events", **span)[0]
    assert use(client, "find_slot", duration_minutes=30)[0]
    assert use(client, "search_documents", search="policy") == (
        *(True,),
        {"count": 0, "next": None, "previous": None, "results": []},
    )
    good, answered = use(client, "ask_documents", question="How long is a holiday?")
    assert (good, answered["grounded"]) == (True, False)
    assert use(client, "list_coming_messages", days=3)[0]
    assert use(client, "list_people")[1]["count"] == 4


def test_a_refusal_has_the_words_of_the_api(api, ada, eve):
    good, said = use(api(eve), "assign_task", task_id=NOBODYS, assignee_id=str(eve.pk))
    assert (good, code_of(said)) == (False, "permission_denied")
    good, said = use(api(ada), "create_task", title="x", priority="soon")
    assert (good, said["type"], code_of(said)) == (False, "validation_error", "invalid_choice")
    for arguments in ({}, {"title": "x", "colour": "red"}, {"title": "x", "dry_run": "yes"}):
        good, said = use(api(ada), "create_task", **arguments)
        assert (good, code_of(said)) == (False, "invalid")
    assert not use(api(ada), "complete_task", task_id="../../admin/users")[0]
    assert not Task.objects.exists()


# --- Whose they are


def test_everybody_sees_their_own_alone(api, ada, eve, sarah):
    create_task(new=NewTask(title="Of Ada"), by=ada)
    create_task(new=NewTask(title="Of Eve"), by=eve)
    assert use(api(ada), "list_tasks")[1]["count"] == 2
    assert use(api(eve), "list_tasks")[1]["count"] == 1
    assert use(api(sarah), "list_tasks")[1]["count"] == 0


def test_another_office_is_not_there(api, ada, mia, globex, mia_api):
    with tenant_context(globex):
        theirs = create_task(new=NewTask(title="Of globex"), by=mia)
    assert use(api(ada), "list_tasks")[1]["count"] == 0
    for tool, more in (("complete_task", {}), ("delete_task", {"confirm": True})):
        refused = use(api(ada), tool, task_id=str(theirs.pk), **more)
        assert refused == use(api(ada), tool, task_id=NOBODYS, **more)
        assert (refused[0], code_of(refused[1])) == (False, "not_found")
    assert not use(api(ada), "assign_task", task_id=str(theirs.pk), assignee_id=str(mia.pk))[0]
    with tenant_context(globex):
        assert Task.objects.get().status == "pending"
    assert use(mia_api, "list_tasks")[1]["results"][0]["title"] == "Of globex"


def test_a_token_of_one_office_is_none_on_the_host_of_another(acme, ada):
    there = api_as(ada, acme, host="globex.localhost")
    assert_refused(ask(there, "tools/list"), 401)
    assert ask(api_as(ada, acme, host="acme.localhost"), "tools/list").status_code == 200


def test_a_key_may_what_its_scopes_say(stranger, ada):
    _row, key = create_api_key(name="Tools", scopes=["task:read"], by=ada)
    stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    assert use(stranger, "list_tasks")[0]
    assert code_of(use(stranger, "create_task", title="x")[1]) == "permission_denied"


def test_who_was_locked_out_is_out_at_once(api, in_acme):
    una = create_user(email="u@acme.example", full_name="Una", role="admin", password=PASSWORD)
    client = api(una)
    assert use(client, "list_tasks")[0]
    una.is_active = False
    una.save()
    assert_refused(ask(client, "tools/list"), 401)


def test_calls_count_against_the_rate_of_the_office(api, ada, settings):
    settings.API_RATES = {"stranger": (300, 60), "unlimited": (600, 60)}
    said = ask(api(ada), "ping")
    assert int(said["X-RateLimit-Remaining"]) < int(said["X-RateLimit-Limit"])
