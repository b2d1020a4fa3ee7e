"""Which tools there are: each is one operation of the API, with words for whoever chooses."""

from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, dict[str, Any]]

TEXT: dict[str, Any] = {"type": "string"}
ID = {"type": "string", "format": "uuid"}
INSTANT = {
    "type": "string",
    "format": "date-time",
    "description": "ISO 8601 with an offset, as 2026-05-15T15:00:00+02:00",
}
PRIORITY = {"type": "string", "enum": ["low", "medium", "high", "urgent"]}
STATUS = {"type": "string", "enum": ["pending", "in_progress", "done", "cancelled"]}
PEOPLE = {"type": "array", "items": TEXT, "description": "ids or e-mail addresses of people"}
PAGE_SIZE = {"type": "integer", "minimum": 1, "maximum": 200}
CONFIRM = {
    "type": "boolean",
    "description": "true once the person has said yes; without it nothing is done, and shown what",
}
DRY_RUN = {"type": "boolean", "description": "true: say what would come of it, and do nothing"}


@dataclass(frozen=True, slots=True)
class OfficeTool:
    """An operation of the API, what of its arguments goes where, and how careful one has to be.

    A dry run is the operation itself, taken back; `knows_dry_run` says that the API has its own.
    """

    name: str
    does: str
    method: str
    path: str
    query: Properties = field(default_factory=dict)
    body: Properties = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    destroys: bool = False
    knows_dry_run: bool = False
    only_reads: bool = False

    @property
    def writes(self) -> bool:
        """Whether something may be changed by it."""
        return self.method != "GET" and not self.only_reads

    @property
    def place(self) -> Properties:
        """The ids in its address."""
        return {name: ID for name in ("task_id",) if f"{{{name}}}" in self.path}

    @property
    def schema(self) -> dict[str, Any]:
        """Its arguments as JSON Schema."""
        more = {"dry_run": DRY_RUN} if self.writes else {}
        more |= {"confirm": CONFIRM} if self.destroys else {}
        return {
            "type": "object",
            "properties": {**self.place, **self.query, **self.body, **more},
            "required": [*self.place, *self.needs],
            "additionalProperties": False,
        }


V1 = "/api/v1"
TASK: Properties = {
    "title": TEXT,
    "description": TEXT,
    "assignee_id": ID,
    "due_date": INSTANT,
    "priority": PRIORITY,
    "labels": {"type": "array", "items": TEXT},
}
TOOLS = (
    OfficeTool(
        "list_tasks",
        "List the tasks that you may see, by what they are narrowed to.",
        "GET",
        f"{V1}/tasks",
        query={
            "status": STATUS,
            "priority": PRIORITY,
            "assignee": ID,
            "due_after": INSTANT,
            "due_before": INSTANT,
            "overdue": {"type": "boolean"},
            "search": TEXT,
            "page_size": PAGE_SIZE,
        },
    ),
    OfficeTool(
        "create_task",
        "Store a task whose parts are known.",
        "POST",
        f"{V1}/tasks",
        body=TASK,
        needs=("title",),
    ),
    OfficeTool(
        "create_task_from_text",
        "Store a task out of a sentence, as “remind finance to approve the invoice tomorrow”."
        " The office reads date, person, priority and reminder; the answer has an undo_token.",
        "POST",
        f"{V1}/tasks/from-text",
        body={"text": TEXT},
        needs=("text",),
        knows_dry_run=True,
    ),
    OfficeTool(
        "complete_task",
        "Mark a task done; a recurring one gets its successor.",
        "POST",
        f"{V1}/tasks/{{task_id}}/complete",
    ),
    OfficeTool(
        "assign_task",
        "Give a task to somebody; list_people knows the ids.",
        "POST",
        f"{V1}/tasks/{{task_id}}/assign",
        body={"assignee_id": ID},
        needs=("assignee_id",),
    ),
    OfficeTool(
        "delete_task",
        "Delete a task with its comments and reminders, for good.",
        "DELETE",
        f"{V1}/tasks/{{task_id}}",
        destroys=True,
    ),
    OfficeTool(
        "list_people",
        "List the people of the office with their ids.",
        "GET",
        f"{V1}/admin/users",
        query={"page_size": PAGE_SIZE},
    ),
    OfficeTool(
        "list_events",
        "List what stands in the calendars between two instants, series by occurrence.",
        "GET",
        f"{V1}/calendar/events",
        query={"start": INSTANT, "end": INSTANT, "search": TEXT, "page_size": PAGE_SIZE},
        needs=("start", "end"),
    ),
    OfficeTool(
        "find_slot",
        "Find times at which everybody is free; whoever asks takes part.",
        "POST",
        f"{V1}/calendar/find-slot",
        body={
            "duration_minutes": {"type": "integer", "minimum": 5, "maximum": 720},
            "users": PEOPLE,
            "start": INSTANT,
            "end": INSTANT,
            "limit": {"type": "integer", "minimum": 1, "maximum": 20},
        },
        needs=("duration_minutes",),
        only_reads=True,
    ),
    OfficeTool(
        "search_documents",
        "Find documents that you may read by words of their title.",
        "GET",
        f"{V1}/documents",
        query={"search": TEXT, "page_size": PAGE_SIZE},
    ),
    OfficeTool(
        "ask_documents",
        "Ask the office's documents; the answer quotes them, or says that they do not tell.",
        "POST",
        f"{V1}/documents/ask",
        body={"question": TEXT, "document_ids": {"type": "array", "items": ID}},
        needs=("question",),
        only_reads=True,
    ),
    OfficeTool(
        "write_note",
        "Write a note in Markdown.",
        "POST",
        f"{V1}/notes",
        body={
            "title": TEXT,
            "body": TEXT,
            "kind": {"type": "string", "enum": ["note", "meeting", "policy"]},
            "tags": {"type": "array", "items": TEXT},
        },
        needs=("title",),
    ),
    OfficeTool(
        "list_coming_messages",
        "List what the office will send, to whom, when and over which channel.",
        "GET",
        f"{V1}/messages/preview",
        query={"days": {"type": "integer", "minimum": 1}, "start": INSTANT},
    ),
    OfficeTool(
        "undo",
        "Take back, within 24 hours, what an answer with an undo_token has done.",
        "POST",
        f"{V1}/assistant/undo",
        body={"undo_token": TEXT},
        needs=("undo_token",),
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}
