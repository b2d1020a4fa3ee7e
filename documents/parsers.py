"""Reading an upload."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser

from common.parsers import TooLargeError
from documents.reading.limits import MEGABYTE, MOST_BYTES


class UploadParser(MultiPartParser):
    """A form with a file (RFC 7578) that is no longer than a document may be."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the fields and files. Raises ParseError and TooLargeError."""
        request = (parser_context or {}).get("request")
        length = int((request.headers.get("content-length") or 0) if request else 0)
        if length > MOST_BYTES + MEGABYTE:
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
