"""How msal reaches Microsoft's sign-in: through our own way out, never by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings

from common.http import Deadline, Limits, NoAnswerError, request
from connections.errors import Facts, TransientError

PATIENCE_SECONDS = 30
LOGIN = "https://login.microsoftonline.com"
DISCOVERY = "/v2.0/.well-known/openid-configuration"
NO_ANSWER = "Microsoft's sign-in did not answer."
SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class MsalAnswer:
    """What msal reads of an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Raise TransientError: msal asks this of answers that make no sense to it."""
        if self.status_code >= SERVER_ERRORS:
            facts = Facts("microsoft", "sign_in", status=self.status_code)
            raise TransientError(f"Microsoft's sign-in said {self.status_code}.", facts)


class MsalHttp:
    """The part of a `requests.Session` that msal uses.

    msal takes nothing but Microsoft's own name over https: MS_LOGIN_BASE_URL stands for it.
    """

    def get(self, url: str, **options: Any) -> MsalAnswer:
        """Ask for what is there; where Microsoft's doors are, msal asks each time and we know."""
        authority, found, _rest = url.partition(DISCOVERY)
        if found:
            doors = {
                "issuer": f"{authority}/v2.0",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
            }
            return MsalAnswer(200, orjson.dumps(doors).decode(), {})
        return self._ask("GET", url, options)

    def post(self, url: str, **options: Any) -> MsalAnswer:
        """Post a form."""
        return self._ask("POST", url, options)

    def close(self) -> None:
        """Each request has a connection of its own."""

    def _ask(self, method: str, url: str, options: Mapping[str, Any]) -> MsalAnswer:
        place = url.replace(LOGIN, settings.MS_LOGIN_BASE_URL, 1) if url.startswith(LOGIN) else url
        if query := options.get("params"):
            place = f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"
        data = options.get("data")
        content = urlencode(data).encode() if isinstance(data, dict) else data
        headers = dict(options.get("headers") or {})
        if content is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        limits = Limits(Deadline.after(PATIENCE_SECONDS), inside=None)
        try:
            answer = request(method, place, content=content, headers=headers, limits=limits)
        except NoAnswerError as error:
            facts = Facts("microsoft", "sign_in", sent=error.sent)
            raise TransientError(NO_ANSWER, facts) from None
        return MsalAnswer(answer.status, answer.body.decode(errors="replace"), answer.headers)
