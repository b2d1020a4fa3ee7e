"""What Slack posts to our webhooks, signed as it signs."""

import hmac
import json
from hashlib import sha256
from itertools import count
from time import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from rest_framework.test import APIClient

BASE = "/api/v1/integrations/slack"
FORM = "application/x-www-form-urlencoded"
TEAM, EVES, BOT = "T0ACME", "U0EVE", "U0BOT"
NUMBERS = count(1)


def signed(body: bytes, *, secret: str = "", at: float | None = None) -> dict[str, str]:
    moment = str(int(time() if at is None else at))
    key = (secret or settings.SLACK_SIGNING_SECRET).encode()
    digest = hmac.new(key, f"v0:{moment}:".encode() + body, sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


def post(kind: str, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> Any:
    client = APIClient(HTTP_HOST="localhost")
    headers = signed(body) if headers is None else headers
    return client.generic(
        "POST", f"{BASE}/{kind}", body.decode(), content_type=content_type, headers=headers
    )


def event(inner: dict[str, Any], event_id: str = "", team: str = TEAM) -> Any:
    """Bring an event in its envelope."""
    whole = {
        "token": "of old",
        "team_id": team,
        "api_app_id": "A1",
        "event": inner,
        "type": "event_callback",
        "event_id": event_id or f"Ev{next(NUMBERS):08}",
        "event_time": int(time()),
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": BOT, "is_bot": True}
        ],
    }
    return post("events", json.dumps(whole).encode(), "application/json")


def write(text: str, /, user: str = EVES, event_id: str = "", **inner: Any) -> Any:
    """Write to the app in its direct messages."""
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": user, "text": text}
    return event({**message, "ts": "1.1", **inner}, event_id)


def command(text: str, user: str = EVES, trigger: str = "", team: str = TEAM) -> Any:
    values = {
        "command": "/office",
        "text": text,
        "user_id": user,
        "team_id": team,
        "channel_id": "C1",
        "response_url": "https://hooks.slack.com/commands/1",
        "trigger_id": trigger or f"tr{next(NUMBERS)}",
    }
    return post("commands", urlencode(values).encode(), FORM)


def press(value: str, user: str = EVES, moment: str = "", place: str = "") -> Any:
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user},
        "container": _container(place),
        "actions": [{"value": value, "action_ts": moment or f"{next(NUMBERS)}.5"}],
    }
    return post("actions", urlencode({"payload": json.dumps(payload)}).encode(), FORM)


def _container(place: str) -> dict[str, Any]:
    channel, _colon, ts = place.partition(":")
    return {"type": "message", "channel_id": channel, "message_ts": ts} if place else {}
