"""What each grant lets a person or a program do, in words of an office."""

from collections.abc import Collection

from accounts.permissions import Permission

P = Permission
GRANT_WORDS: dict[str, dict[Permission, str]] = {
    "People": {
        P.USER_READ: "See who works here",
        P.USER_CREATE: "Let people in",
        P.USER_UPDATE: "Change people, their roles and teams",
        P.USER_DELETE: "Delete people",
    },
    "Tasks": {
        P.TASK_READ: "See tasks",
        P.TASK_CREATE: "Make tasks",
        P.TASK_UPDATE: "Change tasks and complete them",
        P.TASK_DELETE: "Delete tasks",
        P.TASK_ASSIGN: "Give tasks to others",
    },
    "Calendar": {
        P.EVENT_READ: "See events",
        P.EVENT_CREATE: "Plan events",
        P.EVENT_UPDATE: "Change events",
        P.EVENT_DELETE: "Delete events",
    },
    "Notes and documents": {
        P.NOTE_READ: "Read notes and documents",
        P.NOTE_CREATE: "Write notes and bring documents",
        P.NOTE_UPDATE: "Change notes and documents",
        P.NOTE_DELETE: "Delete notes and documents",
        P.NOTE_SUMMARIZE: "Have notes summarized",
    },
    "The office": {
        P.ADMIN_AUDIT: "Read what was done, by whom",
        P.ADMIN_SETTINGS: "Set the office up, in this console",
    },
}


def grant_choices(among: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the grants as boxes in groups, each with its words and its name in the API."""
    groups = {
        group: [
            (one.value, f"{words} ({one.value})") for one, words in found.items() if one in among
        ]
        for group, found in GRANT_WORDS.items()
    }
    return [(group, boxes) for group, boxes in groups.items() if boxes]
