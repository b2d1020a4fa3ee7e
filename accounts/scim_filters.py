"""Filters of SCIM (RFC 7644, section 3.4.2.2), as far as provisioning needs them: `eq` and `and`.

What is asked for is compared with a list of names; values travel as parameters and as nothing else.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from common.errors import InvalidError

PART = re.compile(
    r'\s*([A-Za-z][\w.:-]*)\s+([A-Za-z]{2})\s+("(?:[^"\\]|\\.)*"|true|false)\s*', re.ASCII
)
AND = re.compile(r"and\s", re.IGNORECASE)
LONGEST, MOST = 500, 5


class BadFilterError(InvalidError):
    """Not one that we know."""

    code = "invalidFilter"


def lookups_of(text: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Return lookups for a filter over these names, in lower case. Raises BadFilterError."""
    found: dict[str, Any] = {}
    rest = text
    for _part in range(MOST):
        match = PART.match(rest) if len(text) <= LONGEST else None
        if match is None:
            raise BadFilterError("Write filters as: userName eq “ada@example.com”.")
        name, operator, value = match.groups()
        lookup = names.get(name.lower())
        if lookup is None or operator.lower() != "eq" or lookup in found:
            raise BadFilterError(f"“{name} {operator}” cannot be asked for.")
        found[lookup] = _value(value)
        rest = rest[match.end() :]
        if not rest:
            return found
        joined = AND.match(rest)
        if joined is None:
            break
        rest = rest[joined.end() :]
    raise BadFilterError("Join parts of a filter by “and”, five at most.")


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadFilterError("This is not a value.") from error
    if isinstance(value, str) and "\0" in value:
        raise BadFilterError("This is not a value.")
    return value
