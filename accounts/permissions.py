"""Who may: one table of grants, deny by default."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.errors import RefusedError
from tenants.context import tenant_or_none

# For operators; offices say it themselves.
STEP_UP_MINUTES = 15


class Permission(models.TextChoices):
    """The exact strings of the HTTP contract."""

    USER_CREATE = "user:create"
    USER_READ = "user:read"
    USER_UPDATE = "user:update"
    USER_DELETE = "user:delete"
    TASK_CREATE = "task:create"
    TASK_READ = "task:read"
    TASK_UPDATE = "task:update"
    TASK_DELETE = "task:delete"
    TASK_ASSIGN = "task:assign"
    EVENT_CREATE = "event:create"
    EVENT_READ = "event:read"
    EVENT_UPDATE = "event:update"
    EVENT_DELETE = "event:delete"
    NOTE_CREATE = "note:create"
    NOTE_READ = "note:read"
    NOTE_UPDATE = "note:update"
    NOTE_DELETE = "note:delete"
    NOTE_SUMMARIZE = "note:summarize"
    ADMIN_AUDIT = "admin:audit"
    ADMIN_SETTINGS = "admin:settings"


P = Permission
EMPLOYEE = [
    *(P.TASK_CREATE, P.TASK_READ, P.TASK_UPDATE),
    P.EVENT_READ,
    *(P.NOTE_CREATE, P.NOTE_READ, P.NOTE_UPDATE, P.NOTE_SUMMARIZE),
]
MANAGER = [*EMPLOYEE, P.USER_READ, P.TASK_ASSIGN, P.EVENT_CREATE, P.EVENT_UPDATE]
BUILT_IN_ROLES: Mapping[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "manager": frozenset(MANAGER),
    "employee": frozenset(EMPLOYEE),
}

# What a person of the console may do with a table, as the same grants that the API asks for.
CONSOLE_RESOURCES: Mapping[str, str] = {
    "accounts.user": "user",
    "accounts.team": "user",
    "accounts.teammembership": "user",
    "accounts.invitation": "user",
    "tasks.task": "task",
    "tasks.reminder": "task",
    "tasks.comment": "task",
}
CONSOLE_VERBS = {"view": "read", "add": "create", "change": "update", "delete": "delete"}
# Tables of the platform console, which opens outside every office only. Schedules and organisations
# are switched off there and never deleted.
PLATFORM_TABLES: Mapping[str, tuple[str, ...]] = {
    "tenants.tenant": ("view", "add", "change"),
    "tenants.domain": ("view", "add", "delete"),
    "tenants.plan": ("view", "change"),
    "tenants.ownlimits": ("view", "add", "change", "delete"),
    "tenants.operation": ("view",),
    "tenants.erasurecertificate": ("view",),
    "tenants.schemastate": ("view",),
    "tenants.jobrun": ("view",),
    "django_celery_beat.periodictask": ("view", "add", "change"),
    "django_celery_beat.intervalschedule": ("view", "add", "change"),
    "django_celery_beat.crontabschedule": ("view", "add", "change"),
}
CONSOLE_GRANTS: Mapping[str, Permission] = {
    **{
        f"accounts.{verb}_{table}": P.ADMIN_SETTINGS
        for verb in CONSOLE_VERBS
        for table in ("role", "identityprovider", "apikey")
    },
    **{f"webhooks.{verb}_webhook": P.ADMIN_SETTINGS for verb in CONSOLE_VERBS},
    **{
        table.replace(".", f".{verb}_"): P.ADMIN_SETTINGS
        for table, verbs in PLATFORM_TABLES.items()
        for verb in verbs
    },
    "accounts.view_auditentry": P.ADMIN_AUDIT,
    "accounts.change_settings": P.ADMIN_SETTINGS,
    "accounts.export_office": P.ADMIN_SETTINGS,
    "calendar_app.view_calendarsync": P.ADMIN_SETTINGS,
    "calendar_app.steer_calendarsync": P.ADMIN_SETTINGS,
    "connections.view_connection": P.ADMIN_SETTINGS,
    "connections.disconnect_connection": P.ADMIN_SETTINGS,
    "messaging.view_outgoingmessage": P.ADMIN_AUDIT,
    "messaging.view_deliveryattempt": P.ADMIN_AUDIT,
    "messaging.change_schedule": P.ADMIN_SETTINGS,
    "calendar_app.view_calendar": P.ADMIN_SETTINGS,
    "calendar_app.view_event": P.EVENT_READ,
    "notes.view_note": P.NOTE_READ,
    **dict.fromkeys(
        (
            *("webhooks.tend_webhook", "webhooks.view_webhookdelivery"),
            "accounts.revoke_apikey",
        ),
        P.ADMIN_SETTINGS,
    ),
    "assistant.view_modelcall": P.ADMIN_AUDIT,
    "documents.view_document": P.NOTE_READ,
    "messaging.resend_outgoingmessage": P.ADMIN_SETTINGS,
}


def console_grant(name: str) -> Permission | None:
    """Translate Django's `tasks.change_task` into `task:update`; None means nobody may."""
    if name in CONSOLE_GRANTS:
        return CONSOLE_GRANTS[name]
    app, _, rest = name.partition(".")
    verb, _, model = rest.partition("_")
    resource = CONSOLE_RESOURCES.get(f"{app}.{model}")
    if resource is None or verb not in CONSOLE_VERBS:
        return None
    return Permission(f"{resource}:{CONSOLE_VERBS[verb]}")


def require_recent(shown_at: datetime | None) -> None:
    """Raise RefusedError unless the person has shown a moment ago who they are."""
    office = tenant_or_none()
    minutes = office.settings.step_up_minutes if office else STEP_UP_MINUTES
    if shown_at is None or timezone.now() - shown_at > timedelta(minutes=minutes):
        raise RefusedError(_("Show once more who you are."), code="step_up_required")


class RoleAllows(BasePermission):
    """Lets in whose role holds the grant that the view names for this action."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """An action without a grant is refused to everybody."""
        user: Any = request.user
        if not getattr(user, "is_authenticated", False):
            return False
        if getattr(view, "people_only", False) and getattr(request.user, "key_id", None):
            sentence = _("An API key cannot do this; sign in.")
            raise RefusedError(sentence, code="api_key_refused")
        if user.must_enrol and not getattr(view, "before_enrolment", False):
            sentence = _("Your office wants a second factor of you; set one up first.")
            raise RefusedError(sentence, code="mfa_enrolment_required")
        grants = getattr(view, "grants", {})
        name = getattr(view, "action", None) or (request.method or "").lower()
        if name not in grants:
            # OPTIONS and methods that do not exist: DRF answers 405 after this.
            return name in {None, "metadata", "options"} or not hasattr(view, str(name))
        grant = grants[name]
        allowed = grant is None or user.may(grant)
        if allowed and name in getattr(view, "recent", ()):
            require_recent(user.authenticated_at)
        return allowed


class Anybody(BasePermission):
    """The open doors: registration, sign-in, the schema and its pages."""
