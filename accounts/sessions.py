"""Signing in, refreshing and signing out of the API.

Each function opens its own short transactions: the password hash is computed between them, and what
a refused request writes (a family ended by reuse) stays written.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.mfa import make_mfa_token, needs_code, use_code
from accounts.mfa import person_of as mfa_person
from accounts.models import RefreshFamily, User
from accounts.session_limits import session_limits
from accounts.sign_ins import open_session
from accounts.throttle import Guess
from accounts.tokens import BAD_TOKEN, RefreshClaims, read_refresh_token, token_pair
from common.errors import ConflictError, ElsewhereError, UnauthenticatedError
from tenants.context import atomic, tenant_context, tenant_or_none, tenant_transaction
from tenants.directory import offices_of_email, open_tenant_or_none
from tenants.models import Tenant
from tenants.regions import address_in, region_of, require_here

BAD_LOGIN = _lazy("The e-mail or the password is not right.")


def sign_in(*, email: str, password: str, slug: str | None = None) -> dict[str, Any]:
    """Return the first tokens of a new session in the one office where both fit.

    Raises UnauthenticatedError, the same for every reason and after the same work, ConflictError
    `tenant_required` when several offices fit, ElsewhereError when another region says that they
    fit there, and TooManyError after too many wrong passwords. Call it in no transaction.
    """
    guess = Guess(email)
    fitting = offices_where_both_fit(email, password, slug)
    region = None
    if not fitting and tenant_or_none() is None:
        region = region_of({"email": email, "password": password, "slug": slug})
    if not fitting and region is None:
        raise UnauthenticatedError(BAD_LOGIN)
    guess.was_right()
    if region is not None:
        raise ElsewhereError(address_in(region))
    if len(fitting) > 1:
        raise ConflictError(
            _("This e-mail and password fit several offices; name one in “tenant”."),
            code="tenant_required",
            attr="tenant",
            extra={"tenants": sorted(office.slug for office in fitting)},
        )
    with tenant_transaction(fitting[0]):
        user = User.objects.get_by_natural_key(email)
        if needs_code(user):
            raise MfaRequiredError(make_mfa_token(user))
        return begin_session(user=user)


def offices_where_both_fit(email: str, password: str, slug: str | None) -> list[Tenant]:
    """Return where the password is right, after the same work if it is nowhere."""
    return [
        office
        for office in _offices(email, slug)
        if _password_fits(office, email, password) and office is not None
    ]


class MfaRequiredError(UnauthenticatedError):
    """The password was right; a code is wanted as well."""

    code = "mfa_required"

    def __init__(self, token: str) -> None:
        super().__init__(_("Show a code of your second factor."), extra={"mfa_token": token})


def sign_in_with_code(*, mfa_token: str, code: str) -> dict[str, Any]:
    """Return the first tokens of who has shown the password and shows a code now.

    Raises BadLinkError, InvalidError for a wrong code, and TooManyError.
    """
    tenant, user = mfa_person(mfa_token)
    with tenant_context(tenant):
        method = use_code(user=user, code=code)
        with atomic():
            return begin_session(user=user, method=method)


def _offices(email: str, slug: str | None) -> list[Tenant | None]:
    """Return where to look; `None` stands for a look that finds nobody and takes as long."""
    here = tenant_or_none()
    if here is None:
        return [*offices_of_email(email, slug=slug)] or [None]
    return [here if slug in {None, here.slug} else None]


def _password_fits(office: Tenant | None, email: str, password: str) -> bool:
    user = None
    if office is not None:
        with tenant_transaction(office):
            user = User.objects.active().filter(email=email.lower()).first()
    if user is None:
        make_password(password)
        return False
    if not check_password(password, user.password) or office is None:
        return False
    with tenant_context(office):
        fits: bool = user.may_use_password
    return fits


def begin_session(*, user: User, method: str = "password") -> dict[str, Any]:
    """Start a family of refresh tokens and return its first pair."""
    family = open_session(user=user, method=method)
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    return token_pair(user=user, family=family)


def refresh(*, raw_token: str, received_at: datetime) -> dict[str, Any]:
    """Exchange a refresh token for the next pair, once.

    Of requests that overlap one wins and the others are refused. A spent token that comes after its
    exchange was stolen or replayed: the whole family ends. Raises UnauthenticatedError.
    """
    claims = read_refresh_token(raw_token)
    with tenant_transaction(_tenant_of(claims)):
        pair = _rotate(claims, received_at)
    if pair is None:
        raise UnauthenticatedError(BAD_TOKEN)
    return pair


def _rotate(claims: RefreshClaims, received_at: datetime) -> dict[str, Any] | None:
    # A locked row means that another request is exchanging this very token now.
    families = RefreshFamily.objects.select_for_update(skip_locked=True, of=("self",))
    family = families.filter(pk=claims.family_id, user=claims.user_id, ended_at=None).first()
    if family is None:
        return None
    if family.current_jti != claims.jti:
        if received_at > family.rotated_at:
            _end(family, why="reuse")
        return None
    if received_at - family.rotated_at > session_limits().idle:
        _end(family, why="idle")
        return None
    user = User.objects.active().with_rights().filter(pk=claims.user_id).first()
    if user is None:
        return None
    family.turn()
    return token_pair(user=user, family=family)


def sign_out(*, raw_token: str) -> None:
    """End the token's family; a token that is spent or unknown is as good as signed out.

    Raises UnauthenticatedError for what is not a refresh token of ours.
    """
    claims = read_refresh_token(raw_token)
    with tenant_transaction(_tenant_of(claims)):
        family = RefreshFamily.objects.select_for_update().filter(pk=claims.family_id).first()
        if family is not None and family.ended_at is None:
            _end(family, why="logout")


def _tenant_of(claims: RefreshClaims) -> Tenant:
    """Return the token's office, if it is open and the one that the host names."""
    here = tenant_or_none()
    tenant = open_tenant_or_none(claims.tenant_id)
    if tenant is None:
        require_here(tenant_id=claims.tenant_id)
    if tenant is None or (here is not None and here.pk != tenant.pk):
        raise UnauthenticatedError(BAD_TOKEN)
    return tenant


def _end(family: RefreshFamily, *, why: str) -> None:
    family.ended_at, family.ended_why = timezone.now(), why
    family.save(update_fields=["ended_at", "ended_why"])


def forget_ended_families() -> None:
    """Delete families whose last token has expired, and page sessions that are over."""
    now = timezone.now()
    RefreshFamily.objects.filter(expires_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
