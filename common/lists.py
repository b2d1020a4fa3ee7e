"""What every list of the consoles can do: CSV, steps of dates, a bounded count, asking first."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import wraps
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

# Longer lists are narrowed down by a filter.
MOST_LINES = 20_000
MOST_CHOSEN = 1000
MOST_COUNTED = 10_000
SHOWN = 50
# In memory; what is larger goes to a file.
SPOOL = 1024 * 1024
# What spreadsheets would take for a formula at the beginning of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DECEMBER, DAY = 12, timedelta(days=1)
YEAR, MONTH = 4, 7  # how long their names are


class CountedSoFar(Paginator[Any]):
    """Counts no further than so many rows: a long table is not read to its end for a number."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or the bound."""
        rows = cast("models.QuerySet[Any]", self.object_list)
        return rows.order_by()[:MOST_COUNTED].count()


class DateSteps(admin.SimpleListFilter):
    """Years, then months, then days of one column, without reading which of them have rows."""

    column = "created_at"
    parameter_name = "when"
    title = "date"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        """Return the next steps: years from the first row to the last, months, or days."""
        chosen = request.GET.get(self.parameter_name, "")
        bounds = bounds_of(chosen)
        if bounds is None:
            return self._years(model_admin)
        up = [(chosen[:YEAR], chosen[:YEAR])]
        if len(chosen) == YEAR:
            return up + [(f"{chosen}-{month:02}", f"{chosen}-{month:02}") for month in MONTHS]
        first, _end = bounds_of(chosen[:MONTH]) or bounds
        month = chosen[:MONTH]
        return [*up, (month, month), *((day, day) for day in days_of(first))]

    def _years(self, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        rows = model_admin.model._default_manager.order_by(self.column).values_list(
            self.column, flat=True
        )
        first, last = rows.first(), rows.last()
        if first is None or last is None:
            return []
        return [(str(year), str(year)) for year in range(last.year, first.year - 1, -1)]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """Return the rows of that year, month or day, on the person's clock."""
        bounds = bounds_of(self.value() or "")
        if bounds is None:
            return queryset
        start, end = (midnight(day) for day in bounds)
        return queryset.filter(**{f"{self.column}__gte": start, f"{self.column}__lt": end})


MONTHS = range(1, DECEMBER + 1)


def date_steps(column: str) -> type[DateSteps]:
    """Return the filter for a column."""
    return type("DateSteps", (DateSteps,), {"column": column})


def bounds_of(text: str) -> tuple[date, date] | None:
    """Return the first day of “2026”, “2026-05” or “2026-05-14”, and the day after its last."""
    parts = text.split("-")
    try:
        numbers = [int(part) for part in parts]
        first = date(*[*numbers, 1, 1][:3])
        match len(parts):
            case 1:
                return first, date(first.year + 1, 1, 1)
            case 2:
                return first, _next_month(first)
            case 3:
                return first, first + DAY
    except (ValueError, OverflowError, TypeError):
        return None
    return None


def days_of(first: date) -> Iterator[str]:
    """Yield the days of the month."""
    day, end = first, _next_month(first)
    while day < end:
        yield day.isoformat()
        day += DAY


def _next_month(first: date) -> date:
    december = first.month == DECEMBER
    return date(first.year + december, 1 if december else first.month + 1, 1)


def midnight(day: date) -> datetime:
    """Return when the day begins on the person's clock."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def asking(
    action: Callable[..., Any], ask: Callable[..., HttpResponse], name: str
) -> Callable[..., Any]:
    """Return the action so that it is done after a yes, and shows what it is about before."""

    @wraps(action)
    def act(table: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        if "post" in request.POST:
            return action(table, request, queryset)
        return ask(request, queryset, name)

    return act


def as_csv(table: Any, request: HttpRequest, rows: models.QuerySet[Any]) -> tuple[Any, int]:
    """Return a file with the rows as the list shows them, and how many there are."""
    names = [name for name in table.get_list_display(request) if name != "action_checkbox"]
    spool = SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115  # handed on
    text = TextIOWrapper(spool, encoding="utf-8", newline="")
    lines = csv.writer(text)
    heads = [label_for_field(name, table.model, table) for name in names]
    lines.writerow(harmless(capfirst(str(head))) for head in heads)
    count = 0
    for count, row in enumerate(rows[:MOST_LINES], start=1):  # noqa: B007
        lines.writerow(_cell(table, name, row) for name in names)
    text.detach()
    spool.seek(0)
    return spool, count


def file_response(spool: Any, name: str) -> FileResponse:
    """Return the file for download; it is read in pieces, and gone afterwards."""
    answer = FileResponse(spool, as_attachment=True, filename=name, content_type="text/csv")
    answer["Cache-Control"] = "no-store"
    return answer


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _cell(table: Any, name: str, row: models.Model) -> Any:
    try:
        field, _attr, value = lookup_field(name, row, table)
    except (ObjectDoesNotExist, FieldDoesNotExist, AttributeError):
        return ""
    if field is not None and getattr(field, "flatchoices", None):
        value = dict(cast("Mapping[Any, Any]", field.flatchoices)).get(value, value)
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    text = strip_tags(value) if isinstance(value, SafeString) else str(value)
    return harmless(text)
