"""Reading request bodies."""

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser

MAX_DEPTH = 20
# Room for the other fields of a form with a file.
MEGABYTE = 1024 * 1024


class TooLargeError(APIException):
    """The body is longer than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is too large."
    default_code = "request_too_large"


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 wants it exchanged: UTF-8, each name once, of a bounded size and depth.

    Anything else is the sender's mistake and never a 500.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the parsed body. Raises ParseError, ValidationError and TooLargeError."""
        _refuse_long((parser_context or {}).get("request"))
        try:
            # Not with the charset that the header names: it may be a codec like `zlib`.
            body = json.loads(
                stream.read().decode(), object_pairs_hook=_object, parse_constant=_refuse_constant
            )
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"This is not JSON: {error}.") from error
        _check(body)
        return body


class StrictFormParser(FormParser):
    """A form of a bounded size, as vendors post it; fields without a value are kept."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the fields as a QueryDict. Raises ParseError and TooLargeError."""
        _refuse_long((parser_context or {}).get("request"))
        try:
            return super().parse(stream, media_type, parser_context)
        except (SuspiciousOperation, ValueError) as error:
            raise ParseError("This is not a form that can be read.") from error


class UploadParser(MultiPartParser):
    """A form with a file (RFC 7578) of a bounded size."""

    most_bytes: int

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the fields and files. Raises ParseError and TooLargeError."""
        request = (parser_context or {}).get("request")
        length = int((request.META.get("CONTENT_LENGTH") or 0) if request else 0)
        if length > self.most_bytes + MEGABYTE:
            raise TooLargeError
        try:
            found = super().parse(stream, media_type, parser_context)
        except (SuspiciousOperation, ValueError) as error:
            raise ParseError("This is not a form that can be read.") from error
        names = [name for part in (found.data, found.files) for name, values in part.lists()
                 for _value in values]  # fmt: skip
        for name in names:
            if names.count(name) > 1:
                raise ParseError(f"The field {name!r} is given twice.")
        return found


def _refuse_long(request: Any) -> None:
    length = int((request.META.get("CONTENT_LENGTH") or 0) if request else 0)
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLargeError


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; Python would keep the last of two values, other readers the first."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _field_error(name, "This field is given twice.", "duplicate")
        found[name] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _check(body: Any) -> None:
    """Refuse what could be parsed and neither stored nor sent back."""
    for name, value in body.items() if isinstance(body, dict) else [("", body)]:
        if _too_deep(value, MAX_DEPTH):
            raise ParseError("The JSON is nested too deeply.")
        if not _is_text([name, value]):
            raise _field_error(name, "This is not Unicode text.", "invalid")


def _too_deep(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_too_deep(item, left - 1) for item in inner)


def _is_text(value: Any) -> bool:
    """Tell whether it can be written as UTF-8; half of a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _field_error(name: str, sentence: str, code: str) -> APIException:
    if not name:
        return ParseError(sentence)
    shown = name.encode(errors="replace").decode()
    return ValidationError({shown: [ErrorDetail(sentence, code=code)]})
