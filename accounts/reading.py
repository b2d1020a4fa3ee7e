"""How the API's views read: each describes its rows once for all who ask in the same way.

A description is a function of who asks and of the request's values. It is called when a shape of
request comes for the first time, with a `Param` in place of each value; what makes the shape are
the asker's grants, which values there are, and those that decide what the query looks like.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Role, User
from common.columns import Columns, Row
from common.cursors import Order, Place
from tenants.reads import PageRead, Param, Read, RecordRead, SliceRead

Values = Mapping[str, Any]
Description = Callable[[User, Values], QuerySet[Any]]
S = TypeVar("S")

# Values that decide what the query looks like, as every yes and no does.
SHAPING = frozenset({"ordering"})
# Whether one reads towards the beginning.
BACK = "is_back"


def read(describe: Description, columns: Columns, *, by: User, values: Values) -> list[Row]:
    """Return the rows that the description finds, as the API shows them."""
    made = _made_for(_read, describe, columns, by, values)
    return made.rows(_given(by, values), columns.shown)


def read_page(
    describe: Description, columns: Columns, *, by: User, values: Values, limit: int, offset: int
) -> tuple[list[Row], int]:
    """Return a slice of the rows, and how many there are in all; (empty, 0) beyond the end."""
    made = _made_for(_page, describe, columns, by, values)
    return made.rows(_given(by, values), columns.shown, limit=limit, offset=offset)


def order_of(describe: Description, *, by: User, values: Values) -> Order:
    """Return the order of what the description finds."""
    return _made_for(_order, describe, None, by, values)


def read_beyond(
    describe: Description,
    columns: Columns,
    *,
    by: User,
    values: Values,
    limit: int,
    place: Place | None,
) -> list[tuple[Row, list[Any]]]:
    """Return so many rows from a place on, each with where it stands itself."""
    values = {**values, BACK: False}
    if place is not None:
        values |= {BACK: place.is_back, **place.as_values()}
    made = _made_for(_beyond, describe, columns, by, values)
    width = len(columns.paths)

    def shown(row: Any) -> tuple[Row, list[Any]]:
        return columns.shown(row[:width]), list(row[width:])

    return made.rows({**_given(by, values), "limit": limit}, shown)


def read_locked(describe: Description, *, by: User, values: Values) -> list[Any]:
    """Return the records that the description finds, locked until the transaction ends."""
    made = _made_for(_locked, describe, None, by, values)
    return made.records(_given(by, values))


def _locked(rows: QuerySet[Any], columns: Columns | None, values: Values) -> RecordRead:
    return RecordRead(rows.order_by().select_for_update(of=("self",)))


def _read(rows: QuerySet[Any], columns: Columns, values: Values) -> Read:
    return Read(columns.of(rows.order_by()))


def _page(rows: QuerySet[Any], columns: Columns, values: Values) -> PageRead:
    return PageRead(rows, columns.of)


def _order(rows: QuerySet[Any], columns: Columns | None, values: Values) -> Order:
    return Order(rows)


def _beyond(rows: QuerySet[Any], columns: Columns, values: Values) -> SliceRead:
    order = Order(rows)
    place = values if order.keys[0] in values else None
    return SliceRead(columns.of(order.beyond(place, is_back=values[BACK]), *order.keys))


def _given(by: User, values: Values) -> Values:
    return {**values, "asker": by.pk, "led": by.led_team_ids, "now": timezone.now()}


def _made_for(
    make: Callable[[QuerySet[Any], Any, Values], S],
    describe: Description,
    columns: Columns | None,
    by: User,
    values: Values,
) -> S:
    fixed = {name: value for name, value in values.items() if _is_shaping(name, value)}
    others = frozenset(values.keys() - fixed.keys())
    leads = by.led_team_ids is None or bool(by.led_team_ids)
    who = (by.permissions, leads)
    # What somebody has chosen columns for drives out nothing that everybody asks for.
    remembered = _made_for_some if columns is not None and columns.is_chosen else _made
    made: S = remembered(make, describe, columns, who, others, frozenset(fixed.items()))
    return made


def _is_shaping(name: str, value: Any) -> bool:
    return value is None or isinstance(value, bool) or name in SHAPING


def _make(
    make: Callable[[QuerySet[Any], Any, Values], Any],
    describe: Description,
    columns: Columns | None,
    who: tuple[frozenset[str], bool],
    params: frozenset[str],
    fixed: frozenset[tuple[str, Any]],
) -> Any:
    permissions, leads = who
    asker = User(role=Role(permissions=sorted(permissions)))
    asker.led_team_ids = Param("led") if leads else []
    asker.pk = Param("asker")  # type: ignore[assignment]  # it stands for one
    values = {**{name: Param(name) for name in (*params, "now")}, **dict(fixed)}
    return make(describe(asker, values), columns, values)


@lru_cache(maxsize=512)
def _made(*shape: Any) -> Any:
    return _make(*shape)


@lru_cache(maxsize=256)
def _made_for_some(*shape: Any) -> Any:
    return _make(*shape)
