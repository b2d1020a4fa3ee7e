"""What a request wishes to be shown: `fields=` some of a thing, `expand=` what it names by id."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from accounts.reading import Values, read
from common.columns import Row, columns_of
from common.errors import InvalidError
from common.models import IsOneOf

FIELDS, EXPAND = "fields", "expand"
WISHES = frozenset({FIELDS, EXPAND})
# So many names are read of a parameter.
MOST_NAMES = 100


@dataclass(frozen=True)
class Relation:
    """Something that is named by an id, and shown as its own address shows it to who asks."""

    # Its viewset, whose `rows` begin with what the asker may see.
    view: Any
    # Where its id stands.
    key: str
    # Of each item of a list: the list, and where it is put there.
    within: str = ""
    put_as: str = ""

    @property
    def serializer(self) -> type[serializers.Serializer[Any]]:
        """What shows it."""
        kind: type[serializers.Serializer[Any]] = self.view.serializer_class
        return kind

    @property
    def top(self) -> str:
        """The field that leads to it."""
        return self.within or self.key

    def places(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield what it is to be put in."""
        for row in rows:
            yield from row[self.within] if self.within else [row]

    def rows(self, asker: User, values: Values) -> QuerySet[Any]:
        """Describe those with the ids that the asker may see."""
        found: QuerySet[Any] = self.view.rows(asker, {})
        return found.filter(Q(IsOneOf("pk", values["ids"])))


@dataclass(frozen=True)
class Wish:
    """Which fields are wanted, None for all; and what is to be shown together with its ids."""

    fields: frozenset[str] | None
    relations: Mapping[str, Relation]

    @property
    def read(self) -> frozenset[str] | None:
        """The fields that have to be read for it."""
        if self.fields is None:
            return None
        return self.fields | {"id"} | {one.top for one in self.relations.values()}

    def fulfil(self, rows: Iterable[Row], *, by: User) -> list[Row]:
        """Return the rows as they are wished for: one statement for each relation."""
        found = [dict(row) for row in rows]
        for name, relation in self.relations.items():
            _expand(name, relation, found, by)
        if self.fields is None:
            return found
        shown = self.fields | self.relations.keys()
        return [{name: row[name] for name in row if name in shown} for row in found]


def wish_of(
    request: Request, kind: type[serializers.Serializer[Any]], relations: Mapping[str, Relation]
) -> Wish | None:
    """Return what the request wishes, None for nothing in particular. Raises InvalidError."""
    given = request.query_params
    if FIELDS not in given and EXPAND not in given:
        return None
    expand = _names(given.getlist(EXPAND), EXPAND, frozenset(relations))
    known = fields_of(kind) | expand
    fields = _names(given.getlist(FIELDS), FIELDS, known) if FIELDS in given else None
    return Wish(fields, {name: relations[name] for name in relations if name in expand})


def fields_of(kind: type[serializers.Serializer[Any]]) -> frozenset[str]:
    """Return the names of what a serializer shows."""
    return frozenset(name for name, field in kind().fields.items() if not field.write_only)


def _names(given: Iterable[str], attr: str, known: frozenset[str]) -> frozenset[str]:
    """Return the names in the parameter, apart by commas; each has to be known."""
    names = [name.strip() for text in given for name in text.split(",")][:MOST_NAMES]
    for name in names:
        if name not in known:
            others = ", ".join(sorted(known)) or "nothing"
            sentence = f"“{name[:50]}” is not known here; known is: {others}."
            raise InvalidError(sentence, code="unknown_field", attr=attr)
    return frozenset(names)


def _expand(name: str, relation: Relation, rows: list[Row], by: User) -> None:
    if relation.within:
        for row in rows:
            row[relation.within] = [dict(item) for item in row[relation.within]]
    places = list(relation.places(rows))
    ids = {str(place[relation.key]) for place in places if place[relation.key] is not None}
    shown = _shown(relation, sorted(ids), by) if ids else {}
    for place in places:
        place[relation.put_as or name] = shown.get(str(place[relation.key]))


def _shown(relation: Relation, ids: list[str], by: User) -> dict[str, Row]:
    columns = columns_of(relation.serializer)
    if columns is None:
        raise TypeError(f"{relation.serializer} shows more than columns")
    found = read(relation.rows, columns, by=by, values={"ids": ids})
    return {str(row["id"]): row for row in found}
