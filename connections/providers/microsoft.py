"""Microsoft 365 accounts, by msal (learn.microsoft.com/entra/msal/python)."""

from collections.abc import Mapping
from time import time
from typing import Any

import msal
from django.conf import settings

from connections.asking import Ask
from connections.errors import ConsentRevokedError, Facts, IntegrationError, PermanentError
from connections.models import Mode, ProviderName
from connections.providers.base import Account, Beginning, Tokens, Way, strange
from connections.providers.msal_http import LOGIN, MsalHttp
from connections.words import MICROSOFT as REASONS
from connections.words import OF_THE_PLATFORM

MICROSOFT = ProviderName.MICROSOFT.value
SCOPES = ("User.Read", "Calendars.ReadWrite", "Mail.Send", "Mail.Read")
FOR_ALL = ("https://graph.microsoft.com/.default",)
OVER = frozenset(
    {"invalid_grant", "interaction_required", "consent_required", "login_required", "access_denied"}
)
AGAIN = "Microsoft has ended the permission; connect the account again."
DECLINED = "Nobody agreed at Microsoft; nothing was connected."
LEEWAY = 120


class Microsoft:
    """Signs in with PKCE and a nonce; what msal remembers is one blob for each account."""

    for_office_alone = False

    def is_set_up(self) -> bool:
        """Tell whether the platform is known to Microsoft."""
        return bool(settings.MICROSOFT_CLIENT_ID and settings.MICROSOFT_CLIENT_SECRET)

    def base_url(self) -> str:
        """Return where Graph is asked."""
        return f"{settings.MSGRAPH_BASE_URL}/v1.0"

    def small_question(self, mode: str, address: str) -> Ask:
        """Return the question for one calendar."""
        place = f"/users/{address}" if mode == Mode.APPLICATION else "/me"
        return Ask("check", "GET", f"{place}/calendars", query={"$top": "1"})

    def begin(self, beginning: Beginning) -> Way:
        """Return where the person agrees; the answer is posted, so that no log has the code."""
        flow = _application(settings.MICROSOFT_TENANT_ID).initiate_auth_code_flow(
            list(SCOPES),
            redirect_uri=beginning.redirect_uri,
            state=beginning.state,
            response_mode="form_post",
            prompt="select_account",
        )
        url = str(flow["auth_uri"]).replace(LOGIN, settings.MS_LOGIN_BASE_URL, 1)
        return Way(url, dict(flow))

    def finish(self, flow: Mapping[str, Any], reply: Mapping[str, str]) -> Account:
        """Exchange the code."""
        if "code" not in reply:
            raise ConsentRevokedError(DECLINED, Facts(MICROSOFT, "sign_in"))
        cache = msal.SerializableTokenCache()
        application = _application(settings.MICROSOFT_TENANT_ID, cache)
        try:
            told = application.acquire_token_by_auth_code_flow(dict(flow), dict(reply))
        except (ValueError, RuntimeError) as error:
            raise strange(MICROSOFT) from error
        _check(told, "sign_in")
        claims = _claims(told)
        return Account(
            account_key=f"{claims['tid']}:{claims['oid']}",
            address=str(claims.get("preferred_username") or claims.get("email") or ""),
            scopes=_scopes_of(told),
            tokens=_kept(told, cache),
        )

    def refresh(self, tokens: Tokens, account_key: str) -> Tokens:
        """Return a new access token, by the refresh token or in the application's own name."""
        tid, colon, _oid = account_key.partition(":")
        if not colon:
            return token_for_all(tid)
        cache = msal.SerializableTokenCache()
        cache.deserialize(tokens.get("cache", ""))
        application = _application(tid, cache)
        accounts = application.get_accounts()
        told = application.acquire_token_silent_with_error(
            list(SCOPES), accounts[0] if accounts else None, force_refresh=True
        )
        if not told:
            raise ConsentRevokedError(AGAIN, Facts(MICROSOFT, "refresh"))
        _check(told, "refresh")
        return _kept(told, cache)

    def revoke(self, tokens: Tokens) -> None:
        """Do nothing: Microsoft lets nobody revoke a single permission; the tokens are wiped."""


def token_for_all(tid: str) -> Tokens:
    """Return a token of the application itself, to which an organisation has agreed."""
    told = _application(tid).acquire_token_for_client(list(FOR_ALL))
    _check(told, "refresh")
    return _kept(told, None)


def _application(
    tenant: str, cache: msal.SerializableTokenCache | None = None
) -> msal.ConfidentialClientApplication:
    try:
        return msal.ConfidentialClientApplication(
            settings.MICROSOFT_CLIENT_ID,
            client_credential=settings.MICROSOFT_CLIENT_SECRET,
            authority=f"{LOGIN}/{tenant}",
            token_cache=cache,
            http_client=MsalHttp(),
            instance_discovery=False,
        )
    except ValueError as error:
        facts = Facts(MICROSOFT, "sign_in")
        raise PermanentError("Microsoft does not know this organisation.", facts) from error


def _check(told: Mapping[str, Any], operation: str) -> None:
    """Raise what an answer without a token means."""
    if told.get("access_token"):
        return
    error = str(told.get("error", ""))
    codes = [code for code in told.get("error_codes") or () if isinstance(code, int)]
    named = next((str(code) for code in codes), "") or str(told.get("suberror") or error)
    facts = Facts(
        MICROSOFT,
        operation,
        status=400,
        vendor_code=named[:80],
        request_id=str(told.get("correlation_id", ""))[:80],
    )
    ours = [OF_THE_PLATFORM[code] for code in codes if code in OF_THE_PLATFORM]
    if ours:
        raise PermanentError(ours[0], facts)
    words = next((REASONS[code] for code in codes if code in REASONS), AGAIN)
    kind: type[IntegrationError] = ConsentRevokedError if error in OVER else PermanentError
    raise kind(words if error in OVER else f"Microsoft said {named or 'no'}.", facts)


def _claims(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Microsoft says of the person; msal has compared the nonce and nothing else."""
    claims: dict[str, Any] = told.get("id_token_claims") or {}
    tid = claims.get("tid")
    good = (
        claims.get("aud") == settings.MICROSOFT_CLIENT_ID
        and claims.get("iss") == f"{LOGIN}/{tid}/v2.0"
        and float(claims.get("exp", 0)) + LEEWAY > time()
        and claims.get("oid")
    )
    if not good:
        raise strange(MICROSOFT)
    return claims


def _scopes_of(told: Mapping[str, Any]) -> list[str]:
    names = str(told.get("scope", "")).split()
    return [name.removeprefix("https://graph.microsoft.com/") for name in names]


def _kept(told: Mapping[str, Any], cache: msal.SerializableTokenCache | None) -> Tokens:
    kept = Tokens(
        access_token=str(told["access_token"]),
        expires_at=time() + float(told.get("expires_in", 3600)),
    )
    if cache is not None:
        kept["cache"] = cache.serialize()
    return kept
