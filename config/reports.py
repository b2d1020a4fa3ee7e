"""Errors told to Sentry, where SENTRY_DSN names one: what broke and where, and nothing of anybody.

An event is built anew out of a few things that are ours: the kind of each exception, the lines of
code on the way to it, the constant phrase of the log, the ids of request and office. What
exceptions say (PostgreSQL names values of rows), variables, addresses, headers, bodies, cookies,
people and breadcrumbs stay here, in the log, under the same request id.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from common.origin import current_origin
from tenants.context import tenant_or_none

ALWAYS = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app", "context_line")
OF_AN_EXCEPTION = ("type", "module", "mechanism")
# Whose logs are constant phrases; those of packages may say anything.
OURS = frozenset(
    {
        *("config", "common", "tenants", "accounts", "connections", "messaging", "webhooks"),
        *("tasks", "calendar_app", "assistant", "documents", "notes", "inbound", "toolbox"),
    }
)


def begin_reports(*, dsn: str, release: str, environment: str) -> None:
    """Send what is logged as an error from now on; without a DSN nothing is sent."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        # All that breaks is logged: requests by Django, jobs by Celery. Nothing else is looked at.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
            DedupeIntegration(),
        ],
        before_send=without_people,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
    )


def without_people(event: Any, _hint: Any) -> Any:
    """Return what may leave of an event."""
    found = {name: event[name] for name in ALWAYS if name in event}
    tenant = tenant_or_none()
    found["tags"] = {
        "request_id": current_origin().request_id,
        "source": current_origin().source,
        "tenant": str(tenant.pk) if tenant else "",
    }
    if str(event.get("logger", "")).partition(".")[0] in OURS:
        found["logentry"] = {"message": str((event.get("logentry") or {}).get("message", ""))}
    raised = (event.get("exception") or {}).get("values") or []
    if raised:
        found["exception"] = {"values": [_kind_of(each) for each in raised]}
    return found


def _kind_of(raised: Any) -> dict[str, Any]:
    """Return what was raised and where, without what it says."""
    frames = (raised.get("stacktrace") or {}).get("frames") or []
    kept = [{name: frame[name] for name in OF_A_FRAME if name in frame} for frame in frames]
    return {
        **{name: raised[name] for name in OF_AN_EXCEPTION if name in raised},
        "stacktrace": {"frames": kept},
    }
