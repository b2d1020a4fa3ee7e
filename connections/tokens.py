"""Access tokens: whoever needs one gets it, and one worker alone asks the vendor for a new one.

A refresh token is spent when it is used. So the worker that refreshes holds a lease, which it takes
under the row's lock; the vendor is asked outside any transaction, and the others wait and look
again.
"""

from datetime import timedelta
from time import monotonic, sleep, time
from typing import NamedTuple
from uuid import UUID

import orjson
from django.utils import timezone

from connections.errors import ConsentRevokedError, Facts, IntegrationError, TransientError
from connections.models import Connection
from connections.providers import PROVIDERS, Tokens
from connections.states import note_lost, note_trouble
from connections.words import name_of
from tenants.context import atomic

# A token that ends within this is as good as ended.
MARGIN_SECONDS = 120
# Longer than a vendor is waited for, discovery and all.
LEASE = timedelta(seconds=75)
PATIENCE_SECONDS = 40
LOOK_EVERY = 0.1


class Held(NamedTuple):
    """What was found under the lock: a good token, or secrets that are ours to renew, or none."""

    token: str = ""
    secrets: str = ""
    account_key: str = ""
    provider: str = ""


def access_token(pk: UUID, *, refused: str = "") -> str:
    """Return a token of the account that is good, and is not the one that the vendor refused.

    Raises ConsentRevokedError when the account has to be connected again, and TransientError.
    """
    end = monotonic() + PATIENCE_SECONDS
    while True:
        held = _look(pk, refused)
        if held.token:
            return held.token
        if held.secrets:
            return _renew(pk, held)
        if monotonic() > end:
            words = "Another worker has been asking for a new token for a long time."
            raise TransientError(words, Facts(held.provider, "refresh"))
        sleep(LOOK_EVERY)


@atomic()
def _look(pk: UUID, refused: str) -> Held:
    """Return the token; or take the lease and return the secrets; or neither: look again."""
    rows = Connection.objects.select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None or not row.is_usable or not row.secrets:
        facts = Facts(row.provider if row else "microsoft", "token", sent=False)
        raise ConsentRevokedError("This account has to be connected again.", facts)
    tokens = read_tokens(row)
    token = tokens.get("access_token", "")
    if (
        token
        and token != refused
        and tokens.get("expires_at", time() * 2) > time() + MARGIN_SECONDS
    ):
        return Held(token=token)
    now = timezone.now()
    if row.refreshing_until is not None and row.refreshing_until > now:
        return Held(provider=row.provider)
    row.change(refreshing_until=now + LEASE)
    return Held("", row.secrets, row.account_key, row.provider)


def _renew(pk: UUID, held: Held) -> str:
    provider = PROVIDERS[held.provider]
    try:
        fresh = provider.refresh(orjson.loads(held.secrets), held.account_key)
    except ConsentRevokedError as error:
        note_lost(pk, str(error))
        raise
    except IntegrationError as error:
        _give_up(pk, held.secrets)
        note_trouble(pk, str(error))
        raise
    except BaseException:
        _give_up(pk, held.secrets)
        raise
    _keep(pk, held, fresh)
    return fresh["access_token"]


@atomic()
def _keep(pk: UUID, held: Held, fresh: Tokens) -> None:
    """Store the new tokens, unless the account was disconnected or connected anew meanwhile."""
    row = Connection.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or row.secrets != held.secrets:
        facts = Facts(held.provider, "refresh")
        words = f"The account at {name_of(held.provider)} was changed meanwhile."
        raise TransientError(words, facts)
    row.change(secrets=write_tokens(fresh), refreshing_until=None)


@atomic()
def _give_up(pk: UUID, secrets: str) -> None:
    """Let the next worker try at once."""
    row = Connection.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is not None and row.secrets == secrets:
        row.change(refreshing_until=None)


def read_tokens(connection: Connection) -> Tokens:
    """Return the account's secrets."""
    told: Tokens = orjson.loads(connection.secrets) if connection.secrets else Tokens()
    return told


def write_tokens(tokens: Tokens) -> str:
    """Return them as they are stored."""
    return orjson.dumps(tokens).decode()
