"""Logs: one JSON object a line, a constant phrase and ids; each says who was at work for whom.

The marks are the request, the job, the office and the person; one that is not there is empty. The
request's id goes along from the request to its jobs, its messages and the calls to vendors.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.utils.functional import empty

from common.origin import current_origin

STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "message",
    "asctime",
    "taskName",
}


_marks: list[tuple[str, Callable[[], str]]] = []


def register_mark(name: str, value: Callable[[], str]) -> None:
    """Say a thing about where the code works, where nobody registered before knows it."""
    _marks.append((name, value))


def marks() -> dict[str, str]:
    """Return what is known of who is at work, by ids alone."""
    origin = current_origin()
    known = {"request_id": origin.request_id, "job": origin.job, "user": _id_of(origin.actor)}
    for name, value in _marks:
        known[name] = known.get(name) or value()
    return known


def _id_of(actor: Any) -> str:
    """Return whose the work is; a person whom nobody has looked up yet is not looked up for it."""
    if getattr(actor, "_wrapped", None) is empty:
        return ""
    return str(getattr(actor, "pk", None) or "")


class ContextFilter(logging.Filter):
    """Marks each record with the request, job, office and person that caused it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the marks, unless the line says something closer; let everything pass."""
        for name, value in marks().items():
            if not getattr(record, name, ""):
                setattr(record, name, value)
        return True


class JsonFormatter(logging.Formatter):
    """Writes a record and its `extra` as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
