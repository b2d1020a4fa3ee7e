"""How both consoles are asked: their own addresses, and each of their tables."""

from typing import Any

from tests.conftest import PASSWORD
from tests.isolation.rules.rule import PLAIN, SIGN_IN, Page, Table, fields
from tests.isolation.samples.sample import STRONG
from tests.isolation.world import World

# Apps with tables in an office's console.
OF_AN_OFFICE = (
    "accounts|connections|messaging|tasks|calendar_app|assistant|documents|notes|webhooks"
)
OF_CONSOLES: dict[str, Page] = {
    "/admin": PLAIN,
    "/admin/": PLAIN,
    "/admin/login/": Page(query={"next": "/admin/"}, form=SIGN_IN),
    "/admin/logout/": Page(form=fields()),
    "/admin/password_change/": Page(
        form=fields(old_password=PASSWORD, new_password1=STRONG, new_password2=STRONG)
    ),
    "/admin/password_change/done/": PLAIN,
    "/admin/autocomplete/": Page(
        query={"app_label": "tasks", "model_name": "task", "field_name": "assignee", "term": "a"}
    ),
    "/admin/jsi18n/": PLAIN,
    "/admin/dead-letters/": Page(query={"p": "1"}),
    "/admin/office-settings/": Page(
        form=fields(
            name="Acme",
            timezone="UTC",
            office_opens="08:00",
            office_closes="17:00",
            working_days="1",
            fiscal_year_starts=1,
            email_provider="smtp",
        )
    ),
    "/admin/office-export/": Page(query={"fetch": "1"}, form=fields()),
    "/admin/sign-in-rules/": Page(
        form=fields(session_idle_minutes=60, session_hours=24, step_up_minutes=15)
    ),
    "/admin/rounds/": Page(form=fields(who="office", at="07:30", days="1")),
    "/admin/tenants/operation/<uuid:pk>/archive/": Page(ids={"pk": "operation"}),
    "/admin/tenants/operation/import/": Page(form=fields(slug="acme", suspended="on")),
    "/admin/tenants/tenant/<uuid:pk>/move/": Page(ids={"pk": "tenant"}, form=fields(to="shard2")),
    "/admin/tenants/domain/<int:pk>/prove/": Page(ids={"pk": "number"}),
    "/admin/tenants/tenant/<uuid:pk>/erase/": Page(ids={"pk": "tenant"}, form=fields(slug="acme")),
    "/admin/tenants/tenant/<uuid:pk>/support/": Page(
        ids={"pk": "tenant"},
        form=fields(email="eve@acme.example", reason="They asked for help.", minutes=15),
    ),
    "/admin/assistant/modelcall/settings/": Page(
        form=fields(mode="off", api="auto", price_input=0, price_output=0)
    ),
    f"/admin/^(?P<app_label>{OF_AN_OFFICE})/$": Page(ids={"app_label": "app"}),
    "/admin/^(?P<app_label>tenants|django_celery_beat|accounts)/$": Page(ids={"app_label": "app"}),
    "/admin/(?P<url>.*)$": Page(ids={"url": "nothing"}),
}


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
        "role", fields(name="scribe", permissions="task:read"), frozenset({DELETE})
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
        fields(url="https://new.example/hook", events="task.created"),
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
        fields(name="Acme", slug="acme", subscription_tier="pro", timezone="UTC"),
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
    "tenants/plan": Table("plan", fields(users=1), frozenset({DELETE})),
    "django_celery_beat/periodictask": Table(
        "number", fields(name="x"), frozenset({DELETE, "run", "enable", "disable"})
    ),
    "django_celery_beat/intervalschedule": Table(
        "number", fields(every=1, period="days"), frozenset({DELETE})
    ),
    "django_celery_beat/crontabschedule": Table("number", fields(minute="1"), frozenset({DELETE})),
}
