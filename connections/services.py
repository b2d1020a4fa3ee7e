"""What people do with connected accounts."""

from contextlib import suppress
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from common.errors import MissingError, RefusedError
from connections.announcing import tell_ended
from connections.client import Client
from connections.errors import IntegrationError
from connections.flows import begin_connecting, finish_connecting, keep_account, park_reply
from connections.models import Connection, State
from connections.providers import PROVIDERS
from connections.tokens import read_tokens
from tenants.context import atomic

ENDED = "It was disconnected here."


def disconnect_provider(*, provider: str, by: User, of_office: bool) -> None:
    """Disconnect the person's accounts at a vendor, or those of the office.

    Asks the vendor: called in no transaction. None to disconnect is good as well.
    """
    of_office = of_office or PROVIDERS[provider].for_office_alone
    if of_office and not by.may(Permission.ADMIN_SETTINGS):
        raise RefusedError("Only an admin disconnects an account of the whole office.")
    with atomic():
        rows = Connection.objects.filter(Q(person=None) if of_office else Q(person=by))
        found = list(rows.filter(provider=provider).values_list("pk", flat=True))
    for pk in found:
        end_connection(pk)


def disconnect(*, connection_id: UUID, by: User) -> None:
    """Disconnect one account that the person sees. Raises MissingError."""
    with atomic():
        seen = Connection.objects.visible_to(by).filter(pk=connection_id)
        if not seen.exists():
            raise MissingError("There is no such account.")
    end_connection(connection_id)


def end_connection(pk: UUID) -> None:
    """Stop what runs at the vendor, have the permission forgotten, wipe the secrets.

    Each step bears that the vendor has forgotten us already, or does not answer: in the end
    nothing here can be used any more.
    """
    with atomic():
        row = Connection.objects.filter(pk=pk).first()
    if row is None:
        return
    if row.is_usable:
        tell_ended(row)
    if row.secrets:
        with suppress(IntegrationError):
            PROVIDERS[row.provider].revoke(read_tokens(row))
    with atomic():
        row.change(state=State.DISABLED, secrets="", last_error=ENDED, refreshing_until=None)


def check_connection(pk: UUID) -> str:
    """Ask the vendor for something small; return what is wrong, in words, or nothing.

    Asks the vendor: called in no transaction. The account's state says the same afterwards.
    """
    with atomic():
        row = Connection.objects.filter(pk=pk).first()
    if row is None or not row.is_usable:
        return "This account has to be connected again."
    try:
        Client(row).ask(PROVIDERS[row.provider].small_question(row.mode, row.address))
    except IntegrationError as error:
        return str(error)
    return ""


def check_own(*, connection_id: UUID, by: User) -> str:
    """Do the same for an account that the person sees. Raises MissingError."""
    with atomic():
        if not Connection.objects.visible_to(by).filter(pk=connection_id).exists():
            raise MissingError("There is no such account.")
    return check_connection(connection_id)


__all__ = [
    "begin_connecting",
    "check_connection",
    "check_own",
    "disconnect",
    "disconnect_provider",
    "end_connection",
    "finish_connecting",
    "keep_account",
    "park_reply",
]
