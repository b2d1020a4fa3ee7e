"""Slack, by the app in the office's workspaces (docs.slack.dev/reference/methods/chat.postMessage).

Addresses are `team:user`. What Slack answers with 200 and `ok: false` is an error as well.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import Channel, User
from connections.asking import Ask
from connections.client import Client
from connections.errors import IntegrationError, RateLimitedError, TransientError
from connections.models import Connection, ProviderName
from connections.providers import PROVIDERS
from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    Letter,
    OutcomeUnknownError,
    Sender,
    Way,
)
from messaging.contacts import addresses_by, why_closed
from tenants.context import atomic

# A section holds 3,000 characters after escaping; a message without blocks holds more.
LONGEST = 2900
# The answer of a button: at most 2,000 characters, of which ours need few.
NOBODY_KNOWS = frozenset({0, 502, 504})
HALF_DONE = frozenset({"fatal_error", "internal_error"})
GONE = "This workspace is not connected with the office any more."


class SlackGateway:
    """Sends as the office's app; Slack knows no key against second copies."""

    idempotent = False

    def __init__(self) -> None:
        self._clients = {row.account_key: Client(row) for row in workspaces()}

    @property
    def sender(self) -> Sender:
        """The office's app."""
        return Sender("slack", shared=False)

    def send(self, letter: Letter) -> str:
        """Send the letter to the person's direct messages, with its buttons below."""
        if why := why_closed(channel=Channel.SLACK, address=letter.address):
            raise ChannelRefusedError(why)
        team, _colon, user = letter.address.partition(":")
        if team not in self._clients:
            raise ChannelRefusedError(GONE)
        client = self._clients[team]
        if letter.replaces and (place := _update(client, letter)):
            return place
        told = post_message(client, user, letter.brief, letter.buttons)
        return f"{told.get('channel', user)}:{told.get('ts', '')}"

    def find(self, letter: Letter, since: datetime) -> str | None:
        """Leave it to a person: what stands in a conversation is not for us to read.

        What takes the place of another message may do so twice.
        """
        client = self._clients.get(letter.address.partition(":")[0])
        if client and letter.replaces and (place := _update(client, letter)):
            return place
        raise OutcomeUnknownError("Slack is not asked what stands in a conversation.")

    def close(self) -> None:
        """Each call has a connection of its own."""


def post_message(
    client: Client, channel: str, text: str, buttons: Collection[tuple[str, str]] = ()
) -> Mapping[str, Any]:
    """Post a message and return what Slack tells of it. Raises a DeliveryError."""
    message = {"channel": channel, **shown(text, buttons), "unfurl_links": False}
    return _call(client, "post_message", "/chat.postMessage", message)


def shown(text: str, buttons: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Return the words, with the buttons below them."""
    words = escaped(shortened(text))
    if not buttons:
        return {"text": words}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    row = {"type": "actions", "elements": elements_of(buttons)}
    return {"text": words, "blocks": [section, row]}


def _update(client: Client, letter: Letter) -> str:
    """Put the letter in the place of an earlier message; empty where that cannot be changed."""
    channel, _colon, ts = letter.replaces.partition(":")
    words = shown(letter.brief, letter.buttons)
    if not letter.buttons:
        # Without blocks of its own the old ones, with the buttons, would stay.
        words["blocks"] = []
    try:
        _call(client, "update_message", "/chat.update", {"channel": channel, "ts": ts, **words})
    except ChannelRefusedError:
        # Deleted, or too old: it is posted as a new one, which tells of a workspace that is gone.
        return ""
    return letter.replaces


def _call(
    client: Client, operation: str, path: str, message: Mapping[str, Any]
) -> Mapping[str, Any]:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    ask = Ask(operation, "POST", path, json=message, headers=headers)
    try:
        return client.ask(ask).json()
    except IntegrationError as error:
        raise _meaning(error) from error


def elements_of(buttons: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the buttons as Slack draws them; each has a name of its own."""
    return [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": label},
            "value": answer,
            "action_id": f"answer_{number}",
        }
        for number, (label, answer) in enumerate(buttons)
    ]


def escaped(text: str) -> str:
    """Return the text with the three marks that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str) -> str:
    """Return at most as much as a message holds after escaping, cut at the end of a line."""
    if len(escaped(text)) <= LONGEST:
        return text
    head = text
    while len(escaped(head)) > LONGEST - 2:
        head = head[: len(head) - max((len(escaped(head)) - LONGEST + 2) // 5, 1)]
    return (head.rpartition("\n")[0] or head) + "\n…"


def _meaning(error: IntegrationError) -> Exception:
    """Return what the trouble means for the message."""
    seconds = error.retry_after
    wait = None if seconds is None else timedelta(seconds=seconds)
    if isinstance(error, RateLimitedError):
        return ChannelThrottledError(str(error), retry_after=wait)
    if not isinstance(error, TransientError):
        # The workspace has thrown us out, or the person is gone: the next channel is tried.
        return ChannelRefusedError(str(error))
    if not error.facts.sent:
        return ChannelDownError(str(error), retry_after=wait)
    if error.facts.status in NOBODY_KNOWS or error.facts.vendor_code in HALF_DONE:
        return OutcomeUnknownError(str(error))
    return ChannelUnavailableError(str(error), retry_after=wait)


@atomic()
def workspaces() -> list[Connection]:
    """Return the workspaces that the office has connected and that work."""
    return list(Connection.objects.usable().of_office().filter(provider=ProviderName.SLACK))


def open_gateway() -> SlackGateway:
    """Return the office's app. Raises ChannelRefusedError where the platform has none."""
    if not PROVIDERS[ProviderName.SLACK].is_set_up():
        raise ChannelRefusedError("This platform does not work with Slack.")
    return SlackGateway()


def _addresses(people: Collection[User]) -> Mapping[UUID, str]:
    if not PROVIDERS[ProviderName.SLACK].is_set_up():
        return {}
    return addresses_by(Channel.SLACK, people)


SLACK = Way(open=open_gateway, addresses=_addresses)
