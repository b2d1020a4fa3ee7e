"""Passkeys (WebAuthn): a key on the person's own device, unlocked there, in place of a password.

The device checks the person (PIN, finger, face), so that a passkey is two factors at once. A
challenge is good once: whoever calls keeps it in the session and takes it out before it is used.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from fido2.webauthn import AuthenticationResponse as Shown

from accounts.identity_models import Authenticator, Factor
from accounts.mfa import enable, new_recovery_codes
from accounts.models import User
from common.errors import ConflictError, InvalidError
from tenants.context import atomic, current_tenant

MOST = 20
# Where the sheet of codes that comes with the first passkey waits for the page that shows it once.
FRESH_CODES = "fresh_codes"
BAD = _lazy("This passkey was not accepted.")
# What fido2 and cbor raise for what is not as it should be.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError)


class BadPasskeyError(InvalidError):
    """Not ours, not for this address, used already, or not unlocked by the person."""

    code = "bad_passkey"

    def __init__(self) -> None:
        super().__init__(BAD)


def begin_registration(*, user: User, request: HttpRequest) -> tuple[dict[str, Any], Any]:
    """Return what the browser is asked, and what is kept of it until the answer."""
    mine = Authenticator.objects.filter(user=user, kind=Factor.PASSKEY)
    if mine.count() >= MOST:
        raise ConflictError(
            _("You have {most} passkeys; take one out.").format(most=MOST), code="too_many_passkeys"
        )
    entity = PublicKeyCredentialUserEntity(
        id=user.pk.bytes, name=user.email, display_name=user.full_name
    )
    options, state = _server(request).register_begin(
        entity,
        [_credential(row) for row in mine],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


@atomic()
def finish_registration(
    *, user: User, request: HttpRequest, state: Any, answer: Mapping[str, Any], name: str
) -> Authenticator:
    """Keep a new passkey of the person. Raises BadPasskeyError."""
    try:
        made = _server(request).register_complete(state, RegistrationResponse.from_dict(answer))
    except UNREADABLE as error:
        raise BadPasskeyError from error
    credential = cast("AttestedCredentialData", made.credential_data)
    if Authenticator.objects.filter(credential=websafe_encode(credential.credential_id)).exists():
        raise BadPasskeyError
    passkey = Authenticator.objects.create(
        user=user,
        kind=Factor.PASSKEY,
        name=name.strip()[:80] or "Passkey",
        secret=b64encode(bytes(credential)).decode(),
        credential=websafe_encode(credential.credential_id),
        counter=made.counter,
        confirmed_at=timezone.now(),
    )
    if not Authenticator.objects.filter(user=user, kind=Factor.RECOVERY).exists():
        request.session[FRESH_CODES] = new_recovery_codes(user=user)
    enable(
        user,
        _("The passkey “{name}” was added to your account just now.").format(name=passkey.name),
    )
    return passkey


def begin_sign_in(*, request: HttpRequest) -> tuple[dict[str, Any], Any]:
    """Return what the browser is asked, whoever sits there, and what is kept of it."""
    options, state = _server(request).authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options), state


@atomic()
def finish_sign_in(*, request: HttpRequest, state: Any, answer: Mapping[str, Any]) -> User:
    """Return whose passkey it is. Raises BadPasskeyError."""
    try:
        shown = Shown.from_dict(answer)
        rows = Authenticator.objects.select_for_update(of=("self",)).confirmed()
        known = rows.filter(kind=Factor.PASSKEY, credential=websafe_encode(shown.raw_id))
        passkey: Authenticator = known.get()
        handle = shown.response.user_handle
        if handle is not None and UUID(bytes=handle) != passkey.user_id:
            raise BadPasskeyError
        _server(request).authenticate_complete(state, [_credential(passkey)], shown)
    except (Authenticator.DoesNotExist, *UNREADABLE) as error:
        raise BadPasskeyError from error
    counter = shown.response.authenticator_data.counter
    # Zero is what those that do not count say; less than before is a copy.
    if counter and counter <= passkey.counter:
        raise BadPasskeyError
    passkey.counter, passkey.last_used_at = counter, timezone.now()
    passkey.save()
    user: User | None = User.objects.active().with_rights().filter(pk=passkey.user_id).first()
    if user is None or not user.may_use_password:
        raise BadPasskeyError
    return user


def _server(request: HttpRequest) -> Fido2Server:
    """Return what checks answers for this host alone, under this scheme alone."""
    host = request.get_host()
    name = split_domain_port(host)[0]
    entity = PublicKeyCredentialRpEntity(id=name, name=current_tenant().name)
    origin = f"{request.scheme}://{host.lower()}"
    return Fido2Server(entity, verify_origin=lambda shown: shown == origin)


def _credential(row: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(b64decode(row.secret))
