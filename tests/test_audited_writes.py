"""Every write of the API leaves an entry that names who, what and in which request."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from common.errors import InvalidError
from tasks.models import Task
from tenants.context import public_context, tenant_context
from tenants.models import Tenant
from tests.conftest import in_office
from tests.isolation.routes import api_operations, operation
from tests.isolation.samples.every import SAMPLES
from tests.isolation.world import StandingWorld

REQUEST_ID = "the-request-of-this-test"
# The kinds of rows that must be in the trail, with what happened to them.
TRAIL = {
    ("PATCH", "me"): {("UPDATE", "user")},
    ("POST", "password-change"): {("UPDATE", "user"), ("CREATE", "outgoingmessage")},
    ("POST", "email-change"): {("CREATE", "outgoingmessage")},
    ("POST", "invitations"): {("CREATE", "invitation"), ("CREATE", "outgoingmessage")},
    ("PATCH", "invitation"): {("UPDATE", "invitation")},
    ("DELETE", "invitation"): {("UPDATE", "invitation")},
    ("POST", "invitation-resend"): {("UPDATE", "invitation"), ("CREATE", "outgoingmessage")},
    ("POST", "api-keys"): {("CREATE", "apikey"), ("CREATE", "outgoingmessage")},
    ("PATCH", "api-key"): {("UPDATE", "apikey")},
    ("DELETE", "api-key"): {("DELETE", "apikey")},
    ("POST", "service-accounts"): {("CREATE", "user")},
    # It only looks.
    ("POST", "users-import"): set(),
    ("DELETE", "session"): set(),
    ("POST", "sessions-end"): set(),
    ("DELETE", "user-sessions"): set(),
    ("POST", "step-up"): set(),
    ("DELETE", "device"): {("DELETE", "device")},
    ("POST", "totp"): {("DELETE", "authenticator"), ("CREATE", "authenticator")},
    ("POST", "totp-confirm"): {
        *(("UPDATE", "authenticator"), ("CREATE", "authenticator")),
        *(("UPDATE", "user"), ("CREATE", "outgoingmessage")),
    },
    ("POST", "recovery-codes"): {("CREATE", "authenticator")},
    ("DELETE", "authenticator"): {("DELETE", "authenticator"), ("CREATE", "outgoingmessage")},
    ("DELETE", "user-mfa"): {("DELETE", "authenticator"), ("CREATE", "outgoingmessage")},
    ("PATCH", "security-rules"): {("UPDATE", "tenant")},
    ("PATCH", "tenant"): {("UPDATE", "tenant")},
    ("POST", "webhooks"): {("CREATE", "webhook")},
    ("PATCH", "webhook"): {("UPDATE", "webhook")},
    ("DELETE", "webhook"): {("DELETE", "webhook")},
    ("POST", "webhook-secret"): {("UPDATE", "webhook")},
    # The log of deliveries is a trail of its own.
    ("POST", "webhook-test"): set(),
    ("POST", "webhook-resend"): set(),
    ("POST", "identity-providers"): {("CREATE", "identityprovider")},
    ("PATCH", "identity-provider"): {("UPDATE", "identityprovider")},
    ("DELETE", "identity-provider"): {("DELETE", "identityprovider")},
    ("DELETE", "telegram-link"): set(),
    ("POST", "email-send"): {("CREATE", "outgoingmessage")},
    ("POST", "sms-send"): {("CREATE", "outgoingmessage")},
    ("POST", "telephone"): {("CREATE", "outgoingmessage")},
    ("POST", "telephone-code"): {("CREATE", "contact")},
    ("DELETE", "telephone"): set(),
    ("POST", "users"): {("CREATE", "user")},
    ("PATCH", "user"): {("UPDATE", "user")},
    ("DELETE", "user"): {
        *(("DELETE", "user"), ("UPDATE", "task"), ("DELETE", "teammembership")),
        *(("DELETE", "action"), ("UPDATE", "comment"), ("UPDATE", "outgoingmessage")),
        *(("DELETE", "mention"), ("UPDATE", "taskfile")),
        *(("UPDATE", "note"), ("UPDATE", "document"), ("UPDATE", "revision")),
        *(("UPDATE", "calendar"), ("UPDATE", "event"), ("DELETE", "attendee"), ("DELETE", "feed")),
        *(("DELETE", "subscription"), ("DELETE", "connection"), ("DELETE", "calendarsync")),
        *(("DELETE", "device"), ("DELETE", "authenticator"), ("DELETE", "apikey")),
    },
    ("POST", "roles"): {("CREATE", "role")},
    ("PATCH", "role"): {("UPDATE", "role")},
    ("DELETE", "role"): {("DELETE", "role")},
    ("POST", "teams"): {("CREATE", "team"), ("CREATE", "teammembership")},
    ("PATCH", "team"): {
        *(("UPDATE", "team"), ("UPDATE", "teammembership"), ("DELETE", "teammembership")),
    },
    ("DELETE", "team"): {("DELETE", "team"), ("DELETE", "teammembership"), ("UPDATE", "task")},
    ("POST", "tasks"): {("CREATE", "task")},
    ("POST", "tasks-bulk"): {("CREATE", "task"), ("UPDATE", "task")},
    ("PUT", "task"): {("UPDATE", "task")},
    ("PATCH", "task"): {("UPDATE", "task")},
    ("DELETE", "task"): {
        *(("DELETE", "task"), ("DELETE", "reminder"), ("DELETE", "comment")),
        *(("DELETE", "mention"), ("DELETE", "taskfile")),
    },
    ("POST", "task-assign"): {("UPDATE", "task")},
    ("POST", "task-complete"): {("UPDATE", "task")},
    ("POST", "comments"): {("CREATE", "comment")},
    ("POST", "task-files"): {("CREATE", "taskfile")},
    ("DELETE", "task-file"): {("DELETE", "taskfile")},
    ("PATCH", "comment"): {("UPDATE", "comment")},
    ("POST", "mention-read"): {("UPDATE", "mention")},
    ("POST", "task-reminders"): {("CREATE", "reminder")},
    ("PATCH", "reminder"): {("UPDATE", "reminder")},
    ("DELETE", "reminder"): {("DELETE", "reminder")},
    ("POST", "notes"): {("CREATE", "note")},
    ("PATCH", "note"): {("UPDATE", "note")},
    ("DELETE", "note"): {("DELETE", "note")},
    ("POST", "note-restore"): {("UPDATE", "note")},
    ("POST", "note-summarize"): set(),
    ("POST", "note-qa"): set(),
    ("POST", "note-task"): {("CREATE", "task"), ("UPDATE", "note")},
    ("POST", "documents"): {("CREATE", "document"), ("CREATE", "revision")},
    ("PATCH", "document"): {("UPDATE", "document")},
    ("DELETE", "document"): {("DELETE", "document"), ("DELETE", "revision")},
    ("POST", "document-revisions"): {("UPDATE", "document"), ("CREATE", "revision")},
    ("POST", "documents-ask"): set(),
    ("POST", "document-sign-offs"): {("CREATE", "signoff")},
    # The documents of the samples ask nobody.
    ("POST", "sign-offs-remind"): set(),
    ("POST", "events"): {("CREATE", "event")},
    ("PATCH", "event"): {("UPDATE", "event")},
    ("DELETE", "event"): {
        *(("DELETE", "event"), ("DELETE", "attendee"), ("DELETE", "eventreminder"))
    },
    ("POST", "event-respond"): {("UPDATE", "attendee")},
    ("POST", "find-slot"): set(),
    ("POST", "feeds"): {("CREATE", "feed")},
    ("DELETE", "feed"): {("DELETE", "feed")},
    ("POST", "subscriptions"): {("CREATE", "calendar"), ("CREATE", "subscription")},
    ("POST", "subscription-accept"): {("UPDATE", "subscription")},
    ("POST", "calendar-import"): {("CREATE", "event")},
    ("POST", "syncs"): {("CREATE", "calendar"), ("CREATE", "calendarsync")},
    ("DELETE", "sync"): {("DELETE", "calendarsync")},
    ("POST", "sync-start"): {("UPDATE", "calendarsync")},
    ("POST", "sync-accept"): {("UPDATE", "calendarsync")},
    ("POST", "sync-stop"): {("UPDATE", "calendarsync")},
    # It only wakes a job.
    ("POST", "sync-now"): set(),
    ("POST", "calendars"): {("CREATE", "calendar")},
    ("PATCH", "calendar"): {("UPDATE", "calendar")},
    ("DELETE", "calendar"): {
        *(("DELETE", "calendar"), ("DELETE", "event"), ("DELETE", "attendee")),
        ("DELETE", "eventreminder"),
    },
    ("POST", "event-from-text"): {
        *(("CREATE", "event"), ("CREATE", "eventreminder")),
        ("CREATE", "action"),
    },
    ("POST", "task-from-text"): {
        *(("CREATE", "task"), ("CREATE", "reminder"), ("CREATE", "action"))
    },
    ("POST", "assistant-chat"): {
        *(("CREATE", "task"), ("CREATE", "reminder"), ("CREATE", "action"))
    },
    ("PATCH", "language-model"): {("UPDATE", "tenant"), ("CREATE", "modelkey")},
    ("POST", "assistant-undo"): {("DELETE", "task"), ("UPDATE", "action")},
}
# Registration is tested below: its entries stand in the office that it makes. The others write
# sessions only.
EXEMPT = {
    # Nothing is connected yet, and nothing is to be disconnected: tests/connections.
    *(("POST", f"{name}-connect") for name in ("microsoft", "google", "slack")),
    *(("DELETE", f"{name}-connection") for name in ("microsoft", "google", "slack")),
    ("POST", "microsoft-callback"),
    *(("POST", f"slack-{kind}") for kind in ("events", "commands", "actions")),
    *(("POST", "telegram-link"), ("POST", "telegram-webhook")),
    # They wake a job at most: tests/calendar_app/sync.
    *(("POST", "google-notices"), ("POST", "microsoft-notices")),
    # Twilio brings nothing.
    *(("POST", "twilio-sms"), ("POST", "twilio-status")),
    # Those of who is not known yet: tests/accounts.
    *(("POST", "invitation-accept"), ("POST", "login-mfa"), ("POST", "password-reset")),
    *(("POST", "password-reset-confirm"), ("POST", "email-change-confirm")),
    *(("POST", "register"), ("POST", "login"), ("POST", "refresh"), ("POST", "logout")),
}
WRITES = [found.key for found in api_operations() if found.method != "get"]
KNOWN = [key for key in WRITES if key in TRAIL]
IDS = [f"{method} {name}" for method, name in KNOWN]


def send(client, key, world, **changes):
    sample = SAMPLES[key](world, None)
    found = operation(*key)
    body = changes.get("body", sample.body)
    return getattr(client, found.method)(
        found.url(**sample.ids) + sample.search,
        body,
        HTTP_X_REQUEST_ID=REQUEST_ID,
        **changes.get("headers", {}),
    )


def of_this_request():
    return AuditEntry.objects.filter(cid=REQUEST_ID)


@pytest.fixture(scope="module")
def standing_world(standing):
    with in_office("acme"):
        return StandingWorld(whole=True)


@pytest.fixture
def world(in_acme, standing_world):
    return standing_world.copied()


def test_every_write_has_a_line():
    assert set(WRITES) - set(TRAIL) - EXEMPT == set()


@pytest.mark.parametrize("key", KNOWN, ids=IDS)
def test_a_write_leaves_its_entries_with_actor_and_request(key, api, ada, world):
    answer = send(api(ada), key, world)
    assert answer.status_code < 300, answer.content
    assert answer.headers["X-Request-ID"] == REQUEST_ID
    entries = list(of_this_request().select_related("content_type"))
    assert {(e.get_action_display().upper(), e.content_type.model) for e in entries} == TRAIL[key]
    for entry in entries:
        assert entry.actor_id == ada.pk
        assert entry.actor_email == ada.email
        assert entry.source == "api"
        assert entry.remote_addr == "127.0.0.1"


@pytest.mark.parametrize("key", KNOWN, ids=IDS)
def test_a_write_without_a_token_leaves_nothing(key, stranger, world):
    assert send(stranger, key, world).status_code == 401
    assert not of_this_request().exists()


WITHOUT_A_BODY = {
    "task-complete",
    "note-restore",
    "note-summarize",
    "note-task",
    "sign-offs-remind",
    *("task-complete", "note-restore", "note-summarize", "note-task", "invitation-resend"),
    *("webhook-secret", "webhook-test", "webhook-resend"),
    *("sessions-end", "totp", "recovery-codes", "subscription-accept"),
    *("sync-start", "sync-accept", "sync-stop", "mention-read"),
}
REFUSED = [
    key for key in KNOWN if key[0] in {"POST", "PUT", "PATCH"} and key[1] not in WITHOUT_A_BODY
]


@pytest.mark.parametrize("key", REFUSED, ids=[f"{method} {name}" for method, name in REFUSED])
def test_a_write_with_a_bad_body_leaves_nothing(key, api, ada, world):
    good = SAMPLES[key](world, None).body
    answer = send(api(ada), key, world, body={**good, "surprise": 1})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "surprise"
    assert not of_this_request().exists()


@pytest.mark.parametrize("key", [("PATCH", "task"), ("PUT", "task"), ("DELETE", "task")])
def test_a_write_on_an_old_state_leaves_nothing(key, api, ada, world):
    answer = send(api(ada), key, world, headers={"HTTP_IF_MATCH": '"of yesterday"'})
    assert answer.status_code == 412
    assert not of_this_request().exists()


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("inside"), 500), (InvalidError("Not so."), 400)]
)
def test_a_refusal_after_the_first_write_takes_that_write_back(
    error, status, api, ada, world, monkeypatch
):
    """Writes, their entries and the request stand in one transaction."""

    def write_and_refuse(*, task, by):
        Task.objects.filter(pk=task.pk).update(title="half done")
        raise error

    monkeypatch.setattr("tasks.api.complete_task", write_and_refuse)
    answer = send(api(ada), ("POST", "task-complete"), world)
    assert answer.status_code == status
    assert set(answer.json()) == {"type", "errors"}
    assert "inside" not in answer.content.decode()
    world.task.refresh_from_db()
    assert world.task.title == "Water the plants"
    assert not of_this_request().exists()


def test_registration_leaves_the_first_entries_of_the_new_office(db):
    client = APIClient(HTTP_HOST="localhost")
    operation_ = operation("POST", "register")
    body = SAMPLES["POST", "register"](None, None).body
    answer = client.post(operation_.path, body, HTTP_X_REQUEST_ID=REQUEST_ID)
    assert answer.status_code == 201
    with public_context():
        tenant = Tenant.objects.get(pk=answer.json()["tenant"]["id"])
    with tenant_context(tenant):
        entry = AuditEntry.objects.get(cid=REQUEST_ID, content_type__model="user")
        assert str(entry.actor_id) == answer.json()["user"]["id"]
        assert entry.changes["password"] == ["***", "***"]
