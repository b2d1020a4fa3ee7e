"""What all API views share: strict input, one error format, pages of lists, ETags."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy, deepcopy
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db import DataError, transaction
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from common.cursors import Order, Place
from common.errors import AppError, ChangedMeanwhileError, InvalidError, ReadOnlyError
from common.parsers import TooLargeError
from common.refusals import error_body

# What returns so many rows from one on, as the API shows them, and the number of all.
SliceOf = Callable[[int, int], tuple[Sequence[Mapping[str, Any]], int]]
# What returns so many rows from a place on, each with where it stands itself.
Beyond = Callable[[int, Place | None], Sequence[tuple[Mapping[str, Any], Sequence[Any]]]]
# No list is as long.
FARTHEST = 2**62


class QuickFields:
    """Builds a serializer's fields once; each instance gets light copies of them.

    DRF builds them anew for every request: half of what reading a body costs.
    """

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return unbound copies. They share what a field never changes: validators, choices."""
        kind: Any = type(self)
        return {name: _unbound(field) for name, field in _fields_of(kind).items()}


@cache
def _fields_of(kind: Any) -> dict[str, Any]:
    built: dict[str, Any] = super(QuickFields, kind()).get_fields()
    return built


def _unbound(field: Any) -> Any:
    """Return a copy of a field that was never bound to a serializer."""
    if isinstance(field, serializers.BaseSerializer):
        return deepcopy(field)
    new = copy(field)
    if child := getattr(field, "child", None):
        new.child = _unbound(child)
        new.child.parent = new
    return new


class StrictSerializer(QuickFields, serializers.Serializer[Any]):
    """Refuses fields that it does not know or that cannot be written, and numbers for text."""

    def to_internal_value(self, data: Any) -> Any:
        """Validate; name each field that should not be there or not like this."""
        if isinstance(data, Mapping):
            found = {str(name): self._problem(str(name), value) for name, value in data.items()}
            if problems := {name: [problem] for name, problem in found.items() if problem}:
                raise serializers.ValidationError(problems)
        return super().to_internal_value(data)

    def _problem(self, name: str, value: Any) -> serializers.ErrorDetail | None:
        field = self.fields.get(name)
        if field is None:
            return serializers.ErrorDetail("This field is not known.", code="unknown_field")
        if field.read_only:
            return serializers.ErrorDetail("This field cannot be written.", code="read_only")
        if _number_for_text(field, value):
            return serializers.ErrorDetail("Not a valid string.", code="invalid")
        return None


def _number_for_text(field: Any, value: Any) -> bool:
    """Tell whether text is wanted and a number given, which DRF would turn into text."""
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return any(_number_for_text(field.child, item) for item in value)
    return isinstance(field, serializers.CharField) and isinstance(value, int | float)


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """The same for a model."""


def checked(
    kind: type[serializers.Serializer[Any]], data: Any, *, partial: bool = False
) -> dict[str, Any]:
    """Return the validated data. Raises ValidationError naming each bad field.

    One serializer checks for all, since checking leaves nothing behind in it; only a refusal has
    one of its own, which words it.
    """
    try:
        return dict(_checker(kind, partial).run_validation(data))
    except (serializers.ValidationError, ValidationError):
        form = kind(data=data, partial=partial)
        form.is_valid(raise_exception=True)
        raise


@cache
def _checker(kind: Any, partial: bool) -> serializers.Serializer[Any]:  # noqa: FBT001
    return kind(partial=partial)  # type: ignore[no-any-return]


class OwnTransactions:
    """For a view that opens its own short transactions instead of one around the request."""

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the view marked for Django's request handler."""
        return transaction.non_atomic_requests(super().as_view(*args, **kwargs))  # type: ignore[misc]


class NumberedPages(PageNumberPagination):
    """`?page=` and `?page_size=`: 50 rows, at most 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def answer(self, request: Request, slice_of: SliceOf) -> Response:
        """Answer with the page that the request wants. Raises NotFound."""
        size = self.get_page_size(request) or self.page_size
        wanted = request.query_params.get(self.page_query_param, 1)
        try:
            if wanted in self.last_page_strings:
                wanted = Paginator(range(slice_of(1, 0)[1]), size).num_pages
            # How many pages there are shows only afterwards.
            number = Paginator(range(FARTHEST), size).validate_number(wanted)
            rows, total = slice_of(size, (number - 1) * size)
            self.page, self.request = Paginator(range(total), size).page(number), request
        except InvalidPage as error:
            raise NotFound(self.invalid_page_message.format(message=str(error))) from error
        return self.get_paginated_response(rows)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Say that one may read on from a cursor instead."""
        cursor = {
            "name": "cursor",
            "required": False,
            "in": "query",
            "description": "Instead of `page`: empty for the beginning, then as `next` says it. "
            "Nothing that comes in meanwhile moves the pages; `count` is not told.",
            "schema": {"type": "string"},
        }
        return [*super().get_schema_operation_parameters(view), cursor]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Say the same of the answer."""
        told: dict[str, Any] = super().get_paginated_response_schema(schema)
        count = {**told["properties"]["count"], "description": "Of all; not with `cursor`."}
        told["properties"]["count"] = count
        return {**told, "required": ["results"]}


class CursorPages(CursorPagination):
    """Opaque `next` and `previous` for lists that grow while they are read."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def answer(self, request: Request, order: Order, beyond: Beyond) -> Response:
        """Answer with the rows from the cursor on; one that we did not make is no page."""
        if "page" in request.query_params:
            raise InvalidError("Give “page” or “cursor”.", code="one_of", attr="page")
        size = self.get_page_size(request) or self.page_size
        try:
            place = order.place(request.query_params.get(self.cursor_query_param, ""))
            found = beyond(size + 1, place)
        except (ValidationError, ValueError, TypeError, OverflowError, DataError) as error:
            raise NotFound(self.invalid_cursor_message) from error
        rows, is_back = list(found[:size]), place is not None and place.is_back
        if is_back:
            rows.reverse()
        is_more = len(found) > size
        ends = {
            "next": rows and (is_back or is_more) and rows[-1][1],
            "previous": rows and place is not None and (not is_back or is_more) and rows[0][1],
        }
        told: dict[str, Any] = {
            name: self._link(request, order.written(end, is_back=name == "previous"))
            if end
            else None
            for name, end in ends.items()
        }
        return Response({**told, "results": [row for row, _place in rows]})

    def _link(self, request: Request, word: str) -> str:
        address = request.build_absolute_uri()
        return str(replace_query_param(address, self.cursor_query_param, word))


class ErrorFormatter(ExceptionFormatter):
    """Writes an AppError with its own code, field and extra facts."""

    def run(self) -> dict[str, Any]:
        """Return the error body."""
        error = self.original_exc
        if isinstance(error, AppError):
            return error_body(
                status=error.status,
                code=error.code,
                detail=error.sentence,
                attr=error.attr,
                **error.extra,
            )
        body: dict[str, Any] = super().run()
        return body


class ErrorHandler(ExceptionHandler):
    """Knows our refusals."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Give an AppError its status."""
        if isinstance(exc, AppError):
            answer = APIException(exc.sentence, exc.code)
            answer.status_code = exc.status
            if "retry_after" in exc.extra:
                # DRF writes it into the Retry-After header (RFC 9110, section 10.2.3).
                answer.wait = exc.extra["retry_after"]  # type: ignore[attr-defined]
            if exc.status == status.HTTP_401_UNAUTHORIZED:
                answer.auth_header = 'Bearer realm="office"'  # type: ignore[attr-defined]
            return answer
        if isinstance(exc, RequestDataTooBig):
            return TooLargeError()
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc: APIException, response: Response) -> None:
        """Report what is broken; an office that is moved is not."""
        if not isinstance(self.exc, ReadOnlyError):
            super().report_exception(exc, response)


class Refusal(NamedTuple):
    """An error as it would be answered: its status and its body."""

    status: int
    body: dict[str, Any]


def refusal_of(error: Exception, *, view: Any, request: Request) -> Refusal:
    """Return how an error is answered that fails a part of a request and not all of it."""
    context: Any = {"view": view, "request": request, "args": (), "kwargs": {}}
    handler = ErrorHandler(error, context)
    known: Any = handler.convert_known_exceptions(error)
    body: dict[str, Any] = ErrorFormatter(known, context, error).run()
    return Refusal(known.status_code, body)


def etag_of(representation: Mapping[str, Any]) -> str:
    """Return a strong validator of what the client sees (RFC 9110, section 8.8.3)."""
    text = orjson.dumps(representation, option=orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS)
    return f'"{sha256(text).hexdigest()[:32]}"'


def require_match(request: Request, representation: Mapping[str, Any]) -> None:
    """Raise ChangedMeanwhileError when `If-Match` names another state than the present one."""
    wanted = request.META.get("HTTP_IF_MATCH")
    if wanted is not None:
        require_tag(wanted, representation)


def require_tag(wanted: str, representation: Mapping[str, Any]) -> None:
    """Raise ChangedMeanwhileError when none of the tags is that of the present state."""
    if wanted.strip() == "*":
        return
    if etag_of(representation) not in {tag.strip() for tag in wanted.split(",")}:
        raise ChangedMeanwhileError("Somebody else changed this in between; read it again.")
