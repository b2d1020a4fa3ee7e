"""The readers of dates that are compared: each takes a gold record and answers in one shape."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

Record = dict[str, Any]
Reader = Callable[[Record], Record]

TIME_KINDS = frozenset({"date", "time", "recurrence", "reminder"})


def office_reader() -> Reader:
    """Our own engine, in an office where nobody else is known by name; it warns in English."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    from assistant.interpreter import AssigneeStatus, Context, Directory, Person
    from assistant.local.engine import LocalInterpreter

    interpreter = LocalInterpreter()
    speaker = Person(UUID(int=1), "Benchmark Speaker", "speaker@bench.example")
    directory = Directory((speaker,), ())

    def read(record: Record) -> Record:
        zone = ZoneInfo(record["tz"] or "UTC")
        now = datetime.fromisoformat(record["now"]).replace(tzinfo=zone)
        draft = interpreter.interpret(record["text"], Context(now, zone, speaker, directory))
        is_self = draft.assignee_status is AssigneeStatus.SELF
        return {
            "due": _wall(draft.due.astimezone(zone)) if draft.due else None,
            "date_spans": [span.text for span in draft.spans if span.kind in TIME_KINDS],
            "title": draft.title,
            "person": None if is_self else draft.assignee_text,
            "rrule": draft.recurrence,
        }

    return read


def dateparser_reader() -> Reader:
    """Take the first date that dateparser finds in the text."""
    from dateparser.search import search_dates

    def read(record: Record) -> Record:
        settings = {
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": datetime.fromisoformat(record["now"]),
        }
        found = search_dates(record["text"], languages=["en"], settings=settings) or []
        due = found[0][1] if found else None
        return {"due": _wall(due), "date_spans": [words for words, _ in found]}

    return read


def parsedatetime_reader() -> Reader:
    """Take the first date that parsedatetime finds in the text."""
    import parsedatetime

    calendar = parsedatetime.Calendar(version=parsedatetime.VERSION_CONTEXT_STYLE)

    def read(record: Record) -> Record:
        found = calendar.nlp(record["text"], datetime.fromisoformat(record["now"])) or ()
        due = found[0][0] if found else None
        return {"due": _wall(due), "date_spans": [one[4] for one in found]}

    return read


def recurrent_reader() -> Reader:
    """Take the event that recurrent reads in the text."""
    from recurrent import RecurringEvent

    def read(record: Record) -> Record:
        event = RecurringEvent(now_date=datetime.fromisoformat(record["now"]))
        found = event.parse(record["text"])
        is_rule = isinstance(found, str)
        due = event.dtstart if is_rule else found
        return {"due": _wall(due), "rrule": found if is_rule else None}

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "office": office_reader,
    "dateparser": dateparser_reader,
    "parsedatetime": parsedatetime_reader,
    "recurrent": recurrent_reader,
}


def _wall(due: datetime | None) -> str | None:
    return due.replace(tzinfo=None).isoformat(timespec="minutes") if due else None
