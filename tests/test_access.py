"""Who may do what: one line for each operation of the API; an operation without one fails."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Role
from accounts.permissions import BUILT_IN_ROLES, Permission
from accounts.services import create_user
from tests.conftest import PASSWORD, in_office
from tests.isolation.belongings import named_in, said_by
from tests.isolation.routes import api_operations, operation
from tests.isolation.samples.every import SAMPLES
from tests.isolation.world import StandingWorld

EVERYBODY = ("admin", "manager", "employee")
LEADERS = ("admin", "manager")
ADMIN = ("admin",)
OPEN = "open"
P = Permission
# The grant that is asked for (OPEN: strangers too; None: any token), who has it, the answer.
ACCESS = {
    ("POST", "register"): (OPEN, EVERYBODY, 201),
    ("POST", "login"): (OPEN, EVERYBODY, 200),
    ("POST", "refresh"): (OPEN, EVERYBODY, 200),
    ("POST", "logout"): (OPEN, EVERYBODY, 204),
    ("GET", "schema"): (OPEN, EVERYBODY, 200),
    ("GET", "docs"): (OPEN, EVERYBODY, 200),
    ("GET", "me"): (None, EVERYBODY, 200),
    ("PATCH", "me"): (None, EVERYBODY, 200),
    ("POST", "password-change"): (None, EVERYBODY, 204),
    ("GET", "sessions"): (None, EVERYBODY, 200),
    ("DELETE", "session"): (None, EVERYBODY, 204),
    ("POST", "sessions-end"): (None, EVERYBODY, 204),
    ("GET", "devices"): (None, EVERYBODY, 200),
    ("DELETE", "device"): (None, EVERYBODY, 204),
    ("POST", "login-mfa"): (OPEN, EVERYBODY, 200),
    ("POST", "step-up"): (None, EVERYBODY, 204),
    ("POST", "totp"): (None, EVERYBODY, 201),
    ("POST", "totp-confirm"): (None, EVERYBODY, 200),
    ("POST", "recovery-codes"): (None, EVERYBODY, 201),
    ("GET", "authenticators"): (None, EVERYBODY, 200),
    ("DELETE", "authenticator"): (None, EVERYBODY, 204),
    ("DELETE", "user-sessions"): (P.USER_UPDATE, ADMIN, 204),
    ("POST", "users-import"): (P.USER_CREATE, ADMIN, 200),
    ("DELETE", "user-mfa"): (P.USER_UPDATE, ADMIN, 204),
    ("GET", "security-rules"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("PATCH", "security-rules"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("GET", "identity-providers"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("POST", "identity-providers"): (P.ADMIN_SETTINGS, ADMIN, 201),
    ("GET", "identity-provider"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("PATCH", "identity-provider"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("DELETE", "identity-provider"): (P.ADMIN_SETTINGS, ADMIN, 204),
    ("GET", "api-keys"): (None, EVERYBODY, 200),
    ("POST", "api-keys"): (None, EVERYBODY, 201),
    ("GET", "api-key"): (None, EVERYBODY, 200),
    ("PATCH", "api-key"): (None, EVERYBODY, 200),
    ("DELETE", "api-key"): (None, EVERYBODY, 204),
    ("POST", "service-accounts"): (P.USER_CREATE, ADMIN, 201),
    ("POST", "password-reset"): (OPEN, EVERYBODY, 202),
    ("POST", "password-reset-confirm"): (OPEN, EVERYBODY, 204),
    ("POST", "email-change"): (None, EVERYBODY, 202),
    ("POST", "email-change-confirm"): (OPEN, EVERYBODY, 204),
    ("GET", "audit-logs"): (P.ADMIN_AUDIT, ADMIN, 200),
    ("GET", "audit-verify"): (P.ADMIN_AUDIT, ADMIN, 200),
    **dict.fromkeys(
        [
            ("GET", "webhooks"),
            ("GET", "webhook"),
            ("PATCH", "webhook"),
            ("GET", "webhook-deliveries"),
        ],
        (P.ADMIN_SETTINGS, ADMIN, 200),
    ),
    ("POST", "webhooks"): (P.ADMIN_SETTINGS, ADMIN, 201),
    ("DELETE", "webhook"): (P.ADMIN_SETTINGS, ADMIN, 204),
    ("POST", "webhook-secret"): (P.ADMIN_SETTINGS, ADMIN, 201),
    ("POST", "webhook-test"): (P.ADMIN_SETTINGS, ADMIN, 202),
    ("POST", "webhook-resend"): (P.ADMIN_SETTINGS, ADMIN, 202),
    ("GET", "tenant"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("PATCH", "tenant"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("GET", "tenant-export"): (P.ADMIN_SETTINGS, ADMIN, 202),
    ("GET", "users"): (P.USER_READ, LEADERS, 200),
    ("POST", "users"): (P.USER_CREATE, ADMIN, 201),
    ("GET", "user"): (P.USER_READ, LEADERS, 200),
    ("PATCH", "user"): (P.USER_UPDATE, ADMIN, 200),
    ("DELETE", "user"): (P.USER_DELETE, ADMIN, 204),
    ("GET", "invitations"): (P.USER_CREATE, ADMIN, 200),
    ("POST", "invitations"): (P.USER_CREATE, ADMIN, 201),
    ("GET", "invitation"): (P.USER_CREATE, ADMIN, 200),
    ("PATCH", "invitation"): (P.USER_CREATE, ADMIN, 200),
    ("DELETE", "invitation"): (P.USER_CREATE, ADMIN, 204),
    ("POST", "invitation-resend"): (P.USER_CREATE, ADMIN, 200),
    ("POST", "invitation-accept"): (OPEN, EVERYBODY, 200),
    ("GET", "roles"): (P.USER_READ, LEADERS, 200),
    ("POST", "roles"): (P.ADMIN_SETTINGS, ADMIN, 201),
    ("GET", "role"): (P.USER_READ, LEADERS, 200),
    ("PATCH", "role"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("DELETE", "role"): (P.ADMIN_SETTINGS, ADMIN, 204),
    ("GET", "teams"): (None, EVERYBODY, 200),
    ("POST", "teams"): (P.USER_CREATE, ADMIN, 201),
    ("GET", "team"): (None, EVERYBODY, 200),
    ("PATCH", "team"): (P.USER_UPDATE, ADMIN, 200),
    ("DELETE", "team"): (P.USER_DELETE, ADMIN, 204),
    ("GET", "tasks"): (P.TASK_READ, EVERYBODY, 200),
    ("POST", "tasks"): (P.TASK_CREATE, EVERYBODY, 201),
    # Each of its items asks for the grant of its own: tests/tasks/test_bulk.py.
    ("POST", "tasks-bulk"): (None, EVERYBODY, 200),
    ("GET", "task"): (P.TASK_READ, EVERYBODY, 200),
    ("PUT", "task"): (P.TASK_UPDATE, EVERYBODY, 200),
    ("PATCH", "task"): (P.TASK_UPDATE, EVERYBODY, 200),
    ("DELETE", "task"): (P.TASK_DELETE, ADMIN, 204),
    ("POST", "task-assign"): (P.TASK_ASSIGN, LEADERS, 200),
    ("POST", "task-complete"): (P.TASK_UPDATE, EVERYBODY, 200),
    ("GET", "comments"): (P.TASK_READ, EVERYBODY, 200),
    ("POST", "comments"): (P.TASK_UPDATE, EVERYBODY, 201),
    ("GET", "task-reminders"): (P.TASK_READ, EVERYBODY, 200),
    ("POST", "task-reminders"): (P.TASK_UPDATE, EVERYBODY, 201),
    ("PATCH", "comment"): (P.TASK_UPDATE, EVERYBODY, 200),
    ("GET", "task-files"): (P.TASK_READ, EVERYBODY, 200),
    ("POST", "task-files"): (P.TASK_UPDATE, EVERYBODY, 201),
    ("DELETE", "task-file"): (P.TASK_UPDATE, EVERYBODY, 204),
    ("GET", "task-file-content"): (P.TASK_READ, EVERYBODY, 200),
    ("GET", "mentions"): (P.TASK_READ, EVERYBODY, 200),
    ("POST", "mention-read"): (P.TASK_READ, EVERYBODY, 200),
    ("PATCH", "reminder"): (P.TASK_UPDATE, EVERYBODY, 200),
    ("DELETE", "reminder"): (P.TASK_UPDATE, EVERYBODY, 204),
    ("POST", "email-send"): (P.TASK_ASSIGN, LEADERS, 202),
    ("GET", "email-inbox"): (None, EVERYBODY, 200),
    ("POST", "sms-send"): (P.TASK_ASSIGN, LEADERS, 202),
    ("GET", "messages"): (None, EVERYBODY, 200),
    ("GET", "messages-preview"): (None, EVERYBODY, 200),
    ("GET", "message"): (None, EVERYBODY, 200),
    ("POST", "telegram-link"): (None, EVERYBODY, 200),
    ("DELETE", "telegram-link"): (None, EVERYBODY, 204),
    # Who knows the secret that Telegram was told: tests/inbound.
    ("POST", "telegram-webhook"): (OPEN, EVERYBODY, 200),
    ("POST", "telephone"): (None, EVERYBODY, 202),
    ("DELETE", "telephone"): (None, EVERYBODY, 204),
    ("POST", "telephone-code"): (None, EVERYBODY, 200),
    # Who knows the token that Twilio signs with: tests/inbound.
    ("POST", "twilio-sms"): (OPEN, EVERYBODY, 200),
    ("POST", "twilio-status"): (OPEN, EVERYBODY, 204),
    # Who knows the secret that Slack signs with: tests/inbound.
    ("POST", "slack-events"): (OPEN, EVERYBODY, 200),
    ("POST", "slack-commands"): (OPEN, EVERYBODY, 200),
    ("POST", "slack-actions"): (OPEN, EVERYBODY, 200),
    ("GET", "connections"): (None, EVERYBODY, 200),
    ("POST", "google-connect"): (None, EVERYBODY, 200),
    ("DELETE", "google-connection"): (None, EVERYBODY, 204),
    ("DELETE", "microsoft-connection"): (None, EVERYBODY, 204),
    ("POST", "microsoft-connect"): (None, EVERYBODY, 200),
    ("POST", "slack-connect"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("DELETE", "slack-connection"): (P.ADMIN_SETTINGS, ADMIN, 204),
    # What they take is found by a word that one person was given: tests/connections.
    ("GET", "google-callback"): (OPEN, EVERYBODY, 200),
    ("GET", "microsoft-callback"): (OPEN, EVERYBODY, 200),
    ("POST", "microsoft-callback"): (OPEN, EVERYBODY, 200),
    ("GET", "slack-callback"): (OPEN, EVERYBODY, 200),
    ("GET", "notes"): (P.NOTE_READ, EVERYBODY, 200),
    ("POST", "notes"): (P.NOTE_CREATE, EVERYBODY, 201),
    ("GET", "note"): (P.NOTE_READ, EVERYBODY, 200),
    ("PATCH", "note"): (P.NOTE_UPDATE, EVERYBODY, 200),
    ("DELETE", "note"): (P.NOTE_DELETE, ADMIN, 204),
    ("POST", "note-summarize"): (P.NOTE_SUMMARIZE, EVERYBODY, 200),
    ("POST", "note-qa"): (P.NOTE_READ, EVERYBODY, 200),
    ("POST", "note-task"): (P.TASK_CREATE, EVERYBODY, 201),
    ("GET", "documents"): (P.NOTE_READ, EVERYBODY, 200),
    ("POST", "documents"): (P.NOTE_CREATE, EVERYBODY, 202),
    ("POST", "documents-ask"): (P.NOTE_READ, EVERYBODY, 200),
    ("GET", "document"): (P.NOTE_READ, EVERYBODY, 200),
    ("PATCH", "document"): (P.NOTE_UPDATE, EVERYBODY, 200),
    ("DELETE", "document"): (P.NOTE_DELETE, ADMIN, 204),
    ("GET", "document-download"): (P.NOTE_READ, EVERYBODY, 200),
    ("GET", "document-revisions"): (P.NOTE_READ, EVERYBODY, 200),
    ("POST", "document-revisions"): (P.NOTE_UPDATE, EVERYBODY, 202),
    ("GET", "revision-download"): (P.NOTE_READ, EVERYBODY, 200),
    ("GET", "document-sign-offs"): (P.NOTE_READ, EVERYBODY, 200),
    ("POST", "document-sign-offs"): (P.NOTE_READ, EVERYBODY, 201),
    ("POST", "sign-offs-remind"): (P.NOTE_UPDATE, EVERYBODY, 202),
    ("GET", "note-versions"): (P.NOTE_READ, EVERYBODY, 200),
    ("GET", "note-version"): (P.NOTE_READ, EVERYBODY, 200),
    ("POST", "note-restore"): (P.NOTE_UPDATE, EVERYBODY, 200),
    ("GET", "events"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "events"): (P.EVENT_CREATE, LEADERS, 201),
    ("GET", "event"): (P.EVENT_READ, EVERYBODY, 200),
    ("PATCH", "event"): (P.EVENT_UPDATE, LEADERS, 200),
    ("DELETE", "event"): (P.EVENT_DELETE, ADMIN, 204),
    ("POST", "event-respond"): (P.EVENT_READ, EVERYBODY, 200),
    ("GET", "free-busy"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "find-slot"): (P.EVENT_READ, EVERYBODY, 200),
    ("GET", "feeds"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "feeds"): (P.EVENT_READ, EVERYBODY, 201),
    ("DELETE", "feed"): (P.EVENT_READ, EVERYBODY, 204),
    # Who knows its secret: tests/calendar_app.
    ("GET", "public-feed"): (OPEN, EVERYBODY, 200),
    ("POST", "calendar-import"): (P.EVENT_CREATE, LEADERS, 200),
    ("GET", "subscriptions"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "subscriptions"): (P.EVENT_CREATE, LEADERS, 201),
    ("POST", "subscription-accept"): (P.EVENT_CREATE, LEADERS, 200),
    ("GET", "syncs"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "syncs"): (P.EVENT_CREATE, LEADERS, 201),
    ("GET", "sync"): (P.EVENT_READ, EVERYBODY, 200),
    ("DELETE", "sync"): (P.EVENT_CREATE, LEADERS, 204),
    ("POST", "sync-start"): (P.EVENT_CREATE, LEADERS, 200),
    ("POST", "sync-accept"): (P.EVENT_CREATE, LEADERS, 200),
    ("POST", "sync-stop"): (P.EVENT_CREATE, LEADERS, 200),
    ("GET", "sync-conflicts"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "sync-now"): (P.EVENT_CREATE, LEADERS, 202),
    ("GET", "sync-status"): (P.EVENT_READ, EVERYBODY, 200),
    # Who knows the word that the vendor was given: tests/calendar_app/sync.
    ("POST", "google-notices"): (OPEN, EVERYBODY, 204),
    ("POST", "microsoft-notices"): (OPEN, EVERYBODY, 202),
    ("GET", "calendars"): (P.EVENT_READ, EVERYBODY, 200),
    ("POST", "calendars"): (P.EVENT_CREATE, LEADERS, 201),
    ("GET", "calendar"): (P.EVENT_READ, EVERYBODY, 200),
    ("PATCH", "calendar"): (P.EVENT_UPDATE, LEADERS, 200),
    ("DELETE", "calendar"): (P.EVENT_DELETE, ADMIN, 204),
    ("POST", "event-from-text"): (P.EVENT_CREATE, LEADERS, 201),
    ("POST", "task-from-text"): (P.TASK_CREATE, EVERYBODY, 201),
    ("POST", "assistant-chat"): (None, EVERYBODY, 200),
    ("POST", "assistant-undo"): (None, EVERYBODY, 200),
    ("GET", "language-model"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("PATCH", "language-model"): (P.ADMIN_SETTINGS, ADMIN, 200),
    ("GET", "assistant-usage"): (P.ADMIN_SETTINGS, ADMIN, 200),
}
OPERATIONS = [found.key for found in api_operations()]
KNOWN = [key for key in OPERATIONS if key in ACCESS]
GRANTED = [key for key in KNOWN if isinstance(ACCESS[key][0], Permission)]
# With nothing in the body the doors that strangers may open answer this.
WITHOUT_A_BODY = {200, 400, 401}


def names(keys):
    return [f"{method} {name}" for method, name in keys]


def ask(api, key, world):
    sample = SAMPLES[key](world, api if hasattr(api, "tokens") else None)
    found = operation(*key)
    client = APIClient(HTTP_HOST="localhost") if ACCESS[key][0] == OPEN else api
    url = found.url(**sample.ids) + sample.search
    return getattr(client, found.method)(url, sample.body, headers=sample.headers)


@pytest.fixture(scope="module")
def standing_world(standing):
    with in_office("acme"):
        return StandingWorld()


@pytest.fixture
def world(in_acme, standing_world):
    return standing_world.copied()


def test_every_operation_has_a_line_and_a_sample():
    assert set(OPERATIONS) - set(ACCESS) == set(OPERATIONS) - set(SAMPLES) == set()


def test_the_table_agrees_with_the_built_in_roles():
    for grant, roles, _status in ACCESS.values():
        if isinstance(grant, Permission):
            assert {role for role, grants in BUILT_IN_ROLES.items() if grant in grants} == {*roles}


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("key", KNOWN, ids=names(KNOWN))
def test_a_role_opens_what_it_may_and_nothing_else(key, role, api, world):
    user = {"admin": world.ada, "manager": world.max, "employee": world.eve}[role]
    _grant, roles, status = ACCESS[key]
    answer = ask(api(user), key, world)
    assert answer.status_code == (status if role in roles else 403), answer.content


@pytest.mark.parametrize("key", KNOWN, ids=names(KNOWN))
def test_a_stranger_opens_the_front_doors_only(key, stranger, world):
    answer = ask(stranger, key, world)
    if ACCESS[key][0] == OPEN:
        assert answer.status_code in {*WITHOUT_A_BODY, ACCESS[key][2]}
        return
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="office"'
    [error] = answer.json()["errors"]
    assert error["code"] == "not_authenticated"


@pytest.mark.parametrize("key", GRANTED, ids=names(GRANTED))
def test_the_named_grant_is_the_one_that_is_asked_for(key, api, world):
    """A role with everything but the grant is refused, and one that gets it is let in at once."""
    grant, _roles, status = ACCESS[key]
    rest = sorted({*Permission} - {grant})
    role = Role.objects.create(name="almost everything", permissions=rest)
    user = create_user(
        email="zoe@acme.example", full_name="Zoe", role="almost everything", password=PASSWORD
    )
    world.comments[str(user.pk)] = said_by(user, world.task)
    world.mentions[str(user.pk)] = named_in(user, world.comment)
    zoe = api(user)
    assert ask(zoe, key, world).status_code == 403
    role.permissions = [*rest, grant]
    role.save()
    assert ask(zoe, key, world).status_code == status


@pytest.mark.parametrize("key", KNOWN, ids=names(KNOWN))
def test_a_method_that_does_not_exist_is_405_in_the_shape_of_the_contract(key, api, ada, world):
    found = operation(*key)
    taken = {method for method, name in KNOWN if name == found.name}
    missing = next(name for name in ("PUT", "DELETE", "PATCH", "POST") if name not in taken)
    ids = SAMPLES[key](world, api(ada)).ids
    answer = getattr(api(ada), missing.lower())(found.url(**ids), {})
    assert answer.status_code == 405
    if found.name != "docs":  # a page for people
        assert b"method_not_allowed" in answer.content


@pytest.mark.parametrize("key", GRANTED, ids=names(GRANTED))
def test_a_person_who_was_disabled_is_a_stranger_at_once(key, api, world):
    client = api(world.ada)
    # What the request names is made while the person may still make it.
    SAMPLES[key](world, client)
    world.ada.is_active = False
    world.ada.save()
    assert ask(client, key, world).status_code == 401
