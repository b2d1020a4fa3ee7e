"""Reading on from a place in an order: what comes in meanwhile moves nothing.

A cursor holds what the last row that was shown has in each term of the order, so that the next
page is found by an index and not by counting rows.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from zlib import crc32

import orjson
from django.core.exceptions import FieldError
from django.db.models import F, Func, Q, QuerySet
from django.db.models.expressions import OrderBy

# What a row has in the terms of its order is read beside its columns, under these names.
KEY = "place_{}"


class Place(NamedTuple):
    """Where to read on, and whether towards the beginning."""

    values: tuple[Any, ...]
    is_back: bool

    def as_values(self) -> dict[str, Any]:
        """Return the values by the names of their terms."""
        return {KEY.format(number): value for number, value in enumerate(self.values)}


@dataclass(frozen=True)
class Term:
    """One thing that rows are ordered by; as PostgreSQL, nulls are more than all else."""

    expression: Any
    is_descending: bool
    nulls_first: bool

    def turned(self) -> "Term":
        """Return the contrary."""
        return Term(self.expression, not self.is_descending, not self.nulls_first)

    def as_order(self) -> OrderBy:
        """Return it as a queryset takes it."""
        nulls: dict[str, bool] = {}
        if self.nulls_first != self.is_descending:
            nulls = {"nulls_first": True} if self.nulls_first else {"nulls_last": True}
        return OrderBy(self.expression, descending=self.is_descending, **nulls)


class AsItComes(Func):
    """An expression whose values need nothing done to them in Python."""

    template = "%(expressions)s"

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Return nothing: a `Read` would not do it."""
        return []


class Order:
    """The order of a queryset, made total by the ids at its end."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        wanted = rows.query.order_by or rows.model._meta.ordering or ()
        self.terms = [_term(one) for one in wanted]
        if not any(_name(term) in {"id", "pk"} for term in self.terms):
            self.terms.append(_term("id"))
        keys = {KEY.format(number): term.expression for number, term in enumerate(self.terms)}
        self.rows = rows.annotate(**keys)
        self.keys = tuple(keys)

    @cached_property
    def fields(self) -> list[Any]:
        """The kinds of the terms' values."""
        return [self.rows.query.annotations[key].output_field for key in self.keys]

    def beyond(self, place: Mapping[str, Any] | None, *, is_back: bool) -> QuerySet[Any]:
        """Describe the rows after a place, or before it with the nearest first."""
        terms = [term.turned() for term in self.terms] if is_back else self.terms
        rows: QuerySet[Any] = self.rows.order_by(*(term.as_order() for term in terms))
        if place is None:
            return rows
        return rows.filter(
            self._after(list(zip(self.keys, terms, self.fields, strict=True)), place)
        )

    def _after(self, terms: Sequence[tuple[str, Term, Any]], place: Mapping[str, Any]) -> Q:
        (key, term, field), *others = terms
        value, may_be_null = place[key], getattr(field, "null", False)
        beyond = Q(**{f"{key}__{'lt' if term.is_descending else 'gt'}": value})
        if value is None:
            # The others come after them, or nothing does.
            beyond = Q(**{f"{key}__isnull": False}) if term.nulls_first else Q(pk__in=[])
        elif may_be_null and not term.nulls_first:
            beyond |= Q(**{f"{key}__isnull": True})
        if not others:
            return beyond
        same = Q(**{f"{key}__isnull": True}) if value is None else Q(**{key: value})
        found = beyond | (same & self._after(others, place))
        if value is None or may_be_null:
            return found
        # Says the same once more, so that an index can begin there.
        return Q(**{f"{key}__{'lte' if term.is_descending else 'gte'}": value}) & found

    @cached_property
    def name(self) -> int:
        """What tells this order from others, and these rows from other tables'."""
        terms = [(_name(term), term.is_descending) for term in self.terms]
        return crc32(repr((self.rows.model._meta.label, terms)).encode())

    def written(self, values: Sequence[Any], *, is_back: bool) -> str:
        """Return the place of a row as a word that programs hand back as it is."""
        text = orjson.dumps([self.name, is_back, *values])
        return urlsafe_b64encode(text).rstrip(b"=").decode()

    def place(self, word: str) -> Place | None:
        """Return the place that a word means, None for the beginning.

        Raises ValueError and ValidationError for a word that is none of ours.
        """
        if not word:
            return None
        padded = word.encode("ascii") + b"=" * (-len(word) % 4)
        found = orjson.loads(urlsafe_b64decode(padded))
        if not isinstance(found, list) or found[:1] != [self.name]:
            raise ValueError("a cursor of another list")
        [_name_of_order, is_back, *values] = found
        if not isinstance(is_back, bool) or len(values) != len(self.fields):
            raise ValueError("a cursor of another list")
        given = zip(self.fields, values, strict=True)
        return Place(tuple(_read(field, value) for field, value in given), is_back)


def _read(field: Any, value: Any) -> Any:
    if isinstance(value, list | dict):
        raise ValueError("a cursor of another list")  # noqa: TRY004  it is the cursor that is bad
    return None if value is None else field.to_python(value)


def _term(wanted: Any) -> Term:
    if isinstance(wanted, str):
        down = wanted.startswith("-")
        return Term(F(wanted.lstrip("-")), is_descending=down, nulls_first=down)
    if isinstance(wanted, OrderBy):
        down = wanted.descending
        first = bool(wanted.nulls_first or (down and not wanted.nulls_last))
        is_column = isinstance(wanted.expression, F)
        expression = wanted.expression if is_column else AsItComes(wanted.expression)
        return Term(expression, is_descending=down, nulls_first=first)
    if hasattr(wanted, "resolve_expression"):
        return Term(wanted, is_descending=False, nulls_first=False)
    raise FieldError(f"{wanted!r} is no order that can be read on from")


def _name(term: Term) -> str:
    return str(getattr(term.expression, "name", type(term.expression).__name__))
