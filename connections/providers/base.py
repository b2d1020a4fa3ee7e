"""What each vendor's sign-in promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

import jwt

from connections.asking import Ask
from connections.errors import Facts, PermanentError
from connections.words import name_of


class Tokens(TypedDict, total=False):
    """The secrets of an account."""

    access_token: str
    # Seconds since 1970; absent for a token that does not end.
    expires_at: float
    refresh_token: str
    # What msal wants to remember, in its own notation.
    cache: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a way to the vendor begins with."""

    state: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where to send the person, and what to remember until they are back."""

    url: str
    flow: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """What the vendor has agreed to."""

    account_key: str
    address: str
    scopes: list[str]
    tokens: Tokens
    details: dict[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """A vendor's way to sign in (OAuth 2), and its tokens. Raises IntegrationErrors."""

    # Whether its accounts can only be those of the whole office.
    for_office_alone: bool

    def is_set_up(self) -> bool:
        """Tell whether the platform is known to the vendor."""
        ...

    def base_url(self) -> str:
        """Return where the vendor is asked."""
        ...

    def small_question(self, mode: str, address: str) -> Ask:
        """Return what is asked to see whether an account works."""
        ...

    def begin(self, beginning: Beginning) -> Way:
        """Return where to send the person."""
        ...

    def finish(self, flow: Mapping[str, Any], reply: Mapping[str, str]) -> Account:
        """Exchange what the vendor brought back for tokens. Raises ConsentRevokedError."""
        ...

    def refresh(self, tokens: Tokens, account_key: str) -> Tokens:
        """Return new tokens. Raises ConsentRevokedError when the person has to agree again."""
        ...

    def revoke(self, tokens: Tokens) -> None:
        """Have the vendor forget us, where it can; "already gone" is good."""
        ...


def claims_of(id_token: str, *, provider: str, client_id: str, nonce: str) -> dict[str, Any]:
    """Return what the vendor says of the person. Raises PermanentError for a token not for us.

    The token came from the vendor over TLS, in answer to our own secret: its signature adds
    nothing (OpenID Connect Core 3.1.3.7, item 6).
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            options={"verify_signature": False, "verify_exp": True, "verify_aud": True},
            audience=client_id,
            leeway=120,
        )
    except jwt.InvalidTokenError as error:
        raise strange(provider) from error
    if claims.get("nonce") != nonce:
        raise strange(provider)
    return claims


def strange(provider: str) -> PermanentError:
    """Return the error of an answer that is not the one to our question."""
    words = f"{name_of(provider)} answered something else than was asked; connect it again."
    return PermanentError(words, Facts(provider, "sign_in"))
