"""What goes out and what vendors bring: a good request for each operation."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from inbound.telegram import webhook_secret
from tests.conftest import Api
from tests.inbound.slack_calls import signed as signed_by_slack
from tests.inbound.twilio_calls import SMS, STATUS, signature
from tests.isolation.samples.sample import Sample, Samples, askers, nothing, with_body
from tests.isolation.world import World


def _message(world: World, api: Api | None) -> Sample:
    """Look at what the person who asks was sent."""
    return Sample({"pk": askers(world.messages, world, api)})


def _of_webhook(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.webhook.pk}, body=body or None)


def _update(world: World, api: Api | None) -> Sample:
    """Bring an update of a kind that nobody asked for, as Telegram does."""
    secret = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret()}
    return Sample(body={"update_id": 1}, headers=secret)


def _from_twilio(path: str) -> Sample:
    """Bring nothing, as Twilio signs it: the hash of the body stands in the query."""
    query = {"bodySHA256": sha256(b"{}").hexdigest()}
    signed = signature(f"{path}?{urlencode(query)}", {})
    return Sample(body={}, query=query, headers={"X-Twilio-Signature": signed})


def _from_slack(world: World, api: Api | None) -> Sample:
    """Bring nothing, as Slack signs it."""
    return Sample(body={}, headers=signed_by_slack(b"{}"))


CHANNELS: Samples = {
    ("POST", "telegram-link"): nothing,
    ("DELETE", "telegram-link"): nothing,
    ("POST", "telegram-webhook"): _update,
    ("POST", "telephone"): with_body(number="+4915112345678"),
    ("DELETE", "telephone"): nothing,
    ("POST", "telephone-code"): with_body(code="000000"),
    ("POST", "twilio-sms"): lambda _world, _api: _from_twilio(SMS),
    ("POST", "twilio-status"): lambda _world, _api: _from_twilio(STATUS),
    **{("POST", f"slack-{kind}"): _from_slack for kind in ("events", "commands", "actions")},
    ("GET", "connections"): nothing,
    **{("POST", f"{name}-connect"): with_body() for name in ("microsoft", "google", "slack")},
    **{("DELETE", f"{name}-connection"): nothing for name in ("microsoft", "google", "slack")},
    **{("GET", f"{name}-callback"): nothing for name in ("microsoft", "google", "slack")},
    ("POST", "microsoft-callback"): nothing,
    ("POST", "email-send"): with_body(
        to=["customer@example.com"], subject="Hello", body="Good day."
    ),
    ("GET", "email-inbox"): nothing,
    ("POST", "sms-send"): with_body(to="+4915112345678", message="Good day."),
    ("GET", "messages"): nothing,
    ("GET", "messages-preview"): nothing,
    ("GET", "message"): _message,
    ("GET", "webhooks"): nothing,
    ("POST", "webhooks"): with_body(url="https://hooks.example/2", events=["task.created"]),
    ("GET", "webhook"): _of_webhook(),
    ("PATCH", "webhook"): _of_webhook(description="Of the plants"),
    ("DELETE", "webhook"): _of_webhook(),
    **{("POST", f"webhook-{what}"): _of_webhook() for what in ("secret", "test")},
    ("GET", "webhook-deliveries"): lambda world, _api: Sample({"webhook_id": world.webhook.pk}),
    ("POST", "webhook-resend"): lambda world, _api: Sample(
        {"webhook_id": world.webhook.pk, "pk": world.told.pk}
    ),
}
