"""How each address of either host is asked that stands outside the API and tables of consoles."""

from typing import Any

from tests.conftest import PASSWORD
from tests.isolation.rules.consoles import OF_CONSOLES
from tests.isolation.rules.programs import OF_PROGRAMS
from tests.isolation.rules.rule import PLAIN, SIGN_IN, Page, fields
from tests.isolation.samples.sample import STRONG
from tests.isolation.world import World

# What opens an address by itself, without a session or a token: what the secret is called in
# `Secrets.secrets` of arena.py, and whether it is bound to its own office's host.
SECRET_ADDRESSES = {
    "/unsubscribe/<str:token>": ("unsubscribing", True),
    "/invitation/<str:token>": ("joining", True),
    "/reset-password/<str:token>": ("reset", True),
    "/confirm-email/<str:token>": ("move", True),
    "/support/<str:token>": ("support", True),
    "/notifications/slack/<str:code>": ("offer", True),
    "/api/v1/calendar/feeds/<str:secret>.ics": ("open_feed", False),
}
EVENT = {"title": "Jour fixe", "day": "2030-05-14", "begins": "10:00", "ends": "11:00"}


def _to_be_linked(world: World) -> dict[str, Any]:
    """Give the account of whoever has one, or the id of nobody's."""
    return {"connection_id": next(iter(world.connections.values()), str(world.ada.pk))}


def _event(world: World) -> dict[str, Any]:
    return {**EVENT, "visibility": "default", "people": world.eve.pk}


def _note(world: World) -> dict[str, Any]:
    facts = {"title": "Minutes", "kind": "meeting", "visibility": "private", "version": 2}
    return {**facts, "body": "Ada: send the offer by Friday.", "people": world.eve.pk}


def _task_form(world: World) -> dict[str, Any]:
    facts = {"title": "Water the palms", "priority": "low", "status": "pending"}
    return {**facts, "due": "2030-05-14T10:00", "assignee": world.eve.pk, "parent": ""}


A_FILE = ("file", "leave.md", b"# Leave\n\nThirty days a year.")
PAGES: dict[str, Page] = {
    **OF_PROGRAMS,
    **OF_CONSOLES,
    "/api/schema": PLAIN,
    "/api/docs": PLAIN,
    "/.well-known/jwks.json": PLAIN,
    "/favicon.ico": PLAIN,
    "/metrics": PLAIN,
    "/regions/find": PLAIN,
    "/health": PLAIN,
    "/health/live": PLAIN,
    "/health/ready": PLAIN,
    "/sign-in": Page(query={"next": "/"}, form=SIGN_IN),
    "/sign-out": Page(form=fields()),
    "/profile": Page(form=fields(full_name="Somebody Else", timezone="UTC", locale="en")),
    "/profile/email": Page(form=fields(email="new@acme.example", password=PASSWORD)),
    "/profile/password": Page(form=fields(current_password=PASSWORD, new_password=STRONG)),
    "/profile/api-keys": Page(form=fields(name="Sync", scopes="task:read", days=30)),
    "/profile/api-keys/<uuid:pk>/delete": Page(ids={"pk": "api_key"}, form=fields()),
    "/settings": PLAIN,
    "/design": PLAIN,
    "/welcome": PLAIN,
    "/welcome/examples": Page(form=fields(do="add")),
    "/search": Page(query={"q": "water plants"}),
    "/search/glance": Page(query={"q": "water plants"}),
    "/people/import": Page(
        form=fields(csv="email,full_name\nnia@acme.example,Nia New\n", check="yes")
    ),
    "/support/<str:token>": Page(ids={"token": "support"}, form=fields()),
    "/security": PLAIN,
    "/sso": Page(query={"email": "eve@sso.example", "next": "/"}),
    "/sso/<uuid:pk>/begin": Page(ids={"pk": "provider"}, query={"next": "/"}),
    "/sso/<uuid:pk>/callback": Page(ids={"pk": "provider"}, query={"state": "x", "code": "x"}),
    "/signed-out": PLAIN,
    "/sign-in/code": Page(form=fields(code="000000")),
    "/sign-in/passkey/begin": Page(query={"next": "/"}, form=fields()),
    "/sign-in/passkey": Page(form=fields()),
    "/security/show-again": Page(query={"next": "/"}, form=fields(password=PASSWORD)),
    "/security/second-factor": Page(form=fields(code="000000")),
    "/security/second-factor/app": Page(form=fields()),
    "/security/second-factor/<uuid:pk>/remove": Page(ids={"pk": "authenticator"}, form=fields()),
    "/security/passkeys/begin": Page(form=fields()),
    "/security/passkeys": Page(form=fields()),
    "/security/sessions/<uuid:pk>/end": Page(ids={"pk": "session"}, form=fields()),
    "/security/end-others": Page(form=fields()),
    "/forgot-password": Page(form=fields(email="eve@acme.example")),
    "/reset-password/<str:token>": Page(ids={"token": "reset"}, form=fields(password=STRONG)),
    "/confirm-email/<str:token>": Page(ids={"token": "move"}, form=fields()),
    "/invitation/<str:token>": Page(
        ids={"token": "joining"}, form=fields(full_name="Nia New", password=STRONG)
    ),
    "/": PLAIN,
    "/tasks": Page(query={"status": "pending", "label": "office", "due": "week", "view": ""}),
    "/tasks/<uuid:pk>/move": Page(ids={"pk": "task"}, form=fields(status="in_progress", next="/")),
    "/tasks/<uuid:pk>": Page(ids={"pk": "task"}),
    "/team": Page(query={"page": "1"}),
    "/team/<uuid:pk>/hand-on": Page(
        ids={"pk": "task"}, form=lambda world: {"assignee": world.eve.pk, "next": "/team"}
    ),
    "/reports": PLAIN,
    "/reports/tasks.csv": PLAIN,
    "/tasks/filters": Page(form=fields(name="Urgent", query="priority=urgent")),
    "/tasks/filters/<uuid:pk>/forget": Page(ids={"pk": "filter"}, form=fields()),
    "/tasks/<uuid:pk>/edit": Page(ids={"pk": "task"}, form=_task_form),
    "/tasks/<uuid:pk>/delete": Page(ids={"pk": "task"}, form=fields()),
    "/tasks/<uuid:pk>/reminders": Page(ids={"pk": "task"}, form=fields(lead="10")),
    "/tasks/reminders/<uuid:pk>/remove": Page(ids={"pk": "reminder"}, form=fields()),
    "/tasks/<uuid:pk>/complete": Page(ids={"pk": "task"}, form=fields(next="/")),
    "/tasks/<uuid:pk>/due": Page(ids={"pk": "task"}, form=fields(day="2036-05-14")),
    "/tasks/<uuid:pk>/comments": Page(ids={"pk": "task"}, form=fields(body="Done on Friday.")),
    "/tasks/<uuid:pk>/people": Page(ids={"pk": "task"}, query={"start": "Eve"}),
    "/tasks/comments/<uuid:pk>/edit": Page(ids={"pk": "comment"}, form=fields(body="On Monday.")),
    "/tasks/<uuid:pk>/files": Page(ids={"pk": "task"}, form=fields(), file=A_FILE),
    "/tasks/<uuid:task_id>/files/<uuid:pk>": Page(ids={"task_id": "task", "pk": "task_file"}),
    "/tasks/<uuid:task_id>/files/<uuid:pk>/take-away": Page(
        ids={"task_id": "task", "pk": "task_file"}, form=fields()
    ),
    "/mentions/read": Page(form=fields()),
    "/mentions/<uuid:pk>/read": Page(ids={"pk": "mention"}, form=fields()),
    "/calendar": Page(query={"view": "week", "date": "2026-05-14", "calendar": ""}),
    "/calendar/events/new": Page(query={"date": "2026-05-14"}, form=_event),
    "/calendar/events/<uuid:pk>": Page(ids={"pk": "event"}),
    "/calendar/events/<uuid:pk>/answer": Page(ids={"pk": "event"}, form=fields(answer="accepted")),
    "/calendar/events/<uuid:pk>/edit": Page(ids={"pk": "event"}, form=_event),
    "/calendar/events/<uuid:pk>/move": Page(
        ids={"pk": "event"}, form=fields(day="2026-05-14", version=1, scope="all")
    ),
    "/calendar/events/<uuid:pk>/delete": Page(ids={"pk": "event"}, form=fields(scope="all")),
    "/notes": Page(query={"search": "minutes", "kind": "meeting", "tag": "acme"}),
    "/notes/new": Page(form=_note),
    "/notes/<uuid:pk>": Page(ids={"pk": "note"}),
    "/notes/<uuid:pk>/edit": Page(ids={"pk": "note"}, form=_note),
    "/notes/<uuid:pk>/delete": Page(ids={"pk": "note"}, form=fields()),
    "/notes/<uuid:pk>/summarize": Page(ids={"pk": "note"}, form=fields(length="short")),
    "/notes/<uuid:pk>/tasks": Page(ids={"pk": "note"}, form=fields(item=0)),
    "/notes/<uuid:pk>/versions": Page(ids={"pk": "note"}),
    "/notes/<uuid:note_id>/versions/<uuid:pk>": Page(ids={"note_id": "note", "pk": "version"}),
    "/notes/<uuid:note_id>/versions/<uuid:pk>/restore": Page(
        ids={"note_id": "note", "pk": "version"}, form=fields()
    ),
    "/ask": Page(form=fields(question="How many days of vacation are there?")),
    "/documents": Page(query={"search": "leave", "kind": "policy", "status": "to_sign"}),
    "/documents/new": Page(
        form=fields(title="Leave", kind="policy", visibility="office"), file=A_FILE
    ),
    "/documents/<uuid:pk>": Page(ids={"pk": "document"}),
    "/documents/<uuid:pk>/files": Page(ids={"pk": "document"}, form=fields(), file=A_FILE),
    "/documents/<uuid:pk>/sign": Page(ids={"pk": "document"}, form=fields(revision=1)),
    "/documents/<uuid:pk>/remind": Page(ids={"pk": "document"}, form=fields()),
    "/documents/<uuid:pk>/delete": Page(ids={"pk": "document"}, form=fields()),
    "/documents/<uuid:document_id>/files/<uuid:pk>": Page(
        ids={"document_id": "document", "pk": "revision"}
    ),
    "/messages": Page(query={"status": "sent", "page": "1"}),
    "/messages/coming": Page(query={"days": "7"}),
    "/messages/<uuid:pk>": Page(ids={"pk": "message"}),
    "/notifications": Page(form=fields(first="email", timezone="UTC")),
    "/notifications/try": Page(form=fields(channel="email")),
    "/notifications/chats": Page(form=fields(do="link")),
    "/notifications/slack/<str:code>": Page(ids={"code": "offer"}, form=fields()),
    "/calendar/syncs": PLAIN,
    "/calendar/syncs/link": Page(form=_to_be_linked),
    "/calendar/syncs/<uuid:pk>": Page(ids={"pk": "sync"}, form=fields(do="now")),
    "/connections": Page(form=fields(do="connect", provider="google")),
    "/connections/finish": Page(query={"state": "A" * 64}),
    "/unsubscribe/<str:token>": Page(ids={"token": "unsubscribing"}, form=fields()),
    "/quick-add": Page(form=fields(text="Order new badges tomorrow at 3pm", next="/settings")),
    "/quick-add/look": Page(form=fields(text="Order badges tomorrow at 3pm", next="/settings")),
    "/quick-add/undo": Page(form=lambda world: {"undo_token": next(iter(world.actions.values()))}),
    "/quick-add/preview": Page(query={"text": "Order new badges tomorrow at 3pm"}),
    "/assistant": Page(form=fields(message="what is due this week?")),
    "/assistant/answer": Page(
        form=lambda world: {"proposal": next(iter(world.actions.values())), "answer": "yes"}
    ),
    "/assistant/forget": Page(form=fields()),
    "/open-office": Page(
        form=fields(tenant_name="Hooli", full_name="Gavin", email="g@h.example", password=STRONG)
    ),
    "/office-opened": Page(query={"office": "acme", "email": "ada@acme.example"}),
    "/go": Page(query={"office": "acme", "email": "ada@acme.example"}),
}
