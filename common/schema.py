"""How the OpenAPI schema describes what our views share."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from common.aging import aging_of
from common.parts import NOTE, parameters_of_wishes

CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
BODIES = frozenset({"POST", "PUT", "PATCH"})
SHOWS_ONE = frozenset(
    {"create", "retrieve", "update", "partial_update", "resend", "create_service", "rotate"}
)


class OneErrorSerializer(serializers.Serializer[Any]):
    """What is wrong: a stable code, one sentence, and the dotted path of the field."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorSerializer(serializers.Serializer[Any]):
    """The body of every answer from 400 up."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    # DRF has an attribute of this name; its metaclass keeps them apart.
    errors = OneErrorSerializer(many=True)  # type: ignore[assignment]


class PlanLimitSerializer(ErrorSerializer):
    """The same with the limit that is reached: `limit` is its name in the plan."""

    limit = serializers.CharField()
    maximum = serializers.IntegerField()
    used = serializers.IntegerField()


RATE_HEADERS = {
    "X-RateLimit-Limit": "How many requests are allowed: of what there is least left of.",
    "X-RateLimit-Remaining": "How many of them may be made at once.",
    "X-RateLimit-Reset": "In how many seconds all of them may be made again.",
}
# What says more than the others.
BODIES_OF_ERRORS = {"402": PlanLimitSerializer}


ANSWERED_ONCE = [
    OpenApiParameter(
        "Idempotency-Key",
        str,
        OpenApiParameter.HEADER,
        description="The same key and body within 24 hours get the first answer again.",
    ),
    OpenApiParameter(
        "Idempotent-Replayed",
        str,
        OpenApiParameter.HEADER,
        enum=["true"],
        response=[200, 201, 202, 204],
        description="Whether this is the answer to an earlier request with the same key.",
    ),
]


class OfficeSchema(AutoSchema):
    """Describes the contract's errors and tags on every operation."""

    def get_override_parameters(self) -> list[Any]:
        """Add `If-Match` where it is looked at and `ETag` where it is sent."""
        found: list[Any] = list(super().get_override_parameters())
        found += parameters_of_wishes(*self._wishes())
        if self._is_of_one_object() and self.method in CHANGES:
            found.append(OpenApiParameter("If-Match", str, OpenApiParameter.HEADER))
        if getattr(self.view, "action", None) in SHOWS_ONE or self._is_tagged():
            tag = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201, 202])
            found.append(tag)
        if self._answers_once():
            found += ANSWERED_ONCE
        if (aging := aging_of(self.view, self.method)) is not None:
            found += [OpenApiParameter(name, str, OpenApiParameter.HEADER, response=True)
                      for name in aging.headers]  # fmt: skip
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Leave a note of what may be shown together with ids, for `tell_of_parts`."""
        made: Any = super().get_operation(*args, **kwargs)
        fields, relations = self._wishes()
        if made and fields:
            made[NOTE] = {
                name: (relation, self.resolve_serializer(relation.serializer, "response").ref)
                for name, relation in relations.items()
            }
        return made

    def _wishes(self) -> tuple[list[str], dict[str, Any]]:
        """Return which fields a request may choose of, and what it may ask for beside ids."""
        view: Any = self.view
        action = getattr(view, "action", None)
        if self.method != "GET" or action not in getattr(view, "reads", ()):
            return [], {}
        fields = view.shows(action)().fields.items()
        return [name for name, field in fields if not field.write_only], view.relations

    def is_deprecated(self) -> bool:
        """Tell whether the view says that this will go away."""
        return aging_of(self.view, self.method) is not None

    def _answers_once(self) -> bool:
        """Tell whether an `Idempotency-Key` gets the first answer again."""
        secrets = getattr(self.view, "shows_secrets", None)
        action = getattr(self.view, "action", None) or "post"
        return self.method == "POST" and secrets is not None and action not in secrets

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status, sentence in self._errors().items():
            body = BODIES_OF_ERRORS.get(status, ErrorSerializer)
            answer = OpenApiResponse(body, sentence)
            described = self._get_response_for_code(answer, status, direction=direction)  # type: ignore[no-untyped-call]
            bodies.setdefault(status, described)
        return bodies

    def _errors(self) -> dict[str, str]:
        grants = getattr(self.view, "grants", {})
        action = getattr(self.view, "action", None) or self.method.lower()
        has_body, has_id = self.method in BODIES, "{" in self.path
        # A view names the actions for which the plan may have no room.
        limited = getattr(self.view, "plan_limited", ())
        # Those for which one shows once more who one is.
        recent = getattr(self.view, "recent", ())
        # A view that a vendor calls, who shows what only it was told.
        is_for_vendors = getattr(self.view, "is_for_vendors", False)
        possible = {
            "400": (True, "Something makes no sense; `attr` names the field."),
            "401": (action in grants or has_body, "No token, or none that is good."),
            "402": (action in limited, "Your plan has no room for it; `limit` names which."),
            "403": (
                grants.get(action) is not None or is_for_vendors or action in recent,
                "Your role, or what you show, does not open this.",
            ),
            "404": (
                has_id or action == "list" or getattr(self.view, "may_be_missing", False),
                "It is not there, or not for you to see.",
            ),
            "406": (True, "What `Accept` names is not to be had."),
            "409": (has_body or self.method == "DELETE", "Somebody else was first."),
            "412": (
                (has_id or self._is_tagged()) and self.method in CHANGES,
                "It is not the state of `If-Match`.",
            ),
            "413": (has_body, "The body is too large."),
            "415": (has_body, "The body is not JSON."),
            "422": (self.method == "POST", "Understood, and impossible as it stands."),
            "500": (True, "Our own mistake."),
        }
        return {status: words for status, (may_be, words) in possible.items() if may_be}

    def _is_tagged(self) -> bool:
        """Tell whether it shows the one thing there is of its kind, with the ETag."""
        return getattr(self.view, "is_tagged", False)

    def _is_of_one_object(self) -> bool:
        return self._is_tagged() or (
            getattr(self.view, "action", None) in {*SHOWS_ONE, "destroy"} and "{" in self.path
        )


def tell_of_rates(result: Any, **_about: Any) -> Any:
    """Describe once what every answer tells of rates, and the refusal of one request too many."""
    told = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_HEADERS}
    components = result["components"]
    components["headers"] = {
        name: {"description": words, "schema": {"type": "integer", "minimum": 0}}
        for name, words in RATE_HEADERS.items()
    }
    wait = {"description": "Seconds until it may be tried again.", "schema": {"type": "integer"}}
    plain = components["schemas"]["Error"]
    facts = {"retry_after": {"type": "integer"}, "limit": {"type": "string"}}
    facts["maximum"] = {"type": "integer"}
    components["schemas"]["TooMany"] = {
        **plain,
        "description": "The same with the limit that is reached, and when to try again.",
        "properties": {**plain["properties"], **facts},
    }
    error = {"schema": {"$ref": "#/components/schemas/TooMany"}}
    components["responses"] = {
        "TooMany": {
            "description": "Too often; the sentence names the limit.",
            "headers": {"Retry-After": wait, **told},
            "content": {"application/json": error},
        }
    }
    for methods in result["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                answer["headers"] = {**answer.get("headers", {}), **told}
            operation["responses"]["429"] = {"$ref": "#/components/responses/TooMany"}
    return result


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The access token in the Authorization header."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
