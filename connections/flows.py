"""The way to a vendor and back (OAuth 2): begun by a person, ended by the same person.

The vendor comes back to the shared host, which knows no sessions: there its answer is only put
aside. The word that it brings says which office it is of. Then the person's browser goes on to the
office's own host, where the person who is signed in must be the one who began.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from common.errors import AppError, ConflictError, MissingError, RefusedError, UnprocessableError
from connections.errors import IntegrationError
from connections.models import Connection, OAuthState, State
from connections.providers import PROVIDERS, Account, Beginning, Provider, Way
from connections.tokens import write_tokens
from connections.words import name_of
from tenants.context import atomic, attempt, current_tenant, tenant_transaction
from tenants.directory import address_of, office_of_account, open_tenant_or_none

PATIENCE = timedelta(minutes=10)
TENANT_BYTES, SIZE = 16, 32
# What vendors bring back and we read.
BROUGHT = frozenset({"code", "state", "error", "error_subcode", "client_info", "scope"})
LONGEST = 4096
GONE = _lazy("This way to connect an account is good no longer; begin again.")


class BadStateError(UnprocessableError):
    """The answer of a vendor belongs to nobody who asked; why is not said."""

    code = "bad_state"


def callback_url(provider: str) -> str:
    """Return where the vendor comes back to; it must be told to the vendor exactly so."""
    return f"{settings.PUBLIC_URL}/api/v1/integrations/{provider}/callback"


def begin_connecting(*, provider: str, by: User, for_office: bool = False) -> str:
    """Return where the person has to go. Asks the vendor: called in no transaction.

    Raises MissingError where the platform is not known to the vendor, and RefusedError.
    """
    vendor = PROVIDERS[provider]
    for_office = for_office or vendor.for_office_alone
    if not vendor.is_set_up():
        raise MissingError(
            _("This platform does not work with {provider}.").format(provider=name_of(provider)),
            code="not_set_up",
        )
    if for_office and not by.may(Permission.ADMIN_SETTINGS):
        raise RefusedError(_("Only an admin connects an account for the whole office."))
    secret = current_tenant().pk.bytes + token_bytes(SIZE)
    state = urlsafe_b64encode(secret).decode()
    way = _begin(vendor, Beginning(state, callback_url(provider)))
    _remember(secret, provider=provider, by=by, for_office=for_office, flow=way.flow)
    return way.url


def _begin(vendor: Provider, beginning: Beginning) -> Way:
    try:
        return vendor.begin(beginning)
    except IntegrationError as error:
        raise unavailable(error) from error


class VendorError(AppError):
    """The vendor did not do it; the sentence says why."""

    status = 422
    code = "vendor_refused"


def unavailable(error: IntegrationError) -> VendorError:
    """Return the refusal to show."""
    return VendorError(str(error))


@atomic()
def _remember(
    secret: bytes, *, provider: str, by: User, for_office: bool, flow: Mapping[str, Any]
) -> None:
    now = timezone.now()
    OAuthState.objects.filter(created_at__lt=now - PATIENCE).delete()
    OAuthState.objects.create(
        digest=_digest(secret),
        person=by,
        provider=provider,
        for_office=for_office,
        flow=orjson.dumps(flow).decode(),
        created_at=now,
    )


def park_reply(*, provider: str, values: Mapping[str, str]) -> str | None:
    """Put the vendor's answer aside and return where the person goes on; None for a stranger's.

    The first answer counts: a second one with the same word changes nothing.
    """
    secret = _secret_of(values.get("state", ""))
    tenant = open_tenant_or_none(UUID(bytes=secret[:TENANT_BYTES])) if secret else None
    if secret is None or tenant is None:
        return None
    kept = {name: text[:LONGEST] for name, text in values.items() if name in BROUGHT}
    with tenant_transaction(tenant):
        rows = _good_states(secret).filter(provider=provider).select_for_update(of=("self",))
        row = rows.first()
        if row is None:
            return None
        if not row.reply:
            row.reply = orjson.dumps(kept).decode()
            row.save(update_fields=["reply"])
        return f"{address_of(tenant)}/connections/finish?state={values['state']}"


def finish_connecting(*, state: str, by: User) -> Connection:
    """Exchange what the vendor brought for tokens, once. Asks the vendor: in no transaction.

    Raises BadStateError for a word that is not this person's, was used or is too old; VendorError.
    """
    row = _take(state, by)
    vendor = PROVIDERS[row.provider]
    try:
        account = vendor.finish(orjson.loads(row.flow), orjson.loads(row.reply))
    except IntegrationError as error:
        raise unavailable(error) from error
    return keep_account(
        provider=row.provider, account=account, person=None if row.for_office else by
    )


@atomic()
def _take(state: str, by: User) -> OAuthState:
    secret = _secret_of(state)
    if secret is None or secret[:TENANT_BYTES] != current_tenant().pk.bytes:
        raise BadStateError(GONE)
    rows = _good_states(secret).select_for_update(of=("self",))
    row = rows.filter(person=by).exclude(reply="").first()
    if row is None or (row.for_office and not by.may(Permission.ADMIN_SETTINGS)):
        raise BadStateError(GONE)
    OAuthState.objects.filter(pk=row.pk).delete()
    return row


def _good_states(secret: bytes) -> QuerySet[OAuthState]:
    young = OAuthState.objects.filter(created_at__gt=timezone.now() - PATIENCE)
    return young.filter(digest=_digest(secret), person__is_active=True)


@atomic()
def keep_account(*, provider: str, account: Account, person: User | None) -> Connection:
    """Store the account as connected; one that was there is brought back with what it had.

    Raises ConflictError for a workspace that another office has connected.
    """
    office = office_of_account(provider, account.account_key)
    if office is not None and office != current_tenant().pk:
        raise _taken()
    rows = Connection.objects.select_for_update(of=("self",))
    mine = rows.filter(provider=provider, account_key=account.account_key, person=person)
    row = mine.first() or Connection(
        provider=provider, account_key=account.account_key, person=person
    )
    row.address, row.scopes = account.address[:254], account.scopes
    row.details, row.secrets = account.details, write_tokens(account.tokens)
    row.state, row.last_error, row.last_ok_at = State.ACTIVE, "", timezone.now()
    row.refreshing_until = None
    try:
        with attempt():
            row.save()
    except IntegrityError as error:
        raise _taken() from error
    return row


def _taken() -> ConflictError:
    return ConflictError(_("This workspace is connected with another office."), code="taken")


def _secret_of(text: str) -> bytes | None:
    try:
        secret = urlsafe_b64decode(text.encode("ascii"))
    except (Error, ValueError):
        return None
    return secret if len(secret) == TENANT_BYTES + SIZE else None


def _digest(secret: bytes) -> str:
    return sha256(secret).hexdigest()
