"""The second factor: codes of an app (RFC 6238), and a sheet of codes for the day it is lost."""

import json
from datetime import timedelta
from secrets import choice
from time import time
from typing import Any
from uuid import UUID

import pyotp
from django.contrib.auth.hashers import get_hasher
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.identity_models import Authenticator, Factor
from accounts.links import BadLinkError, id_in, make_token, read_token
from accounts.models import User
from accounts.notices import NoticeKind, register_notice, write_to
from accounts.throttle import require_turn
from common.errors import ConflictError, InvalidError, MissingError, RefusedError
from tenants.context import atomic, current_tenant, tenant_transaction
from tenants.models import Tenant

PURPOSE, CHANGED = "mfa", "second_factor"
GOOD_FOR = timedelta(minutes=5)
STEP = 30
# Clocks differ: the codes before and after count as well.
WINDOW = (-1, 0, 1)
CODES, CODE_LENGTH = 10, 12
# Without those that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG = _lazy("This is not the code, or it was used already.")


def needs_code(user: User) -> bool:
    """Tell whether the password is not enough.

    Second factors stay out of archives: who came by one shows their password, until they have set
    up another one.
    """
    if not user.mfa_enabled:
        return False
    mine = Authenticator.objects.filter(user=user).confirmed()
    if not mine.exists():
        User.objects.filter(pk=user.pk).update(mfa_enabled=False)
        user.mfa_enabled = False
    return user.mfa_enabled


@atomic()
def begin_totp(*, user: User) -> tuple[str, str]:
    """Return a new secret for the person's app, as text and as an address.

    It counts once a code of it was shown. Raises ConflictError where there is one already.
    """
    mine = Authenticator.objects.filter(user=user, kind=Factor.TOTP)
    if mine.confirmed().exists():
        raise ConflictError(_("You have an app already; take it out first."), code="totp_exists")
    mine.delete()
    secret = pyotp.random_base32()
    Authenticator.objects.create(user=user, kind=Factor.TOTP, name="Codes of an app", secret=secret)
    office = current_tenant().name
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=office)
    return secret, address


def confirm_totp(*, user: User, code: str) -> list[str]:
    """Make the app count, and return the recovery codes, which are shown this once.

    Raises MissingError where none was begun, and InvalidError for a wrong code.
    """
    require_turn(mfa_of_account=str(user.pk))
    with atomic():
        rows = Authenticator.objects.select_for_update(of=("self",))
        row = rows.filter(user=user, kind=Factor.TOTP, confirmed_at=None).first()
        if row is None:
            raise MissingError(_("Begin with a new app first."))
        if not _fits(row, code):
            raise InvalidError(WRONG, code="wrong_code", attr="code")
        row.confirmed_at = timezone.now()
        row.save()
        enable(user, _lazy("An app with codes was set up for your account just now."))
        return new_recovery_codes(user=user)


def enable(user: User, words: StrOrPromise) -> None:
    """Ask for a second factor from now on, and tell the person."""
    User.objects.filter(pk=user.pk).update(mfa_enabled=True)
    user.mfa_enabled = True
    lines = (words, _lazy("If it was not you, ask your office's admin for help at once."))
    write_to(user, CHANGED, _lazy("Your second factor"), lines)


@atomic()
def new_recovery_codes(*, user: User) -> list[str]:
    """Return new codes, each good once, in place of those before."""
    codes = ["".join(choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    salt = get_hasher().salt()
    Authenticator.objects.filter(user=user, kind=Factor.RECOVERY).delete()
    Authenticator.objects.create(
        user=user,
        kind=Factor.RECOVERY,
        name="Recovery codes",
        secret=json.dumps({"salt": salt, "codes": [_digest(code, salt) for code in codes]}),
        confirmed_at=timezone.now(),
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


@atomic()
def remove_authenticator(*, authenticator: Authenticator) -> None:
    """Take one out; without an app and a passkey the password is enough again.

    Raises RefusedError for the last one where the office wants one.
    """
    user = User.objects.with_rights().select_for_update(of=("self",)).get(pk=authenticator.user_id)
    authenticator.delete()
    others = Authenticator.objects.filter(user=user).confirmed().exclude(kind=Factor.RECOVERY)
    if others.exists():
        return
    user.mfa_enabled = False
    if user.must_enrol:
        sentence = _("Your office wants a second factor of you; set up another one first.")
        raise RefusedError(sentence, code="mfa_wanted")
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(mfa_enabled=False)
    lines = (
        _lazy("Your account has no second factor any more: the password alone is enough."),
        _lazy("If it was not you, ask your office's admin for help at once."),
    )
    write_to(user, CHANGED, _lazy("Your second factor"), lines)


@atomic()
def reset_factors(*, user: User) -> None:
    """Take all of somebody's out: an admin does it for who has lost them."""
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(mfa_enabled=False)
    lines = (_lazy("An admin took out your second factor; set up a new one."),)
    write_to(user, CHANGED, _lazy("Your second factor"), lines)


def use_code(*, user: User, code: str) -> str:
    """Spend a code of the app or of the sheet; return which. Raises InvalidError, TooManyError."""
    require_turn(mfa_of_account=str(user.pk))
    with atomic():
        rows = Authenticator.objects.filter(user=user).confirmed()
        rows = rows.exclude(kind=Factor.PASSKEY).select_for_update(of=("self",))
        for row in rows:
            if _fits(row, code) if row.kind == Factor.TOTP else _is_on_sheet(row, code):
                row.last_used_at = timezone.now()
                row.save()
                return str(row.kind)
    raise InvalidError(WRONG, code="wrong_code", attr="code")


def _fits(row: Authenticator, code: str) -> bool:
    """Tell whether it is a code of now that was not used, and note its step."""
    text, now = "".join(code.split()), int(time()) // STEP
    totp = pyotp.TOTP(row.secret)
    for step in (now + ahead for ahead in WINDOW):
        if step > row.counter and constant_time_compare(totp.generate_otp(step), text):
            row.counter = step
            return True
    return False


def _is_on_sheet(row: Authenticator, code: str) -> bool:
    """Tell whether it is one of the codes, and cross it out."""
    plain = "".join(letter for letter in code.lower() if letter in LETTERS)
    if len(plain) != CODE_LENGTH:
        return False
    sheet = json.loads(row.secret)
    shown = _digest(plain, sheet["salt"])
    if shown not in sheet["codes"]:
        return False
    sheet["codes"].remove(shown)
    row.secret = json.dumps(sheet)
    return True


def _digest(code: str, salt: str) -> str:
    """Return the hash of a code, made as those of passwords (ASVS 5.0, 6.5.2).

    The codes of a sheet share their salt, so that whoever tries one costs one hash and not ten.
    """
    return get_hasher().encode(code, salt)


# --- Between the password and the code


def make_mfa_token(user: User) -> str:
    """Return what shows, for five minutes, that the person has shown the password."""
    return make_token(PURPOSE, i=user.pk.hex, s=_stamp(user))


def person_of(token: str) -> tuple[Tenant, User]:
    """Return who has shown the password, and the office. Raises BadLinkError."""
    tenant, claims = read_token(PURPOSE, token, good_for=GOOD_FOR)
    with tenant_transaction(tenant):
        return tenant, _person(id_in(claims), claims)


def _person(pk: UUID, claims: dict[str, Any]) -> User:
    user: User | None = User.objects.active().with_rights().filter(pk=pk).first()
    if user is None or not constant_time_compare(str(claims.get("s")), _stamp(user)):
        raise BadLinkError
    return user


def _stamp(user: User) -> str:
    text = f"{user.password}|{user.last_login}"
    return salted_hmac("accounts.mfa", text).hexdigest()[:32]


register_notice(CHANGED, NoticeKind())
