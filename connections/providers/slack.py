"""Slack workspaces (docs.slack.dev/authentication/installing-with-oauth)."""

from collections.abc import Mapping
from contextlib import suppress
from time import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from connections.asking import Ask, put, read_object
from connections.errors import (
    ConsentRevokedError,
    Facts,
    IntegrationError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from connections.models import ProviderName
from connections.providers.base import Account, Beginning, Tokens, Way, strange

SLACK = ProviderName.SLACK.value
SCOPES = ("commands", "chat:write", "im:write", "im:history", "app_mentions:read", "users:read")
# What means that the workspace has thrown us out.
OVER = frozenset(
    {"invalid_auth", "token_revoked", "token_expired", "account_inactive", "invalid_refresh_token"}
)
PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
DECLINED = "Nobody agreed at Slack; nothing was connected."
AGAIN = "The workspace has ended the permission; connect it again."


class Slack:
    """Installs the office's app in a workspace; Slack knows no PKCE, the secret stands for it."""

    for_office_alone = True

    def is_set_up(self) -> bool:
        """Tell whether the platform is known to Slack, and knows its signature."""
        given = (settings.SLACK_CLIENT_ID, settings.SLACK_CLIENT_SECRET)
        return all((*given, settings.SLACK_SIGNING_SECRET))

    def base_url(self) -> str:
        """Return where Slack's methods are called."""
        return f"{settings.SLACK_API_BASE_URL}/api"

    def small_question(self, mode: str, address: str) -> Ask:
        """Return the question who we are."""
        return Ask("check", "POST", "/auth.test", json={}, repeatable=True)

    def begin(self, beginning: Beginning) -> Way:
        """Return where an admin of the workspace agrees."""
        query = {
            "client_id": settings.SLACK_CLIENT_ID,
            "scope": ",".join(SCOPES),
            "redirect_uri": beginning.redirect_uri,
            "state": beginning.state,
        }
        url = f"{settings.SLACK_API_BASE_URL}/oauth/v2/authorize?{urlencode(query)}"
        return Way(url, {"redirect_uri": beginning.redirect_uri})

    def finish(self, flow: Mapping[str, Any], reply: Mapping[str, str]) -> Account:
        """Exchange the code."""
        if "code" not in reply:
            raise ConsentRevokedError(DECLINED, Facts(SLACK, "sign_in"))
        told = self._token("sign_in", {"code": reply["code"], "redirect_uri": flow["redirect_uri"]})
        team = told.get("team")
        if not isinstance(team, dict) or not team.get("id"):
            raise strange(SLACK)
        return Account(
            account_key=str(team["id"]),
            address=str(team.get("name") or team["id"]),
            scopes=[part for part in str(told.get("scope", "")).split(",") if part],
            tokens=_kept(told),
            details={"bot_user_id": str(told.get("bot_user_id", ""))},
        )

    def refresh(self, tokens: Tokens, account_key: str) -> Tokens:
        """Return new tokens, where the app rotates them."""
        refresh_token = tokens.get("refresh_token", "")
        if not refresh_token:
            raise ConsentRevokedError(AGAIN, Facts(SLACK, "refresh"))
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return _kept(self._token("refresh", form))

    def revoke(self, tokens: Tokens) -> None:
        """Have Slack forget the token."""
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        with suppress(ConsentRevokedError, PermanentError):
            call(self.base_url(), Ask("revoke", "POST", "/auth.revoke", form={}, headers=bearer))

    def _token(self, operation: str, form: dict[str, str]) -> dict[str, Any]:
        who = {"client_id": settings.SLACK_CLIENT_ID, "client_secret": settings.SLACK_CLIENT_SECRET}
        told = call(
            self.base_url(), Ask(operation, "POST", "/oauth.v2.access", form={**form, **who})
        )
        if not isinstance(told.get("access_token"), str):
            raise strange(SLACK)
        return told


def call(base: str, ask: Ask) -> dict[str, Any]:
    """Call a method: what Slack answers with 200 and `ok: false` is an error as well."""
    reply = put(SLACK, base, ask)
    told = read_object(reply.body)
    check_ok(told, Facts(SLACK, ask.operation, reply.status, str(told.get("error", ""))[:80]))
    return told


def check_ok(told: Mapping[str, Any], facts: Facts) -> None:
    """Raise what `ok: false` means."""
    if told.get("ok") is True:
        return
    kind: type[IntegrationError] = PermanentError
    if facts.vendor_code in OVER:
        raise ConsentRevokedError(AGAIN, facts)
    if facts.vendor_code == "ratelimited":
        kind = RateLimitedError
    elif facts.vendor_code in PASSING or not facts.vendor_code:
        kind = TransientError
    raise kind(f"Slack said {facts.vendor_code or 'nothing that can be read'}.", facts)


def _kept(told: Mapping[str, Any]) -> Tokens:
    kept = Tokens(access_token=told["access_token"])
    if told.get("refresh_token"):
        kept["refresh_token"] = told["refresh_token"]
    if told.get("expires_in"):
        kept["expires_at"] = time() + float(told["expires_in"])
    return kept
