"""What a rule says of an address, and of a table of a console."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.isolation.world import World

Form = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Body:
    """A good body that is no form, and what stands where an id is in it."""

    make: Form
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """How an address outside the API is asked: its ids, a good query, a good form or bodies."""

    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None
    bodies: Mapping[str, Body] = field(default_factory=dict)
    """By the method, for what programs ask."""
    file: tuple[str, str, bytes] | None = None
    """The field that takes a file, and a good one."""


@dataclass(frozen=True)
class Table:
    """A table of a console: what its ids stand for, a good form, its actions."""

    kind: str
    form: Form | None = None
    actions: frozenset[str] = frozenset()
    # Fields of rows inside the form that name another row.
    inline_links: tuple[str, ...] = ()


def fields(**values: Any) -> Form:
    return lambda _world: values


PLAIN = Page()
SIGN_IN = fields(username="ada@acme.example", password="not the password")
