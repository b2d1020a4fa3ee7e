"""Logs: one JSON object a line, a constant phrase and ids, with the request id on each."""

import json
import logging
from typing import Any

from common.origin import current_origin

STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "message",
    "asctime",
    "taskName",
}


class ContextFilter(logging.Filter):
    """Marks each record with the request that caused it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; let everything pass."""
        record.request_id = current_origin().request_id
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
