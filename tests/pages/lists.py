"""The list pages: how each is filled, what it says when it is empty, and what it refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.identity_models import ApiKey, Device
from accounts.models import RefreshFamily, User
from accounts.permissions import Permission
from calendar_app.models import Calendar, CalendarSync
from calendar_app.services import NewEvent, create_event
from connections.models import Connection
from documents.models import Document
from messaging.models import OutgoingMessage
from notes.services import NewNote, create_note
from tasks.models import Reminder, SavedFilter, Task

P = Permission


def soon(number: int) -> Any:
    return timezone.now() + timedelta(minutes=5 + number)


def task(by: User, title: str, number: int) -> Task:
    return Task.objects.create(title=title, creator=by, assignee=by, due_date=soon(number))


def late_task(by: User, title: str, number: int) -> Task:
    due = timezone.now() - timedelta(hours=number + 1)
    return Task.objects.create(title=title, creator=by, assignee=by, due_date=due)


def reminded(by: User, title: str, number: int) -> Task:
    made = task(by, title, number)
    Reminder.objects.create(task=made, at=soon(number))
    return made


def saved_filter(by: User, title: str, number: int) -> SavedFilter:
    return SavedFilter.objects.create(owner=by, name=title, query=f"search={number}")


def event(by: User, title: str, number: int) -> Any:
    return create_event(new=NewEvent(title=title, start=soon(number), visibility="private"), by=by)


def note(by: User, title: str, _number: int) -> Any:
    return create_note(new=NewNote(title=title, body="Text"), by=by)


def document(by: User, title: str, _number: int) -> Document:
    return Document.objects.create(title=title, owner=by)


def message(by: User, title: str, number: int) -> OutgoingMessage:
    return OutgoingMessage.objects.create(
        recipient=by, channel="email", address=by.email, subject=title, text="x", kind="test",
        dedupe_key=f"{by.email} {number}", status="sent", due_at=soon(number),
        sent_at=timezone.now(),
    )  # fmt: skip


def api_key(by: User, title: str, number: int) -> ApiKey:
    digest = f"{number:032}{by.pk.hex}"
    return ApiKey.objects.create(user=by, name=title, digest=digest, expires_at=soon(9_999))


def session(by: User, title: str, _number: int) -> RefreshFamily:
    return RefreshFamily.objects.create(user=by, user_agent=title, expires_at=soon(9_999))


def device(by: User, title: str, number: int) -> Device:
    digest = f"{number:032}{by.pk.hex}"
    return Device.objects.create(user=by, label=title, digest=digest, seen_at=timezone.now())


def connection(by: User, title: str, _number: int) -> Connection:
    return Connection.objects.create(provider="google", person=by, account_key=title, address=title)


def sync(by: User, title: str, number: int) -> CalendarSync:
    calendar = Calendar.objects.create(owner=by, name=title)
    account = connection(by, f"{title} account", number)
    return CalendarSync.objects.create(
        calendar=calendar, connection=account, remote_id=title, remote_name=title, state="on"
    )


@dataclass(frozen=True)
class ListPage:
    """A page that shows things of its reader."""

    path: str
    add: Callable[[User, str, int], Any]
    # What it says when there is nothing; "" where there always is something.
    empty: str
    # An address that asks for nonsense, and what answers: or what is posted there.
    nonsense: str
    posted: dict[str, str] | None = None
    # The grant without which it is closed; None: it is everybody's own.
    grant: Permission | None = None
    # How many of so many it shows at once, and where the rest is.
    many: int = 12
    shown: int = 12
    rest: str = ""
    reader: str = "eve"
    # Where one of its things is reached, and how.
    doors: tuple[tuple[str, str], ...] = ()
    # Whether others may know that there is something, and not what.
    is_hinted: bool = False


OF_TASK = (("get", "/tasks/{pk}"), ("get", "/tasks/{pk}/edit"), ("post", "/tasks/{pk}/complete"))
NOTHING_TO_DO = "There is nothing to do."
READ = P.TASK_READ
LISTS = {
    "today": ListPage(
        "/", task, "Your desk is clear.", "/quick-add", {"text": ""}, READ, doors=OF_TASK
    ),
    "task-list": ListPage(
        "/tasks", task, NOTHING_TO_DO, "/tasks?priority=x", None, READ,
        many=51, shown=50, rest="/tasks?page=2", doors=OF_TASK,
    ),
    "task-list board": ListPage(
        "/tasks?view=board", task, "", "/tasks?view=board&due=x", None, READ,
        many=31, shown=30, doors=(("post", "/tasks/{pk}/move"),),
    ),
    "task-list month": ListPage(
        "/tasks?view=month", task, "", "/tasks?view=month&month=x", None, READ, doors=OF_TASK
    ),
    "task-list timeline": ListPage(
        "/tasks?view=timeline", task, "", "/tasks?view=timeline&label=" + "x" * 51, None, READ,
        many=51, shown=50, rest="/tasks?view=timeline&page=2", doors=OF_TASK,
    ),
    "task-list filters": ListPage(
        "/tasks", saved_filter, "", "/tasks/filters", {"name": ""}, READ,
        doors=(("post", "/tasks/filters/{pk}/forget"),),
    ),
    "team-page": ListPage(
        "/team", late_task, "Nobody has anything to do.", "/team/{pk}/hand-on", {"assignee": "x"},
        P.TASK_ASSIGN, many=31, shown=30, rest="/team?page=2", reader="max_",
        doors=(("post", "/team/{pk}/hand-on"),),
    ),
    "note-list": ListPage(
        "/notes", note, "No notes yet.", "/notes?kind=x", None, P.NOTE_READ,
        many=31, shown=30, rest="/notes?page=2",
        doors=(("get", "/notes/{pk}"), ("get", "/notes/{pk}/versions")),
    ),
    "document-list": ListPage(
        "/documents", document, "No documents yet.", "/documents?kind=x", None, P.NOTE_READ,
        many=31, shown=30, rest="/documents?page=2", doors=(("get", "/documents/{pk}"),),
    ),
    "calendar-page agenda": ListPage(
        "/calendar?view=agenda", event, "Nothing stands here.", "/calendar?view=agenda&date=x",
        None, P.EVENT_READ, doors=(("get", "/calendar/events/{pk}"),), is_hinted=True,
    ),
    "calendar-page day": ListPage(
        "/calendar?view=day", event, "Nothing stands here.", "/calendar?view=day&date=x",
        None, P.EVENT_READ, doors=(("get", "/calendar/events/{pk}"),), is_hinted=True,
    ),
    "synced-calendars": ListPage(
        "/calendar/syncs", sync, "", "/calendar/syncs/{pk}", {"do": "x"}, P.EVENT_READ,
        reader="max_", doors=(("post", "/calendar/syncs/{pk}"),),
    ),
    "search": ListPage(
        "/search?q=thing", task, "Nothing fits.", "/search?q=" + "x" * 201,
        many=9, shown=8, rest="/tasks?search=thing",
    ),
    "ledger": ListPage(
        "/messages", message, "No messages.", "/messages?status=x",
        many=51, shown=50, rest="/messages?page=2", doors=(("get", "/messages/{pk}"),),
    ),
    "coming": ListPage(
        "/messages/coming", reminded, "Nothing will be sent.", "/messages/coming?days=x"
    ),
    "own-api-keys": ListPage(
        "/profile/api-keys", api_key, "No keys yet", "/profile/api-keys", {"name": ""},
        doors=(("post", "/profile/api-keys/{pk}/delete"),),
    ),
    "security": ListPage(
        "/security", session, "", "/security/sessions/x/end", {},
        doors=(("post", "/security/sessions/{pk}/end"),),
    ),
    "security devices": ListPage("/security", device, "", "/security?page=x"),
    "accounts": ListPage(
        "/connections", connection, "None is connected.", "/connections", {"provider": "x"},
    ),
}  # fmt: skip
# What shows no list of things, or those of one thing: a test of its own holds each.
OTHERS = {
    *("sign-in", "forgot-password", "sso", "sign-in-code", "signed-out", "show-again"),
    *("settings", "profile", "own-email", "own-password", "import-people", "second-factor"),
    *("design", "welcome", "chat-page", "ask", "reports", "wishes", "chats", "connection-finish"),
    *("favicon", "new-event", "new-note", "new-document", "search-glance", "quick-add-preview"),
}
