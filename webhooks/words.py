"""What a webhook can be told, in words of an office."""

from webhooks.models import EventType

E = EventType
EVENT_WORDS: dict[str, dict[str, str]] = {
    "Tasks": {
        E.TASK_CREATED: "A task is made",
        E.TASK_UPDATED: "A task is changed",
        E.TASK_COMPLETED: "A task is done",
        E.TASK_DELETED: "A task is deleted",
    },
    "Calendar": {
        E.EVENT_CREATED: "An event is planned",
        E.EVENT_UPDATED: "An event is changed",
        E.EVENT_DELETED: "An event is deleted",
    },
    "Notes": {
        E.NOTE_CREATED: "A note is written",
        E.NOTE_UPDATED: "A note is changed",
        E.NOTE_DELETED: "A note is deleted",
    },
    "Messages": {
        E.MESSAGE_CREATED: "A message is owed to somebody",
        E.MESSAGE_SENT: "A message has gone out",
        E.MESSAGE_FAILED: "A message has failed",
    },
    "What was done": {E.AUDIT_ENTRY: "Anything is written into the trail"},
}
