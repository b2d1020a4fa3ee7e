"""How everything is asked: what its ids stand for, a good query, a good form.

An address, a console table or an action without a line fails in `test_new_things.py`, with the
sentence that says what to add where.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import PASSWORD
from tests.isolation.samples.sample import STRONG
from tests.isolation.world import World

# What an id stands for: in the addresses of the API, by the route's name …
PATH_IDS = {
    **dict.fromkeys(("task", "task-assign", "task-complete", "comments"), "task"),
    "task-reminders": "task",
    "reminder": "reminder",
    "comment": "comment",
    "mention-read": "mention",
    "task-files": "task",
    **dict.fromkeys(("task-file", "task-file-content"), "task_file"),
    "message": "message",
    **dict.fromkeys(("invitation", "invitation-resend"), "invitation"),
    "api-key": "api_key",
    "session": "session",
    "device": "device",
    "authenticator": "authenticator",
    "identity-provider": "provider",
    **dict.fromkeys(("user-mfa", "user-sessions"), "user"),
    **{kind: kind for kind in ("user", "role", "team", "note", "document")},
    **dict.fromkeys(("note-version", "note-restore"), "version"),
    **dict.fromkeys(("note-versions", "note-summarize", "note-task", "note-qa"), "note"),
    **dict.fromkeys(("document-download", "document-revisions"), "document"),
    **dict.fromkeys(("document-sign-offs", "sign-offs-remind"), "document"),
    "revision-download": "revision",
    **dict.fromkeys(("event", "event-respond"), "event"),
    "calendar": "calendar",
    "feed": "feed",
    "subscription-accept": "subscription",
    **dict.fromkeys(("sync", "sync-start", "sync-accept", "sync-stop", "sync-conflicts"), "sync"),
    "public-feed": "open_feed",
    **dict.fromkeys(("webhook", "webhook-secret", "webhook-test"), "webhook"),
    "webhook-deliveries": "webhook",
    "webhook-resend": "told",
}
# … in its queries and bodies, and in the fields and filters of forms and consoles.
NAMED_IDS = {
    **dict.fromkeys(("assignee", "assignee_id", "user", "lead", "actor"), "user"),
    **dict.fromkeys(("team", "team_id", "sign_team_ids"), "team"),
    **dict.fromkeys(("undo_token", "proposal"), "action"),
    "instead_of": "message",
    **dict.fromkeys(("parent", "parent_id", "resource_id", "task", "task_id", "task_ids"), "task"),
    # In what is done to many tasks at once.
    "id": "task",
    **dict.fromkeys(("memberships-0-user", "members", "creator"), "user"),
    **dict.fromkeys(("recipient", "sender", "author", "attendee_ids", "invited_by"), "user"),
    "note_id": "note",
    **dict.fromkeys(("webhook", "webhook_id"), "webhook"),
    **dict.fromkeys(("document_id", "document_ids"), "document"),
    **dict.fromkeys(("owner", "owner_id", "sign_person_ids"), "user"),
    **dict.fromkeys(("organizer", "attendee", "user_id", "users", "people"), "user"),
    "rooms": "calendar",
    **dict.fromkeys(("calendar", "calendar_id", "room_id", "room"), "calendar"),
    **dict.fromkeys(("event", "series", "split_from", "event_ids"), "event"),
    **dict.fromkeys(("owner", "owner_id", "sso_break_glass"), "user"),
    **dict.fromkeys(("person", "lead_id", "member_ids", "reassign_to"), "user"),
    **dict.fromkeys(("connection", "connection_id"), "connection"),
    "sync_id": "sync",
    "about": "reminder",
    **dict.fromkeys(("role", "default_role"), "role"),
    "content_type": "kind",
    **dict.fromkeys(("interval", "crontab", "solar", "clocked"), "number"),
    **dict.fromkeys(("tenant", "plan"), "tenant"),
}

Form = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Body:
    """A good body that is no form, and what stands where an id is in it."""

    make: Form
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """How an address outside the API is asked: its ids, a good query, a good form or bodies."""

    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None
    bodies: Mapping[str, Body] = field(default_factory=dict)
    """By the method, for what programs ask."""
    file: tuple[str, str, bytes] | None = None
    """The field that takes a file, and a good one."""


def _fields(**values: Any) -> Form:
    return lambda _world: values


def _to_be_linked(world: World) -> dict[str, Any]:
    """Give the account of whoever has one, or the id of nobody's."""
    return {"connection_id": next(iter(world.connections.values()), str(world.ada.pk))}


PLAIN = Page()
# Apps with tables in an office's console.
OF_AN_OFFICE = (
    "accounts|connections|messaging|tasks|calendar_app|assistant|documents|notes|webhooks"
)
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
FOUND_BY_SCIM = 'userName eq "eve@acme.example"'
SCIM_USER = Body(
    _fields(
        userName="sky@acme.example",
        name={"givenName": "Sky", "familyName": "New"},
        emails=[{"primary": True, "value": "sky@acme.example"}],
        active=True,
    )
)
SCIM_CHANGE = Body(_fields(Operations=[{"op": "replace", "path": "active", "value": False}]))
SCIM_GROUP = Body(
    lambda world: {"displayName": "Sky", "members": [{"value": str(world.eve.pk)}]},
    {"members[].value": "user"},
)
SCIM_MEMBERS = Body(
    lambda world: {
        "Operations": [{"op": "add", "path": "members", "value": [{"value": str(world.max.pk)}]}]
    },
    {"Operations[].value[].value": "user"},
)
MCP_CALL = Body(
    lambda world: {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": "delete_task",
            "arguments": {"task_id": str(world.task.pk), "confirm": True},
        },
    },
    {"params.arguments.task_id": "task"},
)
EVENT = {"title": "Jour fixe", "day": "2030-05-14", "begins": "10:00", "ends": "11:00"}


def _event(world: World) -> dict[str, Any]:
    return {**EVENT, "visibility": "default", "people": world.eve.pk}


def _note(world: World) -> dict[str, Any]:
    facts = {"title": "Minutes", "kind": "meeting", "visibility": "private", "version": 2}
    return {**facts, "body": "Ada: send the offer by Friday.", "people": world.eve.pk}


def _task_form(world: World) -> dict[str, Any]:
    facts = {"title": "Water the palms", "priority": "low", "status": "pending"}
    return {**facts, "due": "2030-05-14T10:00", "assignee": world.eve.pk, "parent": ""}


A_FILE = ("file", "leave.md", b"# Leave\n\nThirty days a year.")
SIGN_IN = _fields(username="ada@acme.example", password="not the password")
# Each address of either host outside the API and the tables of the consoles.
PAGES: dict[str, Page] = {
    "/api/schema": PLAIN,
    "/api/docs": PLAIN,
    "/.well-known/jwks.json": PLAIN,
    "/favicon.ico": PLAIN,
    "/metrics": PLAIN,
    "/regions/find": PLAIN,
    "/mcp": Page(bodies={"post": MCP_CALL}),
    "/health": PLAIN,
    "/health/live": PLAIN,
    "/health/ready": PLAIN,
    "/sign-in": Page(query={"next": "/"}, form=SIGN_IN),
    "/sign-out": Page(form=_fields()),
    "/profile": Page(form=_fields(full_name="Somebody Else", timezone="UTC", locale="en")),
    "/profile/email": Page(form=_fields(email="new@acme.example", password=PASSWORD)),
    "/profile/password": Page(form=_fields(current_password=PASSWORD, new_password=STRONG)),
    "/profile/api-keys": Page(form=_fields(name="Sync", scopes="task:read", days=30)),
    "/profile/api-keys/<uuid:pk>/delete": Page(ids={"pk": "api_key"}, form=_fields()),
    "/settings": PLAIN,
    "/design": PLAIN,
    "/welcome": PLAIN,
    "/welcome/examples": Page(form=_fields(do="add")),
    "/search": Page(query={"q": "water plants"}),
    "/search/glance": Page(query={"q": "water plants"}),
    "/people/import": Page(
        form=_fields(csv="email,full_name\nnia@acme.example,Nia New\n", check="yes")
    ),
    "/support/<str:token>": Page(ids={"token": "support"}, form=_fields()),
    "/security": PLAIN,
    "/scim/v2/ServiceProviderConfig": PLAIN,
    "/scim/v2/Users": Page(query={"filter": FOUND_BY_SCIM}, bodies={"post": SCIM_USER}),
    "/scim/v2/Users/<uuid:pk>": Page(
        ids={"pk": "user"}, bodies={"put": SCIM_USER, "patch": SCIM_CHANGE}
    ),
    "/scim/v2/Groups": Page(query={"startIndex": "1"}, bodies={"post": SCIM_GROUP}),
    "/scim/v2/Groups/<uuid:pk>": Page(
        ids={"pk": "team"}, bodies={"put": SCIM_GROUP, "patch": SCIM_MEMBERS}
    ),
    "/sso": Page(query={"email": "eve@sso.example", "next": "/"}),
    "/sso/<uuid:pk>/begin": Page(ids={"pk": "provider"}, query={"next": "/"}),
    "/sso/<uuid:pk>/callback": Page(ids={"pk": "provider"}, query={"state": "x", "code": "x"}),
    "/signed-out": PLAIN,
    "/sign-in/code": Page(form=_fields(code="000000")),
    "/sign-in/passkey/begin": Page(query={"next": "/"}, form=_fields()),
    "/sign-in/passkey": Page(form=_fields()),
    "/security/show-again": Page(query={"next": "/"}, form=_fields(password=PASSWORD)),
    "/security/second-factor": Page(form=_fields(code="000000")),
    "/security/second-factor/app": Page(form=_fields()),
    "/security/second-factor/<uuid:pk>/remove": Page(ids={"pk": "authenticator"}, form=_fields()),
    "/security/passkeys/begin": Page(form=_fields()),
    "/security/passkeys": Page(form=_fields()),
    "/security/sessions/<uuid:pk>/end": Page(ids={"pk": "session"}, form=_fields()),
    "/security/end-others": Page(form=_fields()),
    "/forgot-password": Page(form=_fields(email="eve@acme.example")),
    "/reset-password/<str:token>": Page(ids={"token": "reset"}, form=_fields(password=STRONG)),
    "/confirm-email/<str:token>": Page(ids={"token": "move"}, form=_fields()),
    "/invitation/<str:token>": Page(
        ids={"token": "joining"}, form=_fields(full_name="Nia New", password=STRONG)
    ),
    "/": PLAIN,
    "/tasks": Page(query={"status": "pending", "label": "office", "due": "week", "view": ""}),
    "/tasks/<uuid:pk>/move": Page(ids={"pk": "task"}, form=_fields(status="in_progress", next="/")),
    "/tasks/<uuid:pk>": Page(ids={"pk": "task"}),
    "/team": Page(query={"page": "1"}),
    "/team/<uuid:pk>/hand-on": Page(
        ids={"pk": "task"}, form=lambda world: {"assignee": world.eve.pk, "next": "/team"}
    ),
    "/reports": PLAIN,
    "/reports/tasks.csv": PLAIN,
    "/tasks/filters": Page(form=_fields(name="Urgent", query="priority=urgent")),
    "/tasks/filters/<uuid:pk>/forget": Page(ids={"pk": "filter"}, form=_fields()),
    "/tasks/<uuid:pk>/edit": Page(ids={"pk": "task"}, form=_task_form),
    "/tasks/<uuid:pk>/delete": Page(ids={"pk": "task"}, form=_fields()),
    "/tasks/<uuid:pk>/reminders": Page(ids={"pk": "task"}, form=_fields(lead="10")),
    "/tasks/reminders/<uuid:pk>/remove": Page(ids={"pk": "reminder"}, form=_fields()),
    "/tasks/<uuid:pk>/complete": Page(ids={"pk": "task"}, form=_fields(next="/")),
    "/tasks/<uuid:pk>/due": Page(ids={"pk": "task"}, form=_fields(day="2036-05-14")),
    "/tasks/<uuid:pk>/comments": Page(ids={"pk": "task"}, form=_fields(body="Done on Friday.")),
    "/tasks/<uuid:pk>/people": Page(ids={"pk": "task"}, query={"start": "Eve"}),
    "/tasks/comments/<uuid:pk>/edit": Page(ids={"pk": "comment"}, form=_fields(body="On Monday.")),
    "/tasks/<uuid:pk>/files": Page(ids={"pk": "task"}, form=_fields(), file=A_FILE),
    "/tasks/<uuid:task_id>/files/<uuid:pk>": Page(ids={"task_id": "task", "pk": "task_file"}),
    "/tasks/<uuid:task_id>/files/<uuid:pk>/take-away": Page(
        ids={"task_id": "task", "pk": "task_file"}, form=_fields()
    ),
    "/mentions/read": Page(form=_fields()),
    "/mentions/<uuid:pk>/read": Page(ids={"pk": "mention"}, form=_fields()),
    "/calendar": Page(query={"view": "week", "date": "2026-05-14", "calendar": ""}),
    "/calendar/events/new": Page(query={"date": "2026-05-14"}, form=_event),
    "/calendar/events/<uuid:pk>": Page(ids={"pk": "event"}),
    "/calendar/events/<uuid:pk>/answer": Page(ids={"pk": "event"}, form=_fields(answer="accepted")),
    "/calendar/events/<uuid:pk>/edit": Page(ids={"pk": "event"}, form=_event),
    "/calendar/events/<uuid:pk>/move": Page(
        ids={"pk": "event"}, form=_fields(day="2026-05-14", version=1, scope="all")
    ),
    "/calendar/events/<uuid:pk>/delete": Page(ids={"pk": "event"}, form=_fields(scope="all")),
    "/notes": Page(query={"search": "minutes", "kind": "meeting", "tag": "acme"}),
    "/notes/new": Page(form=_note),
    "/notes/<uuid:pk>": Page(ids={"pk": "note"}),
    "/notes/<uuid:pk>/edit": Page(ids={"pk": "note"}, form=_note),
    "/notes/<uuid:pk>/delete": Page(ids={"pk": "note"}, form=_fields()),
    "/notes/<uuid:pk>/summarize": Page(ids={"pk": "note"}, form=_fields(length="short")),
    "/notes/<uuid:pk>/tasks": Page(ids={"pk": "note"}, form=_fields(item=0)),
    "/notes/<uuid:pk>/versions": Page(ids={"pk": "note"}),
    "/notes/<uuid:note_id>/versions/<uuid:pk>": Page(ids={"note_id": "note", "pk": "version"}),
    "/notes/<uuid:note_id>/versions/<uuid:pk>/restore": Page(
        ids={"note_id": "note", "pk": "version"}, form=_fields()
    ),
    "/ask": Page(form=_fields(question="How many days of vacation are there?")),
    "/documents": Page(query={"search": "leave", "kind": "policy", "status": "to_sign"}),
    "/documents/new": Page(
        form=_fields(title="Leave", kind="policy", visibility="office"), file=A_FILE
    ),
    "/documents/<uuid:pk>": Page(ids={"pk": "document"}),
    "/documents/<uuid:pk>/files": Page(ids={"pk": "document"}, form=_fields(), file=A_FILE),
    "/documents/<uuid:pk>/sign": Page(ids={"pk": "document"}, form=_fields(revision=1)),
    "/documents/<uuid:pk>/remind": Page(ids={"pk": "document"}, form=_fields()),
    "/documents/<uuid:pk>/delete": Page(ids={"pk": "document"}, form=_fields()),
    "/documents/<uuid:document_id>/files/<uuid:pk>": Page(
        ids={"document_id": "document", "pk": "revision"}
    ),
    "/messages": Page(query={"status": "sent", "page": "1"}),
    "/messages/coming": Page(query={"days": "7"}),
    "/messages/<uuid:pk>": Page(ids={"pk": "message"}),
    "/notifications": Page(form=_fields(first="email", timezone="UTC")),
    "/notifications/try": Page(form=_fields(channel="email")),
    "/notifications/chats": Page(form=_fields(do="link")),
    "/notifications/slack/<str:code>": Page(ids={"code": "offer"}, form=_fields()),
    "/calendar/syncs": PLAIN,
    "/calendar/syncs/link": Page(form=_to_be_linked),
    "/calendar/syncs/<uuid:pk>": Page(ids={"pk": "sync"}, form=_fields(do="now")),
    "/connections": Page(form=_fields(do="connect", provider="google")),
    "/connections/finish": Page(query={"state": "A" * 64}),
    "/unsubscribe/<str:token>": Page(ids={"token": "unsubscribing"}, form=_fields()),
    "/quick-add": Page(form=_fields(text="Order new badges tomorrow at 3pm", next="/settings")),
    "/quick-add/look": Page(form=_fields(text="Order badges tomorrow at 3pm", next="/settings")),
    "/quick-add/undo": Page(form=lambda world: {"undo_token": next(iter(world.actions.values()))}),
    "/quick-add/preview": Page(query={"text": "Order new badges tomorrow at 3pm"}),
    "/assistant": Page(form=_fields(message="what is due this week?")),
    "/assistant/answer": Page(
        form=lambda world: {"proposal": next(iter(world.actions.values())), "answer": "yes"}
    ),
    "/assistant/forget": Page(form=_fields()),
    "/open-office": Page(
        form=_fields(tenant_name="Hooli", full_name="Gavin", email="g@h.example", password=STRONG)
    ),
    "/office-opened": Page(query={"office": "acme", "email": "ada@acme.example"}),
    "/go": Page(query={"office": "acme", "email": "ada@acme.example"}),
    "/admin": PLAIN,
    "/admin/": PLAIN,
    "/admin/login/": Page(query={"next": "/admin/"}, form=SIGN_IN),
    "/admin/logout/": Page(form=_fields()),
    "/admin/password_change/": Page(
        form=_fields(old_password=PASSWORD, new_password1=STRONG, new_password2=STRONG)
    ),
    "/admin/password_change/done/": PLAIN,
    "/admin/autocomplete/": Page(
        query={"app_label": "tasks", "model_name": "task", "field_name": "assignee", "term": "a"}
    ),
    "/admin/jsi18n/": PLAIN,
    "/admin/dead-letters/": Page(query={"p": "1"}),
    "/admin/office-settings/": Page(
        form=_fields(
            name="Acme",
            timezone="UTC",
            office_opens="08:00",
            office_closes="17:00",
            working_days="1",
            fiscal_year_starts=1,
            email_provider="smtp",
        )
    ),
    "/admin/office-export/": Page(query={"fetch": "1"}, form=_fields()),
    "/admin/sign-in-rules/": Page(
        form=_fields(session_idle_minutes=60, session_hours=24, step_up_minutes=15)
    ),
    "/admin/rounds/": Page(form=_fields(who="office", at="07:30", days="1")),
    "/admin/tenants/operation/<uuid:pk>/archive/": Page(ids={"pk": "operation"}),
    "/admin/tenants/operation/import/": Page(form=_fields(slug="acme", suspended="on")),
    "/admin/tenants/tenant/<uuid:pk>/move/": Page(ids={"pk": "tenant"}, form=_fields(to="shard2")),
    "/admin/tenants/domain/<int:pk>/prove/": Page(ids={"pk": "number"}),
    "/admin/tenants/tenant/<uuid:pk>/erase/": Page(ids={"pk": "tenant"}, form=_fields(slug="acme")),
    "/admin/tenants/tenant/<uuid:pk>/support/": Page(
        ids={"pk": "tenant"},
        form=_fields(email="eve@acme.example", reason="They asked for help.", minutes=15),
    ),
    "/admin/assistant/modelcall/settings/": Page(
        form=_fields(mode="off", api="auto", price_input=0, price_output=0)
    ),
    f"/admin/^(?P<app_label>{OF_AN_OFFICE})/$": Page(ids={"app_label": "app"}),
    "/admin/^(?P<app_label>tenants|django_celery_beat|accounts)/$": Page(ids={"app_label": "app"}),
    "/admin/(?P<url>.*)$": Page(ids={"url": "nothing"}),
}


@dataclass(frozen=True)
class Table:
    """A table of a console: what its ids stand for, a good form, its actions."""

    kind: str
    form: Form | None = None
    actions: frozenset[str] = frozenset()
    # Fields of rows inside the form that name another row.
    inline_links: tuple[str, ...] = ()


def _person(world: World) -> dict[str, Any]:
    return {
        "email": "neo@acme.example",
        "full_name": "Neo New",
        "role": world.eve.role_id,
        "is_active": "on",
        "timezone": "UTC",
        "locale": "en",
        "notification_preference": "email",
        "new_password": STRONG,
    }


def _team(world: World) -> dict[str, Any]:
    return {
        "name": "Sales",
        "lead": world.max.pk,
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-position": 0,
        "memberships-0-user": world.eve.pk,
    }


def _task(world: World) -> dict[str, Any]:
    inlines = {f"{name}-{kind}_FORMS": 0 for name in ("reminders", "comments") for kind in FORMS}
    return {
        "title": "Water the palms",
        "assignee": world.max.pk,
        "team": world.team.pk,
        "timezone": "UTC",
        "priority": "medium",
        "status": "pending",
        **inlines,
    }


FORMS = ("TOTAL", "INITIAL")
DELETE = "delete_selected"
TABLES = {
    "accounts/user": Table("user", _person),
    "accounts/role": Table(
        "role", _fields(name="scribe", permissions="task:read"), frozenset({DELETE})
    ),
    "accounts/team": Table("team", _team, frozenset({DELETE}), ("memberships-0-user",)),
    "accounts/invitation": Table(
        "invitation",
        lambda world: {"email": "nia@acme.example", "role": world.eve.role_id},
        frozenset({"resend", "revoke"}),
    ),
    "accounts/identityprovider": Table(
        "provider",
        lambda world: {
            "name": "New",
            "issuer": "https://new.example",
            "client_id": "x",
            "domains": "new.example",
            "default_role": world.eve.role_id,
        },
        frozenset({DELETE}),
    ),
    "accounts/auditentry": Table("entry", actions=frozenset({DELETE})),
    "tasks/task": Table("task", _task, frozenset({DELETE, "complete"})),
    "tasks/reminder": Table(
        "reminder",
        lambda world: {"task": world.task.pk, "minutes_before": 7},
        frozenset({DELETE}),
    ),
    "assistant/modelcall": Table("call"),
    "calendar_app/calendarsync": Table(
        "sync", actions=frozenset({"sync_now", "stop", "start_again"})
    ),
    "connections/connection": Table("connection", actions=frozenset({"check_now", "disconnect"})),
    "documents/document": Table("document"),
    "calendar_app/calendar": Table("calendar"),
    "calendar_app/event": Table("event"),
    "notes/note": Table("note"),
    "webhooks/webhook": Table(
        "webhook",
        _fields(url="https://new.example/hook", events="task.created"),
        frozenset({DELETE, "try_out", "pause", "resume", "renew_secret"}),
    ),
    "webhooks/webhookdelivery": Table("told", actions=frozenset({"resend"})),
    "accounts/apikey": Table(
        "api_key",
        lambda world: {
            "user": world.ada.pk,
            "program": "Clock",
            "role": world.eve.role_id,
            "name": "Sync",
            "scopes": "task:read",
            "days": "90",
        },
        frozenset({"revoke"}),
        ("role",),
    ),
    "messaging/outgoingmessage": Table("message", actions=frozenset({"resend"})),
    "tenants/tenant": Table(
        "tenant",
        _fields(name="Acme", slug="acme", subscription_tier="pro", timezone="UTC"),
        frozenset({"export", "suspend", "resume", "move", "erase"}),
    ),
    "tenants/domain": Table(
        "number",
        lambda world: {"tenant": str(world.ada.pk), "domain": "new.example"},
        frozenset({DELETE}),
    ),
    "tenants/operation": Table("operation", actions=frozenset({DELETE, "cancel", "retry"})),
    "tenants/erasurecertificate": Table("certificate", actions=frozenset({DELETE})),
    "tenants/schemastate": Table("tenant", actions=frozenset({DELETE})),
    "tenants/jobrun": Table("run"),
    "tenants/plan": Table("plan", _fields(users=1), frozenset({DELETE})),
    "django_celery_beat/periodictask": Table(
        "number", _fields(name="x"), frozenset({DELETE, "run", "enable", "disable"})
    ),
    "django_celery_beat/intervalschedule": Table(
        "number", _fields(every=1, period="days"), frozenset({DELETE})
    ),
    "django_celery_beat/crontabschedule": Table("number", _fields(minute="1"), frozenset({DELETE})),
}
