"""A new password for who forgot theirs, and a new address: each by a letter to the mailbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.guards import save_unique
from accounts.links import BadLinkError, id_in, make_token, page_link, read_token
from accounts.models import User
from accounts.notices import Notice, NoticeKind, register_notice, send_notice, write_to
from accounts.services import (
    EMAIL_TAKEN,
    check_new_password,
    tell_of_new_password,
)
from accounts.sign_ins import end_all_sessions
from accounts.throttle import require_turn, seconds_to_wait
from common.errors import InvalidError
from common.languages import speaking
from common.origin import current_origin, set_actor
from tenants.context import atomic, current_tenant, tenant_or_none, tenant_transaction
from tenants.directory import offices_of_email
from tenants.models import Tenant

RESET, MOVE, MOVED = "password_reset", "email_move", "email_moved"
RESET_GOOD_FOR, MOVE_GOOD_FOR = timedelta(hours=1), timedelta(days=1)


@contextmanager
def steady_time(seconds: float) -> Iterator[None]:
    """Answer after just so long, whatever was found: the time tells nothing."""
    ends_at = monotonic() + seconds
    yield
    sleep(max(0.0, ends_at - monotonic()))


def ask_for_reset(*, email: str) -> None:
    """Write to the address in each office where it belongs to somebody; say nothing about it.

    Raises TooManyError for an address of the net that asks too often. A mailbox is not filled:
    beyond its rate nothing is written.
    """
    require_turn(reset_by_address=current_origin().ip or "")
    with steady_time(settings.RESET_ANSWER_SECONDS):
        here = tenant_or_none()
        offices = [here] if here else offices_of_email(email)
        if seconds_to_wait(reset_of_email=email.lower()):
            return
        for office in offices:
            _write_reset(office, email.lower())


def _write_reset(office: Tenant, email: str) -> None:
    with tenant_transaction(office):
        user = User.objects.active().filter(email=email).first()
        if user is None or not user.may_use_password:
            return
        lines = (
            format_lazy(
                _lazy("Somebody, probably you, wants a new password for you in {name}."),
                name=office.name,
            ),
            _lazy("The link is good for an hour, once. If it was not you, do nothing."),
        )
        subject = format_lazy(_lazy("Your password for {name}"), name=office.name)
        write_to(user, RESET, subject, lines, action=_lazy("Choose a new password"))


def confirm_reset(*, token: str, password: str) -> User:
    """Set a new password by the link of a letter; every session of the person ends.

    Raises BadLinkError, and InvalidError for a weak password: then the link stays good.
    """
    tenant, claims = read_token(RESET, token, good_for=RESET_GOOD_FOR)
    with tenant_transaction(tenant):
        user = _locked(id_in(claims))
        if not constant_time_compare(str(claims.get("s")), _stamp(user)):
            raise BadLinkError
        set_actor(user)
        check_new_password(password, person=user)
        user.set_password(password)
        user.email_verified_at = timezone.now()
        user.save(update_fields=["password", "email_verified_at", "updated_at"])
        end_all_sessions(user=user, why="password")
        tell_of_new_password(user)
    return user


@atomic()
def ask_to_move(*, user: User, email: str, password: str) -> None:
    """Write to a new address of the person, who shows the password; it is theirs once confirmed.

    Whether somebody else has it is not said here. Raises InvalidError for a wrong password.
    """
    if not user.check_password(password):
        sentence = _("This is not your password.")
        raise InvalidError(sentence, code="wrong_password", attr="password")
    require_turn(reset_of_email=email.lower())
    office = current_tenant().name
    with speaking(user.locale):
        send_notice(
            Notice(
                kind=MOVE,
                address=email.lower(),
                name=user.full_name,
                subject=_("Confirm your address for {office}").format(office=office),
                lines=(
                    _("{user} of {office} says that letters to this address reach them.").format(
                        user=user.full_name, office=office
                    ),
                    _("The link is good for a day. If you do not know what this is, do nothing."),
                ),
                action=_("Confirm the address"),
                about_id=user.pk,
                occasion=str(uuid4()),
            )
        )


def confirm_move(*, token: str) -> User:
    """Make the address that of the person; the old one is written to as well.

    Raises BadLinkError, and ConflictError where somebody else was first.
    """
    tenant, claims = read_token(MOVE, token, good_for=MOVE_GOOD_FOR)
    with tenant_transaction(tenant):
        user = _locked(id_in(claims))
        if not constant_time_compare(str(claims.get("s")), _stamp(user, sign_ins=False)):
            raise BadLinkError
        set_actor(user)
        old, user.email = user.email, str(claims["e"])
        user.email_verified_at = timezone.now()
        save_unique(user, EMAIL_TAKEN, "email")
        if old != user.email:
            _tell_old_address(user, old)
    return user


def _tell_old_address(user: User, old: str) -> None:
    lines = (
        format_lazy(
            _lazy("You sign in to {name} with {email} from now on."),
            name=current_tenant().name,
            email=user.email,
        ),
        _lazy("If it was not you, ask your office's admin for help at once."),
    )
    write_to(user, MOVED, _lazy("Your address was changed"), lines, address=old)


def _locked(user_id: UUID) -> User:
    people = User.objects.active().with_rights().select_for_update(of=("self",))
    user: User | None = people.filter(pk=user_id).first()
    if user is None:
        raise BadLinkError
    return user


def _stamp(user: User, *, sign_ins: bool = True) -> str:
    """Return what is another one as soon as the link was used, or the person signed in again."""
    last = user.last_login.isoformat() if sign_ins and user.last_login else ""
    return salted_hmac("accounts.links", f"{user.password}|{user.email}|{last}").hexdigest()[:32]


def _reset_link(about_id: UUID, _address: str) -> str:
    user = User.objects.get(pk=about_id)
    return page_link("reset-password", make_token(RESET, i=user.pk.hex, s=_stamp(user)))


def _move_link(about_id: UUID, address: str) -> str:
    user = User.objects.get(pk=about_id)
    stamp = _stamp(user, sign_ins=False)
    return page_link("confirm-email", make_token(MOVE, i=user.pk.hex, e=address, s=stamp))


register_notice(RESET, NoticeKind(link=_reset_link))
register_notice(MOVE, NoticeKind(link=_move_link))
register_notice(MOVED, NoticeKind())
