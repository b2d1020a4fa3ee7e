"""How the addresses are asked that programs use beside the API: SCIM and MCP."""

from tests.isolation.rules.rule import PLAIN, Body, Page, fields

FOUND_BY_SCIM = 'userName eq "eve@acme.example"'
SCIM_USER = Body(
    fields(
        userName="sky@acme.example",
        name={"givenName": "Sky", "familyName": "New"},
        emails=[{"primary": True, "value": "sky@acme.example"}],
        active=True,
    )
)
SCIM_CHANGE = Body(fields(Operations=[{"op": "replace", "path": "active", "value": False}]))
SCIM_GROUP = Body(
    lambda world: {"displayName": "Sky", "members": [{"value": str(world.eve.pk)}]},
    {"members[].value": "user"},
)
SCIM_MEMBERS = Body(
    lambda world: {
        "Operations": [{"op": "add", "path": "members", "value": [{"value": str(world.max.pk)}]}]
    },
    {"Operations[].value[].value": "user"},
)
MCP_CALL = Body(
    lambda world: {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": "delete_task",
            "arguments": {"task_id": str(world.task.pk), "confirm": True},
        },
    },
    {"params.arguments.task_id": "task"},
)
OF_PROGRAMS: dict[str, Page] = {
    "/mcp": Page(bodies={"post": MCP_CALL}),
    "/scim/v2/ServiceProviderConfig": PLAIN,
    "/scim/v2/Users": Page(query={"filter": FOUND_BY_SCIM}, bodies={"post": SCIM_USER}),
    "/scim/v2/Users/<uuid:pk>": Page(
        ids={"pk": "user"}, bodies={"put": SCIM_USER, "patch": SCIM_CHANGE}
    ),
    "/scim/v2/Groups": Page(query={"startIndex": "1"}, bodies={"post": SCIM_GROUP}),
    "/scim/v2/Groups/<uuid:pk>": Page(
        ids={"pk": "team"}, bodies={"put": SCIM_GROUP, "patch": SCIM_MEMBERS}
    ),
}
