"""Answers as JSON, written by orjson."""

from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import JSONRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class OfficeJSONRenderer(JSONRenderer):
    """Writes ids and instants by itself, many times faster than the standard library."""

    # The other way writes half a surrogate pair as an escape; UTF-8 has no bytes for it.
    ensure_ascii = True

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """Return the answer's bytes; what orjson has no notation for goes DRF's own way."""
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=_plain, option=OPTIONS)
        except TypeError:
            rendered: bytes = super().render(data, *args, **kwargs)
            return rendered


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError
