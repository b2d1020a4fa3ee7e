"""Google accounts (developers.google.com/identity/protocols/oauth2/web-server)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from secrets import token_urlsafe
from time import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from connections.asking import Ask, put
from connections.errors import ConsentRevokedError, Facts, IntegrationError, PermanentError
from connections.models import ProviderName
from connections.providers.base import Account, Beginning, Tokens, Way, claims_of, strange

GOOGLE = ProviderName.GOOGLE.value
CALENDAR = "https://www.googleapis.com/auth/calendar.events"
CALENDAR_LIST = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
SCOPES = ("openid", "email", CALENDAR, CALENDAR_LIST)
ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
OVER = frozenset({"invalid_grant", "access_denied", "interaction_required"})
AGAIN = "Google has ended the permission; connect the account again."
DECLINED = "Nobody agreed at Google; nothing was connected."
TICKS = "The office may not read the calendar; connect it again and leave all boxes ticked."


class Google:
    """Signs in with PKCE; keeps an access token for an hour and a refresh token for good."""

    for_office_alone = False

    def is_set_up(self) -> bool:
        """Tell whether the platform is known to Google."""
        return bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)

    def base_url(self) -> str:
        """Return where Google's APIs are asked."""
        return settings.GOOGLE_API_BASE_URL

    def small_question(self, mode: str, address: str) -> Ask:
        """Return the question for one calendar."""
        path = "/calendar/v3/users/me/calendarList"
        return Ask("check", "GET", path, query={"maxResults": "1"})

    def begin(self, beginning: Beginning) -> Way:
        """Return where the person agrees, offline access included."""
        verifier, nonce = token_urlsafe(48), token_urlsafe(24)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": settings.GOOGLE_CLIENT_ID,
            "redirect_uri": beginning.redirect_uri,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            "prompt": "consent",
            "include_granted_scopes": "true",
            "state": beginning.state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        url = f"{settings.GOOGLE_OAUTH_BASE_URL}/o/oauth2/v2/auth?{urlencode(query)}"
        flow = {"verifier": verifier, "nonce": nonce, "redirect_uri": beginning.redirect_uri}
        return Way(url, flow)

    def finish(self, flow: Mapping[str, Any], reply: Mapping[str, str]) -> Account:
        """Exchange the code."""
        if "code" not in reply:
            raise ConsentRevokedError(DECLINED, Facts(GOOGLE, "sign_in"))
        told = _token(
            "sign_in",
            {
                "grant_type": "authorization_code",
                "code": reply["code"],
                "redirect_uri": flow["redirect_uri"],
                "code_verifier": flow["verifier"],
            },
        )
        claims = claims_of(
            str(told.get("id_token", "")),
            provider=GOOGLE,
            client_id=settings.GOOGLE_CLIENT_ID,
            nonce=flow["nonce"],
        )
        if claims.get("iss") not in ISSUERS or not claims.get("sub"):
            raise strange(GOOGLE)
        scopes = str(told.get("scope", "")).split()
        if CALENDAR not in scopes:
            raise PermanentError(TICKS, Facts(GOOGLE, "sign_in"))
        return Account(claims["sub"], str(claims.get("email", "")), scopes, _kept(told, {}))

    def refresh(self, tokens: Tokens, account_key: str) -> Tokens:
        """Return a new access token; Google seldom sends another refresh token."""
        refresh_token = tokens.get("refresh_token", "")
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return _kept(_token("refresh", form), tokens)

    def revoke(self, tokens: Tokens) -> None:
        """Have Google forget the permission; the refresh token takes the others with it."""
        token = tokens.get("refresh_token") or tokens.get("access_token", "")
        ask = Ask("revoke", "POST", "/revoke", form={"token": token})
        with suppress(PermanentError):
            put(GOOGLE, settings.GOOGLE_TOKEN_BASE_URL, ask)


def _token(operation: str, form: dict[str, str]) -> dict[str, Any]:
    who = {"client_id": settings.GOOGLE_CLIENT_ID, "client_secret": settings.GOOGLE_CLIENT_SECRET}
    ask = Ask(operation, "POST", "/token", form={**form, **who})
    try:
        told = put(GOOGLE, settings.GOOGLE_TOKEN_BASE_URL, ask).json()
    except IntegrationError as error:
        if error.facts.vendor_code in OVER:
            raise ConsentRevokedError(AGAIN, error.facts) from None
        raise
    if not isinstance(told.get("access_token"), str):
        raise strange(GOOGLE)
    return told


def _kept(told: Mapping[str, Any], before: Tokens) -> Tokens:
    kept = Tokens(
        access_token=told["access_token"], expires_at=time() + float(told.get("expires_in", 3600))
    )
    refresh_token = told.get("refresh_token") or before.get("refresh_token", "")
    if refresh_token:
        kept["refresh_token"] = refresh_token
    return kept
