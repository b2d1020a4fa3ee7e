"""Tables for spreadsheets: CSV whose cells are text and never formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# What makes a spreadsheet compute the rest of the cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text


def csv_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the table as CSV (RFC 4180), with a mark that tells programs it is UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(map(harmless, head))
    writer.writerows([harmless(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()
