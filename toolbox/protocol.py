"""MCP over one POST: JSON-RPC in, JSON-RPC out, nothing kept between two requests.

It is the stateless form of the protocol's streamable HTTP transport. Shapes are checked by the
protocol's own package of types.
"""

from typing import Any

import orjson
from django.http import HttpRequest
from mcp_types import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    UNSUPPORTED_PROTOCOL_VERSION,
    CallToolResult,
    EmptyResult,
    Implementation,
    InitializeResult,
    ListToolsResult,
    Result,
    ServerCapabilities,
    TextContent,
    Tool,
    ToolAnnotations,
    ToolsCapability,
)
from mcp_types.jsonrpc import JSONRPCNotification, JSONRPCRequest
from mcp_types.methods import parse_client_request, serialize_server_result
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_HANDSHAKE_VERSION
from pydantic import ValidationError

from toolbox.calls import call
from toolbox.tools import BY_NAME, TOOLS, OfficeTool

# What a client speaks that does not say.
UNSAID = "2025-03-26"
INSTRUCTIONS = (
    "The office of the person whose token you carry: tasks, calendar, documents, notes, and what"
    " will be sent. You may what that person may. Try a write with “dry_run” first where you are"
    " not sure; what destroys asks for “confirm”, after the person has said yes."
)
BAD_REQUEST = 400


class ProtocolError(Exception):
    """What the protocol, not the office, finds wrong."""

    def __init__(self, code: int, sentence: str, *, status: int = 200, data: Any = None) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.status, self.data = code, sentence, status, data


def answer(content: bytes, version: str | None, request: HttpRequest) -> tuple[int, Any]:
    """Return the status and the body of the answer; a notification gets none."""
    number: Any = None
    try:
        message = _message(content)
        if isinstance(message, JSONRPCNotification):
            return 202, None
        number = message.id
        spoken = _spoken(version)
        result = _result(message, spoken, request)
        data = result.model_dump(mode="json", by_alias=True, exclude_none=True)
        data = serialize_server_result(message.method, spoken, data)
    except ProtocolError as error:
        told = {"code": error.code, "message": error.sentence}
        told |= {} if error.data is None else {"data": error.data}
        return error.status, {"jsonrpc": "2.0", "id": number, "error": told}
    return 200, {"jsonrpc": "2.0", "id": number, "result": data}


def _message(content: bytes) -> JSONRPCRequest | JSONRPCNotification:
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ProtocolError(PARSE_ERROR, "This is no JSON.", status=BAD_REQUEST) from error
    kind = JSONRPCRequest if isinstance(said, dict) and "id" in said else JSONRPCNotification
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        sentence = "This is no single message of JSON-RPC."
        raise ProtocolError(INVALID_REQUEST, sentence, status=BAD_REQUEST) from error


def _spoken(version: str | None) -> str:
    spoken = version or UNSAID
    if spoken not in HANDSHAKE_PROTOCOL_VERSIONS:
        known = {"supported": [*HANDSHAKE_PROTOCOL_VERSIONS], "requested": spoken}
        raise ProtocolError(
            UNSUPPORTED_PROTOCOL_VERSION,
            "This version of the protocol is not spoken here.",
            status=BAD_REQUEST,
            data=known,
        )
    return spoken


def _result(message: JSONRPCRequest, spoken: str, request: HttpRequest) -> Result:
    try:
        asked: Any = parse_client_request(message.method, spoken, message.params)
    except KeyError as error:
        raise ProtocolError(METHOD_NOT_FOUND, "There is no such method.") from error
    except ValidationError as error:
        raise ProtocolError(
            INVALID_PARAMS, "The parameters are not those of the method."
        ) from error
    if message.method == "initialize":
        return _welcome(asked.params.protocol_version)
    if message.method == "ping":
        return EmptyResult()
    if message.method == "tools/list":
        return ListToolsResult(tools=[_shown(tool) for tool in TOOLS])
    if message.method == "tools/call":
        return _called(asked.params.name, asked.params.arguments or {}, request)
    raise ProtocolError(METHOD_NOT_FOUND, "There is no such method.")


def _welcome(wanted: str) -> InitializeResult:
    known = wanted in HANDSHAKE_PROTOCOL_VERSIONS
    return InitializeResult(
        protocol_version=wanted if known else LATEST_HANDSHAKE_VERSION,
        capabilities=ServerCapabilities(tools=ToolsCapability()),
        server_info=Implementation(name="ai-office-manager", version="1"),
        instructions=INSTRUCTIONS,
    )


def _shown(tool: OfficeTool) -> Tool:
    hints = ToolAnnotations(
        read_only_hint=not tool.writes,
        destructive_hint=tool.destroys,
        open_world_hint=False,
    )
    return Tool(name=tool.name, description=tool.does, input_schema=tool.schema, annotations=hints)


def _called(name: str, arguments: dict[str, Any], request: HttpRequest) -> CallToolResult:
    tool = BY_NAME.get(name)
    if tool is None:
        raise ProtocolError(INVALID_PARAMS, "There is no such tool.")
    said = call(tool, arguments, request)
    data = said.data if isinstance(said.data, dict) else {"results": said.data}
    text = TextContent(type="text", text=orjson.dumps(data).decode())
    return CallToolResult(content=[text], structured_content=data, is_error=not said.is_good)
