"""Our own sentences and the drafts that the conventions of docs/language.md ask for.

`utterances.jsonl` is written by hand. What a line leaves out is as for a sentence said on Tuesday,
14 May 2024, 10:00 UTC, in English: nobody named, medium priority, no rhythm, no reminder.
`title`, `due` and `warnings` are compared where the line has them.
"""

import json
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.interpreter import AssigneeStatus, Office
from tests.assistant.local_office import ADA, EVE, FINANCE, MAX, NOW, OMAR, SALES, SARAH, ZOE, read

LINES = [
    json.loads(line)
    for line in (Path(__file__).parent / "utterances.jsonl").read_text("utf-8").splitlines()
]
INTENTS = {
    *("create_task", "create_event", "create_note", "ask", "list", "complete", "reschedule"),
    *("reassign", "undo", "help", "unclear"),
}
MEMBERS = {
    "ada": (ADA, None),
    "max": (MAX, None),
    "eve": (EVE, None),
    "sarah": (SARAH, None),
    "omar": (OMAR, None),
    "zoe": (ZOE, None),
    "finance": (SARAH, FINANCE),
    "sales": (EVE, SALES),
}
STATUSES = {
    "self": AssigneeStatus.SELF,
    "missing": AssigneeStatus.NOT_FOUND,
    "ambiguous": AssigneeStatus.AMBIGUOUS,
    None: AssigneeStatus.NONE,
}


def interpret(line):
    """Read the line's text as its speaker means it."""
    office = Office(
        closes=time.fromisoformat(line.get("closes", "17:00")),
        fiscal_year_starts=line.get("fiscal_year_starts", 1),
    )
    return read(
        line["text"],
        now=datetime.fromisoformat(line["now"]) if "now" in line else NOW,
        zone=line.get("zone", "UTC"),
        locale=line.get("locale", "en"),
        office=office,
    )


def described(draft, line):
    """The draft in the words of the file."""
    zone = ZoneInfo(line.get("zone", "UTC"))
    offset, duration = draft.reminder_offset, draft.duration
    found = {
        "intent": draft.intent,
        "title": draft.title,
        "due": f"{draft.due.astimezone(zone):%Y-%m-%d %H:%M}" if draft.due else None,
        "recurrence": draft.recurrence,
        "priority": draft.priority,
        "reminder_minutes": offset.total_seconds() / 60 if offset else None,
        "minutes": duration.total_seconds() / 60 if duration else None,
        "labels": list(draft.labels),
        "attendees": [one.text + "+" * (one.person is not None) for one in draft.attendees],
        "place": draft.place,
        "move": _move(draft.move),
        "window": _window(draft.window, zone),
        "warnings": [warning.code for warning in draft.warnings],
    }
    left_out = {name for name in ("title", "due", "warnings") if name not in line}
    return {name: value for name, value in found.items() if name not in left_out}


def _move(move):
    return move and [move.months, move.days, move.exact.total_seconds() / 60]


def _window(window, zone):
    edges = (window.start, window.end) if window else ()
    return [one and f"{one.astimezone(zone):%Y-%m-%d %H:%M}" for one in edges] or None


def expected(line):
    """The draft that the line describes."""
    defaults = {
        "recurrence": None,
        "priority": "medium",
        "reminder_minutes": None,
        "minutes": None,
        "labels": [],
        "attendees": [],
        "place": None,
        "move": None,
        "window": None,
    }
    context = {"text", "now", "zone", "locale", "closes", "fiscal_year_starts", "assignee"}
    return defaults | {name: value for name, value in line.items() if name not in context}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"])
def test_a_sentence_gives_the_draft_of_the_conventions(line):
    draft = interpret(line)
    assert described(draft, line) == expected(line)
    member, team = MEMBERS.get(line.get("assignee"), (None, None))
    assert (draft.assignee and draft.assignee.user_id) == (member and member.id)
    assert (draft.assignee and draft.assignee.team_id) == (team and team.id)
    if not member:
        assert draft.assignee_status is STATUSES[line.get("assignee")]


def test_the_file_has_every_intent_and_is_long_enough():
    assert {line["intent"] for line in LINES} == INTENTS
    assert len(LINES) >= 500
    assert {"zone", "locale", "now"} <= {name for line in LINES for name in line}
    assert all(line.get("now", NOW.isoformat()).endswith(("Z", "+00:00")) for line in LINES)
    assert NOW.tzinfo is UTC
