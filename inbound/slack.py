"""What Slack brings: what people write to the app, commands, and buttons that they press.

Each is signed over its raw body. Nothing slow happens before the answer, which Slack wants within
three seconds: what a linked person writes is taken in and answered through the outbox, and a
person of the workspace who is not linked yet is sent an address to do so. Nothing of strangers is
stored.
"""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from time import time
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from accounts.models import Channel
from connections.models import Connection, ProviderName
from connections.states import note_revoked
from inbound.jobs import offer_link_in_slack
from inbound.linking import link_to_slack
from inbound.services import Heard, receive
from tenants.context import tenant_transaction
from tenants.directory import office_of_account, open_tenant_or_none, people_at
from tenants.models import Tenant

SLACK = Channel.SLACK
# How old a request may be, in seconds: what is older may be a copy of somebody's.
FRESH = 300
LONGEST_ID, LONGEST_PLACE = 100, 64
UNINSTALLED = "The app was removed from the workspace."
REVOKED = "The workspace has ended the permission."
HELP = (
    "Write what there is to do, as “remind finance to approve the invoice tomorrow at 3pm”."
    " The answer comes as a direct message."
)
ON_IT = "I am on it; the answer comes as a direct message."
STRANGER = "This workspace is not connected with an office."
MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")
LINKED = re.compile(r"<(?:mailto:|tel:)?([^>|]*)(?:\|([^>]*))?>")


class Said(NamedTuple):
    """What somebody of a workspace wrote, or pressed."""

    team: str
    user: str
    text: str
    external_id: str
    place: str = ""
    """The message below which a button was pressed, as `channel:ts`."""

    @property
    def address(self) -> str:
        """What the office knows the person by."""
        return f"{self.team}:{self.user}"


def is_signed(*, body: bytes, timestamp: str, signature: str) -> bool:
    """Tell whether a request comes from Slack, and is fresh (X-Slack-Signature)."""
    secret = settings.SLACK_SIGNING_SECRET
    if not secret or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if abs(time() - int(timestamp[:15])) > FRESH:
        return False
    base = b"v0:" + timestamp.encode() + b":" + body
    ours = "v0=" + hmac.new(secret.encode(), base, sha256).hexdigest()
    return hmac.compare_digest(ours.encode(), signature.encode())


def take_event(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Take an event in and return what is answered; others than we asked for are left alone."""
    if payload.get("type") == "url_verification":
        return {"challenge": str(payload.get("challenge", ""))[:500]}
    event = payload.get("event")
    if payload.get("type") != "event_callback" or not isinstance(event, dict):
        return {}
    team = str(payload.get("team_id", ""))
    if event.get("type") in {"app_uninstalled", "tokens_revoked"}:
        _end(team, event)
        return {}
    said = read_message(payload, event)
    if said is not None and not _take_in(said):
        _offer_link(said)
    return {}


def read_message(payload: Mapping[str, Any], event: Mapping[str, Any]) -> Said | None:
    """Return what a person wrote to the app; None for bots, ourselves, and what is not for us."""
    is_mention = event.get("type") == "app_mention"
    is_direct = event.get("type") == "message" and event.get("channel_type") == "im"
    if not (is_mention or is_direct) or event.get("subtype") or event.get("bot_id"):
        return None
    own = {
        each.get("user_id") for each in payload.get("authorizations") or [] if each.get("is_bot")
    }
    team, user = payload.get("team_id"), event.get("user")
    event_id, text = payload.get("event_id"), event.get("text")
    if not all(isinstance(each, str) and each for each in (team, user, event_id, text)):
        return None
    if user in own:
        return None
    return Said(str(team), str(user), plain(str(text)), str(event_id)[:LONGEST_ID])


def plain(text: str) -> str:
    """Return what the person typed, out of Slack's notation."""
    bare = LINKED.sub(lambda found: found[2] or found[1], MENTION.sub(" ", text))
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        bare = bare.replace(mark, letter)
    return bare.strip()


def take_command(form: Mapping[str, str]) -> dict[str, Any]:
    """Take a slash command in; the answer is seen by its author alone."""
    trigger = form.get("trigger_id", "")
    said = Said(
        form.get("team_id", ""), form.get("user_id", ""), plain(form.get("text", "")),
        f"command:{trigger}"[:LONGEST_ID],
    )  # fmt: skip
    if not (said.team and said.user and trigger):
        return {}
    return {"response_type": "ephemeral", "text": _obey(said)}


def _obey(said: Said) -> str:
    if people_at(SLACK, said.address):
        if not said.text or said.text.lower() == "help":
            return HELP
        _take_in(said)
        return ON_IT
    office = _office_of(said.team)
    if office is None:
        return STRANGER
    with tenant_transaction(office):
        return link_to_slack(said.address)


def take_action(form: Mapping[str, str]) -> None:
    """Take a pressed button in as what it says."""
    try:
        payload = orjson.loads(form.get("payload", ""))
        action, team = payload["actions"][0], payload["team"]["id"]
        user, text, moment = payload["user"]["id"], action["value"], action["action_ts"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return
    if payload.get("type") == "block_actions" and all(
        isinstance(each, str) for each in (team, user, text, moment)
    ):
        name = f"action:{user}:{moment}"[:LONGEST_ID]
        _take_in(Said(team, user, text, name, _place_of(payload)))


def _place_of(payload: Mapping[str, Any]) -> str:
    """Return where the button stands; empty outside the app's direct messages."""
    container = payload.get("container")
    if not isinstance(container, dict):
        return ""
    channel, ts = container.get("channel_id"), container.get("message_ts")
    is_direct = isinstance(channel, str) and channel.startswith("D") and isinstance(ts, str)
    place = f"{channel}:{ts}"
    return place if is_direct and len(place) <= LONGEST_PLACE else ""


def _take_in(said: Said) -> bool:
    if not said.text:
        return True
    return receive(Heard(SLACK, said.external_id, said.address, said.text, said.place))


def _offer_link(said: Said) -> None:
    """Have an address sent to somebody of a connected workspace whom the office does not know."""
    office = _office_of(said.team)
    if office is not None:
        with tenant_transaction(office):
            offer_link_in_slack.delay_on_commit(said.address)


def _office_of(team: str) -> Tenant | None:
    """Return the open office that has connected the workspace."""
    tenant_id = office_of_account(ProviderName.SLACK, team)
    return None if tenant_id is None else open_tenant_or_none(tenant_id)


def _end(team: str, event: Mapping[str, Any]) -> None:
    is_all = event.get("type") == "app_uninstalled"
    tokens = event.get("tokens")
    if not is_all and not (isinstance(tokens, dict) and tokens.get("bot")):
        # Only a person's own token, of which we hold none.
        return
    office = _office_of(team)
    if office is None:
        return
    with tenant_transaction(office):
        rows = Connection.objects.of_office().filter(provider=ProviderName.SLACK, account_key=team)
        found = list(rows.values_list("pk", flat=True))
        for pk in found:
            note_revoked(pk, UNINSTALLED if is_all else REVOKED)
