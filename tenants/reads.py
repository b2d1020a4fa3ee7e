"""Reads whose SQL is made once and names its tables with the tenant's schema.

Building and compiling a query costs Django several times what PostgreSQL needs to answer it, and a
transaction with its search path two round trips more. A read is described by an ordinary queryset
with a `Param` wherever a value will stand; afterwards each call is one round trip, outside of any
transaction if the caller has none. Each read also asks the schema whose it is, and finds nothing
where it is not the tenant's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Expression, QuerySet, Value
from django.db.models.query import get_related_populators
from django.db.utils import ProgrammingError
from django.utils.functional import cached_property
from django_tenants.utils import quote_schema_name

from common.models import Record
from tenants.backend.paths import GONE, TenantPathError, literal
from tenants.cache import tenant_cache
from tenants.context import current_tenant, home_alias, wrapper_of

R = TypeVar("R")
# Makes what a caller wants of the values of a row.
Make = Callable[[Sequence[Any]], R]
# Stands for the schema in a read's text; no SQL holds it.
SCHEMA = "\0"
TABLE = re.compile(r'\b(FROM|JOIN) (?="\w+"(?!\.))')
GAP = re.compile(r"%(%|s)")
# A constant of these kinds was computed when the read was made, and would be wrong ever after.
TOO_LIVELY = (date, UUID)


@dataclass(frozen=True)
class Gap:
    """A place in a read's text that a value will fill."""

    name: str


class Param(Expression):
    """Stands for a value in the description of a read."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, *_args: Any, **_kwargs: Any) -> Any:
        """Return a gap."""
        return "%s", [Gap(self.name)]


class IsOurs(Expression):
    """Whether the schema is the tenant's."""

    conditional = True
    output_field = BooleanField()

    def as_sql(self, *_args: Any, **_kwargs: Any) -> Any:
        """Return what asks the schema's marker."""
        found = 'EXISTS(SELECT 1 FROM "schema_marker" WHERE tenant_id = %s)'
        return found, [Gap("tenant")]


class Statement:
    """A SELECT with gaps for values, and room for the schema."""

    def __init__(self, text: str, params: Sequence[Any]) -> None:
        """Number the gaps of what Django has compiled, and write its constants in."""
        waiting, names = iter(params), []

        def fill(found: re.Match[str]) -> str:
            if found[1] == "%":
                return "%"
            value = next(waiting)
            if not isinstance(value, Gap):
                return constant(value)
            if value.name not in names:
                names.append(value.name)
            return f"${names.index(value.name) + 1}"

        text = GAP.sub(fill, TABLE.sub(rf"\1 {SCHEMA}.", text))
        self.text, self._names = text, tuple(names)
        self._parts = text.split(SCHEMA)

    def rows(self, values: Mapping[str, Any], make: Make[R]) -> list[R]:
        """Return what the tenant in force has. Raises TenantPathError for a missing schema."""
        tenant = current_tenant()
        known = {**values, "tenant": tenant.pk}
        text = quote_schema_name(tenant.schema_name).join(self._parts)
        try:
            params = [known[name] for name in self._names]
            return wrapper_of(tenant.db_alias).read(text, params, make)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, GONE):
                raise
            raise TenantPathError(f"schema {tenant.schema_name} is missing") from error


def compiled(rows: QuerySet[Any, Any]) -> tuple[Any, str, tuple[Any, ...]]:
    """Return the compiler, the SQL and its parameters.

    Raises ValueError for columns that Django has to convert in Python: a `Read` would not.
    """
    compiler = rows.query.get_compiler(home_alias())
    text, params = compiler.as_sql()
    if _converters(compiler):
        raise ValueError("these columns have to be converted one by one")
    return compiler, text, params


def _converters(compiler: Any) -> dict[int, Any]:
    """Return what converts columns in Python, by their places."""
    found: dict[int, Any] = compiler.get_converters([one for one, _sql, _alias in compiler.select])
    return found


class Read(Statement):
    """The rows that a queryset of columns describes."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        _compiler, text, params = compiled(rows.filter(IsOurs()))
        super().__init__(text, params)


class SliceRead(Statement):
    """The first `limit` of them."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        _compiler, text, params = compiled(rows.filter(IsOurs()))
        super().__init__(f"{text} LIMIT %s", [*params, Gap("limit")])


class RecordRead(Statement):
    """The instances that a queryset describes, with their relations and annotations."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        compiler = rows.filter(IsOurs()).query.get_compiler(home_alias())
        super().__init__(*compiler.as_sql())
        self._converters = _converters(compiler)
        self._select, self._kind = compiler.select, compiler.klass_info
        self._notes = compiler.annotation_col_map
        self._locks = rows.query.select_for_update
        columns = self._kind["select_fields"]
        self._columns = slice(columns[0], columns[-1] + 1)
        self._attributes = [self._select[column][0].target.attname for column in columns]

    def records(self, values: Mapping[str, Any]) -> list[Any]:
        """Return what the tenant in force has."""
        alias = home_alias()
        connection = wrapper_of(alias)
        is_held = self._locks and connection.in_atomic_block
        populators: Any = get_related_populators
        relations = populators(self._kind, self._select, alias)

        def made(row: Sequence[Any]) -> Any:
            row = self._converted(row, connection)
            record = self._kind["model"].from_db(alias, self._attributes, row[self._columns])
            if is_held and isinstance(record, Record):
                columns = map(copy, row[self._columns])
                record.hold(connection.lock, dict(zip(self._attributes, columns, strict=True)))
            for relation in relations:
                relation.populate(row, record)
            for name, column in self._notes.items():
                setattr(record, name, row[column])
            return record

        return self.rows(values, made)

    def _converted(self, row: Sequence[Any], connection: Any) -> Sequence[Any]:
        if not self._converters:
            return row
        values = list(row)
        for place, (converters, expression) in self._converters.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return values


class Count:
    """How many rows of the tenant in force a description finds, counting no more than asked for."""

    def __init__(self, describe: Callable[[], QuerySet[Any]]) -> None:
        self._describe = describe

    def __call__(self, most: int | None) -> int:
        """Return the number, at most `most`."""
        [number] = self._statement.rows({"most": most}, _first)
        return number

    @cached_property
    def _statement(self) -> Statement:
        # A constant in place of columns: an index that covers the condition answers alone.
        each = self._describe().filter(IsOurs()).order_by().values(one=Value(1))
        text, params = each.query.sql_with_params()
        text = f"SELECT count(*) FROM ({text} LIMIT %s) AS counted"  # noqa: S608
        return Statement(text, [*params, Gap("most")])


class PageRead:
    """A slice of the columns of rows, and how many rows there are in all."""

    # More are not counted anew for each page.
    MOST = 10_000
    SECONDS = 30

    def __init__(self, rows: QuerySet[Any], columns: Callable[..., QuerySet[Any, Any]]) -> None:
        rows = rows.filter(IsOurs())
        _compiler, text, params = compiled(columns(rows))
        each = rows.order_by().values(one=Value(1))
        some, some_params = each[: self.MOST + 1].query.sql_with_params()
        total = f"SELECT count(*) FROM ({some}) AS counted"  # noqa: S608
        self._page = Statement(
            f"SELECT ({total}), page.* FROM ({text} LIMIT %s OFFSET %s) AS page",  # noqa: S608
            [*some_params, *params, Gap("limit"), Gap("offset")],
        )
        text, params = each.query.sql_with_params()
        self._count = Statement(f"SELECT count(*) FROM ({text}) AS counted", params)  # noqa: S608

    def rows(
        self, values: Mapping[str, Any], make: Make[R], *, limit: int, offset: int
    ) -> tuple[list[R], int]:
        """Return the slice and the number of all rows; (empty, 0) beyond the end.

        A number above MOST may be SECONDS old.
        """
        total = 0

        def made(row: Sequence[Any]) -> R:
            nonlocal total
            total, *columns = row
            return make(columns)

        found = self._page.rows({**values, "limit": limit, "offset": offset}, made)
        return found, self._all(values) if total > self.MOST else total

    def _all(self, values: Mapping[str, Any]) -> int:
        asked = {name: value for name, value in values.items() if name != "now"}
        name = sha256(repr((self._count.text, sorted(asked.items()))).encode()).hexdigest()
        counted: Any = tenant_cache.get_or_set(
            f"count:{name}", lambda: self._count.rows(values, _first)[0], self.SECONDS
        )
        return int(counted)


def _first(row: Sequence[Any]) -> int:
    return int(row[0])


def constant(value: Any) -> str:
    """Write a value into a read for good. Raises TypeError for one that has to be a Param."""
    if isinstance(value, TOO_LIVELY):
        raise TypeError(f"{value!r} would stay as it is now in every later read")
    return literal(value)
