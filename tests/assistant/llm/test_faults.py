"""However an endpoint fails, the person gets the rules' draft, and in time."""

import json
import logging

import pytest

from assistant.llm import client as client_module
from tenants.cache import tenant_cache
from tests.assistant.llm.conftest import engine_of, the_call
from tests.peers.language_model import (
    Told,
    chat_reply,
    drips,
    fails,
    hangs_up,
    raw,
    reading,
    response_reply,
    says,
    unless,
)

pytestmark = pytest.mark.usefixtures("morning", "pauses")

TEXT = "water the palms tomorrow at 3pm"
GOOD = says(reading(title="water the palms", when=["tomorrow at 3pm"]))


def takes_no_schema(asked):
    return asked.form == "json_schema"


def knows_no_responses(asked):
    return not asked.is_chat


CUT = {"reason": "max_output_tokens"}


def forms(model):
    return [("chat" if asked.is_chat else "responses", asked.form) for asked in model.asked]


# --- Servers that understand less


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_without_schemas_gets_the_schema_in_the_prompt(say, model, status):
    model.acts(unless(takes_no_schema, status, GOOD))
    assert engine_of(say(TEXT)) == "llm"
    assert forms(model) == [("responses", "json_schema"), ("responses", "json_object")]
    assert '"additionalProperties":false' in model.asked[1].body["instructions"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_without_responses_is_asked_by_chat(say, model, status):
    model.acts(unless(knows_no_responses, status, GOOD))
    assert engine_of(say(TEXT)) == "llm"
    assert forms(model) == [("responses", "json_schema"), ("chat", "json_schema")]


def test_a_server_that_knows_neither_is_understood_in_one_call(say, model):
    lesser = unless(takes_no_schema, 500, GOOD)
    model.acts(unless(knows_no_responses, 404, lesser))
    assert engine_of(say(TEXT)) == "llm"
    assert forms(model)[-1] == ("chat", "json_object")


def test_what_a_server_understands_is_remembered(say, model):
    model.acts(unless(takes_no_schema, 500, GOOD))
    say(TEXT)
    model.asked.clear()
    assert engine_of(say(TEXT)) == "llm"
    assert forms(model) == [("responses", "json_object")]


def test_what_a_server_understands_is_remembered_also_when_its_model_is_weak(say, model):
    model.acts(unless(takes_no_schema, 500, says({"task": "palms"})))
    for _try in range(2):
        assert engine_of(say(TEXT)) == "local"
    assert [form for _api, form in forms(model)] == ["json_schema", "json_object", "json_object"]


def test_what_a_server_understands_is_remembered_also_when_its_model_does_not_end(say, model):
    endless = says('{"intent"', status="incomplete", incomplete_details=CUT)
    model.acts(unless(takes_no_schema, 500, endless))
    for _try in range(2):
        assert engine_of(say(TEXT)) == "local"
    assert [form for _api, form in forms(model)] == ["json_schema", "json_object", "json_object"]


def test_what_no_dialect_cured_is_not_remembered(say, model):
    model.acts(fails(500))
    say(TEXT)
    model.asked.clear()
    model.acts(GOOD)
    assert engine_of(say(TEXT)) == "llm"
    assert forms(model) == [("responses", "json_schema")]


def test_a_server_that_overlooks_the_schema_is_told_in_the_prompt(say, model):
    model.acts(says("Sure! Here is your task."), GOOD)
    assert engine_of(say(TEXT)) == "llm"
    assert forms(model)[-1] == ("responses", "json_object")
    assert (the_call().tokens_in, the_call().tokens_out) == (800, 100)


# --- Failures that pass


@pytest.mark.parametrize("then", [fails(503), fails(502), hangs_up(GOOD), fails(429)])
def test_a_failure_that_passes_is_tried_again(say, model, pauses, then, platform):
    platform.LLM_API = "chat"
    model.acts(then, GOOD)
    assert engine_of(say(TEXT)) == "llm"
    [pause] = pauses
    assert 0 < pause <= client_module.LONGEST_PAUSE


@pytest.mark.parametrize(
    ("header", "pause"), [("1", 1), ("0", 0), ("Tue, 14 May 2024 10:00:03 GMT", 3)]
)
def test_the_server_says_how_long_to_wait(say, model, pauses, header, pause):
    model.acts(fails(429, Retry_After=header), GOOD)
    assert engine_of(say(TEXT)) == "llm"
    assert pauses == [pause]


def test_a_longer_wait_than_there_is_time_is_left_to_the_next_call(say, model, pauses):
    model.acts(fails(429, Retry_After="120"), GOOD)
    assert engine_of(say(TEXT)) == "local"
    assert pauses == []
    assert engine_of(say(TEXT)) == "local"
    assert len(model.asked) == 1, "it is left alone as long as it asked for"
    tenant_cache.clear()
    assert engine_of(say(TEXT)) == "llm"


def test_a_spent_quota_is_not_tried_again(say, model, pauses):
    model.acts(fails(429, "insufficient_quota", Retry_After="1"), GOOD)
    assert engine_of(say(TEXT)) == "local"
    assert (the_call().reason, len(model.asked), pauses) == ("quota_spent", 1, [])


# --- Failures that do not


NOT_JSON = raw(Told(body=b"<html>busy</html>"))
PIECES = {
    "wrong reply": (NOT_JSON, "wrong_reply"),
    "empty list": (raw(Told(body=b"[]")), "wrong_reply"),
    "wrong JSON": (says("{'intent': create_task}"), "wrong_json"),
    "half a JSON": (says('{"intent": "create_task", "ti'), "wrong_json"),
    "a deep JSON": (says('{"a":' + "[" * 50_000), "wrong_json"),
    "another shape": (says({"kind": "task", "due": "2024-05-15"}), "wrong_shape"),
    "one field more": (says({**reading(title="palms"), "tool": "rm"}), "wrong_shape"),
    "a number": (says({**reading(), "title": 5}), "wrong_shape"),
    "nothing": (says(""), "empty"),
    "a redirect": (fails(302, Location="http://127.0.0.1:1/v1"), "status_302"),
    "no such model": (fails(404, "model_not_found"), "status_404"),
    "not our key": (fails(401), "status_401"),
    "a long answer": (raw(Told(body=b"{" + b" " * 300_000)), "too_large"),
    "truncated": (
        says('{"intent"', status="incomplete", incomplete_details=CUT),
        "truncated",
    ),
    "filtered": (
        says("", status="incomplete", incomplete_details={"reason": "content_filter"}),
        "filtered",
    ),
    "failed": (says("", status="failed", output=[]), "not_completed"),
    "refused": (
        raw(
            Told(
                body=json.dumps(
                    response_reply(
                        "",
                        output=[
                            {"type": "reasoning", "id": "r", "summary": []},
                            {"type": "message", "content": [{"type": "refusal", "refusal": "No"}]},
                        ],
                    )
                ).encode()
            )
        ),
        "model_refused",
    ),
}


@pytest.mark.parametrize(("act", "reason"), PIECES.values(), ids=PIECES)
def test_an_answer_of_no_use_leaves_the_rules_draft(say, model, caplog, act, reason):
    caplog.set_level(logging.INFO)
    model.acts(act)
    answer = say(TEXT)
    assert (answer.status_code, engine_of(answer)) == (201, "local")
    assert answer.json()["due_date"] == "2024-05-15T15:00:00Z"
    assert (the_call().outcome, the_call().reason) == ("failed", reason)
    [line] = [record for record in caplog.records if record.name == "assistant.llm.consulting"]
    assert (line.reason, line.host) == (reason, "127.0.0.1")
    assert "palms" not in str(vars(line))
    assert len(model.asked) <= 4


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (chat_reply("{", finish="length"), "truncated"),
        (chat_reply("", finish="content_filter"), "filtered"),
        (chat_reply(None, refusal="I will not."), "model_refused"),
        ({**chat_reply(""), "choices": []}, "empty"),
    ],
)
def test_a_chat_that_stops_or_refuses_leaves_the_rules_draft(say, model, platform, reply, reason):
    platform.LLM_API = "chat"
    model.acts(raw(Told(body=json.dumps(reply).encode())))
    assert engine_of(say(TEXT)) == "local"
    assert the_call().reason == reason


@pytest.mark.parametrize("act", [drips(GOOD), hangs_up(GOOD)], ids=["a slow drip", "a cut line"])
def test_nobody_waits_longer_than_the_limit(say, model, platform, act):
    platform.LLM_TIMEOUT = 0.4
    model.acts(act)
    assert engine_of(say(TEXT)) == "local"
    call = the_call()
    assert call.ms < 5_000, "the drip would go on for more than ten seconds"
    assert call.reason in {"timeout", "cut"}
    assert call.tokens_out >= 600, "what we do not know of counts with its most"


def test_nobody_listens(say, platform, model):
    platform.LLM_BASE_URL = "http://127.0.0.1:1/v1"
    assert engine_of(say(TEXT)) == "local"
    call = the_call()
    assert (call.reason, call.tokens_in, call.cost) == ("unreachable", 0, 0)


def test_a_mistake_of_ours_leaves_the_rules_draft_and_no_word_in_the_log(
    say, model, monkeypatch, caplog
):
    def broken(*_args):
        raise KeyError(TEXT)

    model.acts(GOOD)
    monkeypatch.setattr("assistant.llm.words.Hearing.draft", broken)
    assert engine_of(say(TEXT)) == "local"
    [line] = [record for record in caplog.records if record.name == "assistant.llm.consulting"]
    assert (line.levelname, line.error) == ("ERROR", "KeyError")
    assert "palms" not in str(vars(line))
    assert (the_call().outcome, the_call().reason) == ("failed", "our_mistake")
