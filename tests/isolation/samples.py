"""A good request for each operation of the API, in a small world that everybody of acme sees."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import jwt
import pyotp
from django.utils import timezone

from accounts.models import User
from calendar_app.feeds import open_feed
from calendar_app.models import Attendee, SyncChannel
from inbound.telegram import webhook_secret
from tenants.context import tenant_or_none
from tests.conftest import PASSWORD, Api
from tests.inbound.slack_calls import signed as signed_by_slack
from tests.inbound.twilio_calls import SMS, STATUS, signature
from tests.isolation.belongings import SYNCED, followed_by
from tests.isolation.world import World

ICS = "\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:watering@example.com"),
        *("SUMMARY:Watering", "DTSTART:20340515T090000Z", "END:VEVENT", "END:VCALENDAR"),
    ]
)
STRONG = "a rather long pass phrase"


@dataclass
class Sample:
    """What to send: ids for the path, a query, a body."""

    ids: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def search(self) -> str:
        """The query as it stands in an address."""
        return f"?{urlencode(self.query)}" if self.query else ""


def _nothing(world: World, api: Api | None) -> Sample:
    return Sample()


def _body(**body: Any) -> Callable[..., Sample]:
    return lambda _world, _api: Sample(body=body)


def _of_task(name: str, **body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({name: world.task.pk}, body=body or None)


def _of_reminder(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.reminder.pk}, body=body or None)


def _of_person(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.eve.pk}, body=body or None)


def _of_role(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.role.pk}, body=body or None)


def _of_invitation(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.invitation.pk}, body=body or None)


def _accept(world: World, api: Api | None) -> Sample:
    """Come in by an invitation."""
    token = world.links.get("accept", "nonsense")
    return Sample(body={"token": token, "password": STRONG, "full_name": "Ian Invited"})


def _api_key(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at a key of the person who asks, or change it."""
    return Sample({"pk": _askers(world.api_keys, world, api)}, body=body or None)


def _totp_code(world: World, api: Api | None) -> Sample:
    """Show a code of an app that the asker has begun with."""
    return Sample(body={"code": pyotp.TOTP(_askers(world.secrets, world, api)).now()})


def _mfa_login(world: World, api: Api | None) -> Sample:
    """Sign Sarah in by a code of her sheet."""
    named = {name: world.links.get(name, "nonsense") for name in ("mfa_token", "code")}
    return Sample(body=named)


def _reset(world: World, api: Api | None) -> Sample:
    """Choose a new password for Sarah."""
    return Sample(body={"token": world.links.get("reset", "nonsense"), "password": STRONG})


def _move(world: World, api: Api | None) -> Sample:
    """Confirm a new address of Sarah's."""
    return Sample(body={"token": world.links.get("move", "nonsense")})


def _of_provider(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.provider.pk}, body=body or None)


def _of_webhook(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.webhook.pk}, body=body or None)


def _of_team(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.team.pk}, body=body or None)


def _assign(world: World, api: Api | None) -> Sample:
    return Sample({"pk": world.task.pk}, body={"assignee_id": str(world.max.pk)})


def _refresh_token(world: World, api: Api | None) -> Sample:
    return Sample(body={"refresh_token": api.tokens["refresh_token"]} if api else {})


def _askers(things: dict[str, str], world: World, api: Api | None) -> str:
    """Return what is the asker's among the things by person; anybody's for others."""
    asker = str(world.ada.pk)
    if token := api and api.tokens["access_token"]:
        asker = jwt.decode(token, options={"verify_signature": False})["sub"]
    if asker not in things:
        asker = str(world.ada.pk) if str(world.ada.pk) in things else next(iter(things))
    return things[asker]


def _undo(world: World, api: Api | None) -> Sample:
    """Take back what the person who asks has had written down."""
    return Sample(body={"undo_token": _askers(world.actions, world, api)})


def _own_comment(world: World, api: Api | None) -> Sample:
    """Say in other words what the person who asks has said."""
    return Sample({"pk": _askers(world.comments, world, api)}, body={"body": "On Monday."})


def _file(world: World, api: Api | None) -> Sample:
    """Look at what the person who asks has put beside a task."""
    return Sample({"task_id": world.task.pk, "pk": _askers(world.files, world, api)})


def _message(world: World, api: Api | None) -> Sample:
    """Look at what the person who asks was sent."""
    return Sample({"pk": _askers(world.messages, world, api)})


def _note(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at what the person who asks has written, or change it."""
    return Sample({"pk": _askers(world.notes, world, api)}, body=body)


def _document(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at what the person who asks has taken in, or change it."""
    return Sample({"pk": _askers(world.documents, world, api)}, body=body or None)


def _of_document(world: World, api: Api | None, **body: Any) -> Sample:
    return Sample({"document_id": _askers(world.documents, world, api)}, body=body or None)


def _of_revision(world: World, api: Api | None) -> Sample:
    document = _askers(world.documents, world, api)
    return Sample({"document_id": document, "pk": world.revisions[document]})


def _event(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at what the person who asks has called, or change it."""
    return Sample({"pk": _askers(world.events, world, api)}, body=body or None)


def _invitation(world: World, api: Api | None) -> Sample:
    """Answer for what the person who asks was asked to."""
    event, asker = _askers(world.events, world, api), _who_asks(api)
    if asker is not None and str(asker.pk) not in world.events:
        Attendee.objects.get_or_create(event_id=event, person=asker)
    return Sample({"pk": event}, body={"answer": "tentative"})


def _feed(world: World, api: Api | None) -> Sample:
    """Close a feed of the person who asks."""
    asker = _who_asks(api)
    if asker is not None and str(asker.pk) not in world.feeds:
        made, _url = open_feed(name="Watering", calendar_id=None, detail="full", by=asker)
        return Sample({"pk": made.pk})
    return Sample({"pk": _askers(world.feeds, world, api)})


def _held_back(world: World, api: Api | None) -> Sample:
    """Accept what is held back of an address that the person who asks follows."""
    asker = _who_asks(api)
    if asker is not None and str(asker.pk) not in world.subscriptions:
        return Sample({"pk": followed_by(asker)})
    return Sample({"pk": _askers(world.subscriptions, world, api)})


def _sync(kind: str) -> Callable[[World, Api | None], Sample]:
    """Look at a sync of the person who asks, or do something with it."""
    return lambda world, api: Sample({"pk": _own_sync(kind, world, api)})


def _own_sync(kind: str, world: World, api: Api | None) -> str:
    things, asker = getattr(world, kind), _who_asks(api)
    if asker is not None and str(asker.pk) not in things:
        things[str(asker.pk)] = SYNCED[kind](asker)
    return _askers(things, world, api)


def _new_sync(world: World, api: Api | None) -> Sample:
    connection = _own_sync("connections", world, api)
    return Sample(body={"connection_id": connection, "remote_id": "holidays"})


def _from_google(world: World, api: Api | None) -> Sample:
    """Bring what Google brings first, with the word that it was given."""
    office = tenant_or_none()
    if office is None:
        # Where no row can be made nobody was given a word.
        return Sample()
    secret = office.pk.bytes + bytes(32)
    SyncChannel.objects.get_or_create(
        external_id=f"channel of {world.ada.pk}",
        defaults={
            "sync_id": world.syncs[str(next(iter(world.syncs), world.ada.pk))],
            "resource_id": "resource",
            "digest": sha256(secret).hexdigest(),
            "ends_at": timezone.now(),
        },
    )
    return Sample(
        headers={
            "X-Goog-Channel-ID": f"channel of {world.ada.pk}",
            "X-Goog-Channel-Token": urlsafe_b64encode(secret).decode(),
            "X-Goog-Resource-ID": "resource",
            "X-Goog-Resource-State": "sync",
        }
    )


def _sync_now(world: World, api: Api | None) -> Sample:
    assert _own_sync("syncs", world, api)
    return Sample(body={"provider": "google"})


def _who_asks(api: Api | None) -> User | None:
    """Return who asks, if it is somebody of the office in force."""
    token = api and api.tokens["access_token"]
    if not token:
        return None
    claims = jwt.decode(token, options={"verify_signature": False})
    return User.objects.filter(pk=claims["sub"]).first()


def _calendar(world: World, api: Api | None, **body: Any) -> Sample:
    return Sample({"pk": _askers(world.calendars, world, api)}, body=body or None)


def _of_note(world: World, api: Api | None) -> Sample:
    return Sample({"note_id": _askers(world.notes, world, api)})


def _of_version(world: World, api: Api | None) -> Sample:
    """Look at what it said first."""
    note = _askers(world.notes, world, api)
    return Sample({"note_id": note, "pk": world.first_versions[note]})


def _update(world: World, api: Api | None) -> Sample:
    """Bring an update of a kind that nobody asked for, as Telegram does."""
    secret = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret()}
    return Sample(body={"update_id": 1}, headers=secret)


def _from_twilio(path: str) -> Sample:
    """Bring nothing, as Twilio signs it: the hash of the body stands in the query."""
    query = {"bodySHA256": sha256(b"{}").hexdigest()}
    signed = signature(f"{path}?{urlencode(query)}", {})
    return Sample(body={}, query=query, headers={"X-Twilio-Signature": signed})


# What takes a file as well: the field of the form, the file's name, what stands in it.
UPLOADS: dict[tuple[str, str], tuple[str, str, bytes]] = {
    # A form without a file.
    ("PATCH", "document"): ("", "", b""),
    ("POST", "calendar-import"): ("file", "plants.ics", ICS.encode()),
    ("POST", "task-files"): ("file", "plants.csv", b"plant,day\npalm,Friday\n"),
    ("POST", "documents"): ("file", "leave.md", b"# Leave\n\nThirty days a year."),
    ("POST", "document-revisions"): ("file", "plants.txt", b"On Mondays as well."),
}


def _from_slack(world: World, api: Api | None) -> Sample:
    """Bring nothing, as Slack signs it."""
    return Sample(body={}, headers=signed_by_slack(b"{}"))


SAMPLES: dict[tuple[str, str], Callable[[World, Api | None], Sample]] = {
    ("POST", "register"): _body(
        email="new@example.com", password=STRONG, tenant_name="Initech", full_name="Nia New"
    ),
    ("POST", "login"): _body(email="ada@acme.example", password=PASSWORD),
    ("POST", "refresh"): _refresh_token,
    ("POST", "logout"): _refresh_token,
    ("GET", "me"): _nothing,
    ("PATCH", "me"): _body(full_name="Somebody Else"),
    ("POST", "password-change"): _body(current_password=PASSWORD, new_password=STRONG),
    ("GET", "sessions"): _nothing,
    ("DELETE", "session"): lambda world, api: Sample({"pk": _askers(world.sessions, world, api)}),
    ("POST", "sessions-end"): _nothing,
    ("GET", "devices"): _nothing,
    ("DELETE", "device"): lambda world, api: Sample({"pk": _askers(world.devices, world, api)}),
    ("POST", "login-mfa"): _mfa_login,
    ("POST", "step-up"): _body(password=PASSWORD),
    ("POST", "totp"): _nothing,
    ("POST", "totp-confirm"): _totp_code,
    ("POST", "recovery-codes"): _nothing,
    ("GET", "authenticators"): _nothing,
    ("DELETE", "authenticator"): lambda world, api: Sample(
        {"pk": _askers(world.authenticators, world, api)}
    ),
    ("DELETE", "user-sessions"): _of_person(),
    ("POST", "users-import"): _body(csv="email,full_name\nnia@acme.example,Nia New\n"),
    ("DELETE", "user-mfa"): _of_person(),
    ("GET", "security-rules"): _nothing,
    ("PATCH", "security-rules"): _body(session_hours=24),
    ("GET", "identity-providers"): _nothing,
    ("POST", "identity-providers"): _body(
        name="New", issuer="https://new.example", client_id="x", domains=["new.example"]
    ),
    ("GET", "identity-provider"): _of_provider(),
    ("PATCH", "identity-provider"): _of_provider(name="Another"),
    ("DELETE", "identity-provider"): _of_provider(),
    ("GET", "api-keys"): _nothing,
    ("POST", "api-keys"): _body(name="Sync", scopes=["task:read"]),
    ("GET", "api-key"): _api_key,
    ("PATCH", "api-key"): lambda world, api: _api_key(world, api, name="Sync, again"),
    ("DELETE", "api-key"): _api_key,
    ("POST", "service-accounts"): _body(full_name="Nightly sync", role="employee"),
    ("POST", "password-reset"): _body(email="eve@acme.example"),
    ("POST", "password-reset-confirm"): _reset,
    ("POST", "email-change"): _body(email="new@acme.example", password=PASSWORD),
    ("POST", "email-change-confirm"): _move,
    ("GET", "audit-logs"): _nothing,
    ("GET", "audit-verify"): _nothing,
    ("GET", "tenant"): _nothing,
    ("PATCH", "tenant"): _body(name="Acme and Sons", settings={"office_closes": "18:00"}),
    ("GET", "tenant-export"): _nothing,
    ("GET", "users"): _nothing,
    ("POST", "users"): _body(email="nia@acme.example", full_name="Nia New", password=STRONG),
    ("GET", "user"): _of_person(),
    ("PATCH", "user"): _of_person(full_name="Somebody Else"),
    ("DELETE", "user"): lambda world, _api: Sample(
        {"pk": world.eve.pk}, query={"reassign_to": str(world.max.pk)}
    ),
    ("GET", "invitations"): _nothing,
    ("POST", "invitations"): _body(email="nia@acme.example", role="employee"),
    ("GET", "invitation"): _of_invitation(),
    ("PATCH", "invitation"): _of_invitation(full_name="Nia New"),
    ("DELETE", "invitation"): _of_invitation(),
    ("POST", "invitation-resend"): _of_invitation(),
    ("POST", "invitation-accept"): _accept,
    ("GET", "roles"): _nothing,
    ("POST", "roles"): _body(name="auditor", permissions=["admin:audit"]),
    ("GET", "role"): _of_role(),
    ("PATCH", "role"): _of_role(name="assistant"),
    ("DELETE", "role"): _of_role(),
    ("GET", "teams"): _nothing,
    ("POST", "teams"): lambda world, _api: Sample(
        body={"name": "Sales", "lead_id": str(world.max.pk), "member_ids": [str(world.eve.pk)]}
    ),
    ("GET", "team"): _of_team(),
    ("PATCH", "team"): lambda world, _api: Sample(
        {"pk": world.team.pk},
        body={"lead_id": str(world.eve.pk), "member_ids": [str(world.ada.pk)]},
    ),
    ("DELETE", "team"): _of_team(),
    ("GET", "tasks"): _nothing,
    ("POST", "tasks"): _body(title="Order new badges"),
    ("POST", "tasks-bulk"): lambda world, _api: Sample(
        body={
            "items": [
                {"op": "update", "id": str(world.task.pk), "task": {"priority": "low"}},
                {"op": "create", "task": {"title": "Order new badges"}},
            ]
        }
    ),
    ("GET", "task"): _of_task("pk"),
    ("PUT", "task"): lambda world, _api: Sample(
        {"pk": world.task.pk}, body={"title": "Repot them", "assignee_id": str(world.eve.pk)}
    ),
    ("PATCH", "task"): _of_task("pk", title="Water the palms"),
    ("DELETE", "task"): _of_task("pk"),
    ("POST", "task-assign"): _assign,
    ("POST", "task-complete"): _of_task("pk"),
    ("GET", "comments"): _of_task("task_id"),
    ("POST", "comments"): _of_task("task_id", body="Done on Friday."),
    ("PATCH", "comment"): _own_comment,
    ("GET", "task-files"): _of_task("task_id"),
    ("POST", "task-files"): _of_task("task_id", filename="a.csv", text="plant,day\n"),
    ("DELETE", "task-file"): _file,
    ("GET", "task-file-content"): _file,
    ("GET", "mentions"): _nothing,
    ("POST", "mention-read"): lambda world, api: Sample(
        {"pk": _askers(world.mentions, world, api)}
    ),
    ("GET", "task-reminders"): _of_task("task_id"),
    ("POST", "task-reminders"): _of_task("task_id", minutes_before=5),
    ("PATCH", "reminder"): _of_reminder(minutes_before=10),
    ("DELETE", "reminder"): _of_reminder(),
    ("POST", "telegram-link"): _nothing,
    ("DELETE", "telegram-link"): _nothing,
    ("POST", "telegram-webhook"): _update,
    ("POST", "telephone"): _body(number="+4915112345678"),
    ("DELETE", "telephone"): _nothing,
    ("POST", "telephone-code"): _body(code="000000"),
    ("POST", "twilio-sms"): lambda _world, _api: _from_twilio(SMS),
    ("POST", "twilio-status"): lambda _world, _api: _from_twilio(STATUS),
    **{("POST", f"slack-{kind}"): _from_slack for kind in ("events", "commands", "actions")},
    ("GET", "connections"): _nothing,
    **{("POST", f"{name}-connect"): _body() for name in ("microsoft", "google", "slack")},
    **{("DELETE", f"{name}-connection"): _nothing for name in ("microsoft", "google", "slack")},
    **{("GET", f"{name}-callback"): _nothing for name in ("microsoft", "google", "slack")},
    ("POST", "microsoft-callback"): _nothing,
    ("GET", "notes"): _nothing,
    ("POST", "notes"): _body(title="Kick-off", body="We **begin** on Monday.", tags=["acme"]),
    ("GET", "note"): _note,
    ("PATCH", "note"): lambda world, api: _note(world, api, title="Kick-off, again"),
    ("DELETE", "note"): _note,
    ("POST", "note-summarize"): _note,
    ("POST", "note-qa"): lambda world, api: _note(world, api, question="What was agreed?"),
    ("POST", "note-task"): lambda world, api: Sample(
        {"pk": _askers(world.notes, world, api), "index": 0}
    ),
    ("GET", "documents"): _nothing,
    ("POST", "documents"): _body(filename="leave.md", text="# Leave\n\nThirty days a year."),
    ("POST", "documents-ask"): _body(question="Who waters the plants?"),
    ("GET", "document"): _document,
    ("PATCH", "document"): lambda world, api: _document(world, api, title="The plants"),
    ("DELETE", "document"): _document,
    ("GET", "document-download"): _document,
    ("GET", "document-revisions"): _of_document,
    ("POST", "document-revisions"): lambda world, api: _of_document(
        world, api, filename="plants.txt", text="On Mondays as well."
    ),
    ("GET", "revision-download"): _of_revision,
    ("GET", "document-sign-offs"): _of_document,
    ("POST", "document-sign-offs"): lambda world, api: _of_document(world, api, revision=1),
    ("POST", "sign-offs-remind"): _of_document,
    ("GET", "note-versions"): _of_note,
    ("GET", "note-version"): _of_version,
    ("POST", "note-restore"): _of_version,
    ("GET", "events"): _nothing,
    ("POST", "events"): _body(title="Planning", start="2034-05-15T09:00:00+02:00"),
    ("GET", "event"): _event,
    ("PATCH", "event"): lambda world, api: _event(world, api, title="Watering, again"),
    ("DELETE", "event"): _event,
    ("POST", "event-respond"): _invitation,
    ("GET", "free-busy"): lambda world, _api: Sample(
        query={
            "users": str(world.max.pk),
            "start": "2034-05-15T00:00:00Z",
            "end": "2034-05-16T00:00:00Z",
        }
    ),
    ("POST", "find-slot"): lambda world, _api: Sample(
        body={"duration_minutes": 30, "users": [str(world.eve.pk)]}
    ),
    ("GET", "feeds"): _nothing,
    ("POST", "feeds"): _body(name="Holidays", detail="busy"),
    ("DELETE", "feed"): _feed,
    ("GET", "public-feed"): lambda world, _api: Sample({"secret": world.secret}),
    ("GET", "subscriptions"): _nothing,
    ("POST", "subscriptions"): _body(name="Holidays", url="https://calendars.example/1.ics"),
    ("POST", "subscription-accept"): _held_back,
    ("GET", "syncs"): _nothing,
    ("POST", "syncs"): _new_sync,
    ("GET", "sync"): _sync("syncs"),
    ("DELETE", "sync"): _sync("syncs"),
    ("POST", "sync-start"): _sync("drafts"),
    ("POST", "sync-accept"): _sync("held_syncs"),
    ("POST", "sync-stop"): _sync("syncs"),
    ("GET", "sync-conflicts"): lambda world, api: Sample(
        {"sync_id": _own_sync("syncs", world, api)}
    ),
    ("POST", "sync-now"): _sync_now,
    ("GET", "sync-status"): _nothing,
    ("POST", "google-notices"): _from_google,
    ("POST", "microsoft-notices"): _body(value=[]),
    ("POST", "calendar-import"): _body(text=ICS),
    ("GET", "calendars"): _nothing,
    ("POST", "calendars"): _body(name="Holidays"),
    ("GET", "calendar"): _calendar,
    ("PATCH", "calendar"): lambda world, api: _calendar(world, api, name="Plants"),
    ("DELETE", "calendar"): _calendar,
    ("POST", "event-from-text"): _body(text="Meeting tomorrow at 3pm"),
    ("POST", "task-from-text"): _body(text="Order new badges tomorrow at 3pm"),
    ("POST", "assistant-chat"): _body(message="Order new badges tomorrow at 3pm"),
    ("POST", "assistant-undo"): _undo,
    ("GET", "language-model"): _nothing,
    ("PATCH", "language-model"): _body(base_url="https://models.example/v1", key="sk-new"),
    ("GET", "assistant-usage"): _nothing,
    ("POST", "email-send"): _body(to=["customer@example.com"], subject="Hello", body="Good day."),
    ("GET", "email-inbox"): _nothing,
    ("POST", "sms-send"): _body(to="+4915112345678", message="Good day."),
    ("GET", "messages"): _nothing,
    ("GET", "messages-preview"): _nothing,
    ("GET", "message"): _message,
    ("GET", "webhooks"): _nothing,
    ("POST", "webhooks"): _body(url="https://hooks.example/2", events=["task.created"]),
    ("GET", "webhook"): _of_webhook(),
    ("PATCH", "webhook"): _of_webhook(description="Of the plants"),
    ("DELETE", "webhook"): _of_webhook(),
    **{("POST", f"webhook-{what}"): _of_webhook() for what in ("secret", "test")},
    ("GET", "webhook-deliveries"): lambda world, _api: Sample({"webhook_id": world.webhook.pk}),
    ("POST", "webhook-resend"): lambda world, _api: Sample(
        {"webhook_id": world.webhook.pk, "pk": world.told.pk}
    ),
    ("GET", "schema"): _nothing,
    ("GET", "docs"): _nothing,
}
