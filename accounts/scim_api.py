"""`/scim/v2`: provisioning by Okta, Entra ID and others (RFC 7644), with a bearer token.

The token is an API key of a service account; what it may stands in its scopes, and nobody with more
rights than the account is touched.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import APIException
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import scim
from accounts.api import OfficeAPIView
from accounts.models import Team, User
from accounts.permissions import Permission
from accounts.scim_filters import lookups_of
from accounts.staff import delete_team
from common.errors import AppError, InvalidError
from common.parsers import StrictJSONParser
from common.renderers import OfficeJSONRenderer

P = Permission
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
PAGE, MOST = 100, 200
MOST_OPERATIONS = 100
MEMBER = re.compile(r'members\[value eq "([0-9a-fA-F-]{36})"\]\Z')
GONE = 204
TYPES = {409: "uniqueness", 402: "tooMany"}
SCIM_TYPES = {"invalidFilter", "invalidValue", "invalidPath", "mutability", "uniqueness"}


class ScimParser(StrictJSONParser):
    """JSON, under whichever of its names."""

    media_type = "*/*"


class ScimRenderer(OfficeJSONRenderer):
    """JSON, as SCIM calls it."""

    media_type = "application/scim+json"


class OneForm(BaseContentNegotiation):
    """There is one form of everything."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Take it."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """Take it."""
        return renderers[0], renderers[0].media_type


def refused(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Put a refusal into SCIM's own words (section 3.12)."""
    status, detail, kind = _words(error)
    if status is None:
        return None
    body = {"schemas": [ERROR], "status": str(status), "detail": detail}
    response = Response({**body, "scimType": kind} if kind else body, status=status)
    response.exception = True
    if status == 401:  # noqa: PLR2004  RFC 6750
        response["WWW-Authenticate"] = 'Bearer realm="office"'
    return response


def _words(error: Exception) -> tuple[int | None, str, str]:
    if isinstance(error, AppError):
        kind = error.code if error.code in SCIM_TYPES else TYPES.get(error.status, "")
        return error.status, error.sentence, kind
    if isinstance(error, APIException):
        return error.status_code, str(error.detail), ""
    if type(error).__name__ == "Http404":
        return 404, "There is no such resource.", ""
    return None, "", ""


class ScimView(OfficeAPIView):
    """What all addresses of SCIM share."""

    schema = None
    parser_classes = (ScimParser,)
    renderer_classes = (ScimRenderer,)
    content_negotiation_class = OneForm

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Refuse in SCIM's words."""
        return refused

    def body(self) -> dict[str, Any]:
        """Return the body. Raises InvalidError for what is no object."""
        data = self.request.data
        if not isinstance(data, dict):
            raise InvalidError("The body is an object.", code="invalidValue")
        return data

    def operations(self) -> list[dict[str, Any]]:
        """Return the operations of a PATCH. Raises InvalidError."""
        found = {key.lower(): value for key, value in self.body().items()}.get("operations")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise InvalidError("A change has operations.", code="invalidValue")
        if not 0 < len(found) <= MOST_OPERATIONS:
            raise InvalidError(f"From 1 to {MOST_OPERATIONS} operations.", code="invalidValue")
        return found

    def listed(
        self, rows: QuerySet[Any], names: Mapping[str, str], show: Callable[[Any], Any]
    ) -> Response:
        """Answer with a page of what the filter finds."""
        query = self.request.query_params
        if text := query.get("filter"):
            rows = scim.found_by(lookups_of(text, names), rows)
        start, count = _number(query, "startIndex", 1), min(_number(query, "count", PAGE), MOST)
        total = rows.count()
        found = [show(row) for row in rows[start - 1 : start - 1 + count]]
        page = {"totalResults": total, "startIndex": start, "itemsPerPage": len(found)}
        return Response({"schemas": [LIST], **page, "Resources": found})


def _number(query: Mapping[str, str], name: str, usual: int) -> int:
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004  of an int
        raise InvalidError(f"{name} is a number.", code="invalidValue")
    return max(int(text), 1 if name == "startIndex" else 0)


class ConfigView(ScimView):
    """What of SCIM there is."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": None}

    def get(self, request: Request) -> Response:
        """Tell it."""
        no = {"supported": False}
        return Response(
            {
                "schemas": [CONFIG],
                "patch": {"supported": True},
                "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
                "filter": {"supported": True, "maxResults": MOST},
                **dict.fromkeys(("changePassword", "sort", "etag"), no),
                "authenticationSchemes": [
                    {"type": "oauthbearertoken", "name": "Bearer", "description": "An API key"}
                ],
            }
        )


class UsersView(ScimView):
    """The people of the office."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": P.USER_READ, "post": P.USER_CREATE}

    def get(self, request: Request) -> Response:
        """Find some."""
        return self.listed(_people(self.user), scim.USER_NAMES, scim.shown_user)

    def post(self, request: Request) -> Response:
        """Make one, who signs in elsewhere."""
        user = scim.provision_user(values=scim.user_values(self.body()), by=self.user)
        return Response(scim.shown_user(_people(self.user).get(pk=user.pk)), status=201)


class UserView(ScimView):
    """One person."""

    grants: ClassVar[dict[str, Permission | None]] = {
        "get": P.USER_READ,
        **dict.fromkeys(("put", "patch", "delete"), P.USER_UPDATE),
    }

    def get(self, request: Request, pk: UUID) -> Response:
        """Show them."""
        return Response(scim.shown_user(self._one(pk)))

    def put(self, request: Request, pk: UUID) -> Response:
        """Store them as given; what is not given stays."""
        return self._change(pk, scim.user_values(self.body()))

    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what the operations say."""
        return self._change(pk, scim.patched_user(self.operations()))

    def delete(self, request: Request, pk: UUID) -> Response:
        """Let them in no longer: what they did stays theirs, and an admin may delete them."""
        scim.update_user(user=self._one(pk), values={"is_active": False}, by=self.user)
        return Response(status=GONE)

    def _change(self, pk: UUID, values: Mapping[str, Any]) -> Response:
        scim.update_user(user=self._one(pk), values=values, by=self.user)
        return Response(scim.shown_user(self._one(pk)))

    def _one(self, pk: UUID) -> User:
        user: User = get_object_or_404(_people(self.user), pk=pk)
        return user


class GroupsView(ScimView):
    """The teams of the office."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": P.USER_READ, "post": P.USER_CREATE}

    def get(self, request: Request) -> Response:
        """Find some."""
        return self.listed(_teams(self.user), scim.GROUP_NAMES, scim.shown_group)

    def post(self, request: Request) -> Response:
        """Make one."""
        body = self.body()
        members = scim.member_ids(body.get("members") or [])
        team = scim.save_group(team=None, name=_name(body), members=members)
        return Response(scim.shown_group(_teams(self.user).get(pk=team.pk)), status=201)


class GroupView(ScimView):
    """One team."""

    grants: ClassVar[dict[str, Permission | None]] = {
        "get": P.USER_READ,
        **dict.fromkeys(("put", "patch"), P.USER_UPDATE),
        "delete": P.USER_DELETE,
    }

    def get(self, request: Request, pk: UUID) -> Response:
        """Show it."""
        return Response(scim.shown_group(self._one(pk)))

    def put(self, request: Request, pk: UUID) -> Response:
        """Store it as given."""
        body = self.body()
        members = scim.member_ids(body.get("members") or [])
        scim.save_group(team=self._one(pk), name=_name(body), members=members)
        return Response(scim.shown_group(self._one(pk)))

    def patch(self, request: Request, pk: UUID) -> Response:
        """Add and remove members, or name it anew."""
        team = self._one(pk)
        members = [seat.user_id for seat in team.memberships.all()]
        name = None
        for operation in self.operations():
            members, name = _patched(operation, members, name)
        scim.save_group(team=team, name=name, members=members)
        return Response(scim.shown_group(self._one(pk)))

    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete it; its tasks stay."""
        delete_team(team=self._one(pk))
        return Response(status=GONE)

    def _one(self, pk: UUID) -> Team:
        team: Team = get_object_or_404(_teams(self.user), pk=pk)
        return team


def _patched(
    operation: Mapping[str, Any], members: list[UUID], name: str | None
) -> tuple[list[UUID], str | None]:
    """Return the members and the name after an operation. Raises InvalidError."""
    verb, path = str(operation.get("op", "")).lower(), operation.get("path")
    value = operation.get("value")
    if path is None and isinstance(value, dict):
        name = _name(value) or name
        path, value = "members", value.get("members", [])
    if verb not in {"add", "remove", "replace"} or not isinstance(path, str):
        raise InvalidError("Add, remove or replace, at a path.", code="invalidPath")
    if path.lower() == "displayname" and verb == "replace":
        return members, _name({"displayName": value})
    if one := MEMBER.match(path):
        path, value = "members", [one[1]]
    if path.lower() != "members":
        raise InvalidError(f"There is nothing to change at “{path}”.", code="invalidPath")
    return _after(verb, members, scim.member_ids(value if value is not None else [])), name


def _after(verb: str, members: list[UUID], given: list[UUID]) -> list[UUID]:
    if verb == "replace":
        return given
    if verb == "add":
        return [*members, *given]
    return [pk for pk in members if pk not in given] if given else []


def _name(body: Mapping[str, Any]) -> str | None:
    name = body.get("displayName")
    if name is not None and (not isinstance(name, str) or not 0 < len(name) <= 80):  # noqa: PLR2004
        raise InvalidError("displayName is a text of up to 80 letters.", code="invalidValue")
    return name


def _people(user: User) -> QuerySet[User]:
    people: QuerySet[User] = User.objects.visible_to(user).filter(is_service=False)
    return people.select_related("role").prefetch_related("identities").order_by("created_at", "pk")


def _teams(user: User) -> QuerySet[Team]:
    teams: QuerySet[Team] = Team.objects.visible_to(user)
    return teams.prefetch_related("memberships__user").order_by("created_at", "pk")
