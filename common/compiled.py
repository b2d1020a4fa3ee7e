"""Queries that every request makes: their SQL is made once, not each time.

Building and compiling a query costs Django several times what PostgreSQL needs to answer it by a
key. Only for reads by key that stand on the road of every request; everything else uses querysets.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections, models

M = TypeVar("M", bound=models.Model)
# Stands for the key while the query is compiled; no row has it.
NOBODY = UUID(int=0)


class ByKey(Generic[M]):
    """Finds one row by its key, with the rows that `select_related` brings along.

    `build` returns the queryset without the key. Rows come out as `from_db` makes them.
    """

    def __init__(self, build: Callable[[], models.QuerySet[M]], *related: str) -> None:
        self._build, self._related = build, related

    @cached_property
    def _query(self) -> tuple[str, tuple[Any, ...], list[tuple[str, Any]]]:
        rows = self._build().select_related(*self._related).order_by().filter(pk=NOBODY)[:1]
        sql, params = rows.query.sql_with_params()
        kinds: list[tuple[str, Any]] = [("", rows.model)]
        kinds += [(name, rows.model._meta.get_field(name).related_model) for name in self._related]
        return sql, params, kinds

    def find(self, key: UUID, *, using: str) -> M | None:
        """Return the row, or None."""
        sql, params, kinds = self._query
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [key if value == NOBODY else value for value in params])
            row = cursor.fetchone()
        if row is None:
            return None
        made = {}
        for name, kind in kinds:
            columns = [field.attname for field in kind._meta.concrete_fields]
            made[name] = kind.from_db(using, columns, row[: len(columns)])
            row = row[len(columns) :]
        found: M = made.pop("")
        for name, related in made.items():
            setattr(found, name, related)
        return found
