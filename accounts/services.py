"""What people do with their own accounts, and how they come into being."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.guards import require_rights_of, save_unique
from accounts.models import Role, User
from accounts.notices import NoticeKind, register_notice, write_to
from accounts.sign_ins import end_all_sessions
from common.errors import InvalidError
from common.origin import set_actor
from tenants.context import atomic, tenant_or_none, tenant_transaction
from tenants.models import Tenant
from tenants.plans import require_room
from tenants.services import open_tenant

EMAIL_TAKEN = _lazy("Another person has this e-mail.")
PASSWORD_CHANGED = "password_changed"  # noqa: S105  a kind of letter


@atomic()
def register_organisation(
    *,
    email: str,
    password: str,
    tenant_name: str,
    full_name: str,
    slug: str | None = None,
    timezone: str = "UTC",
) -> tuple[Tenant, User]:
    """Open an office and make its first person the admin; all of it or nothing."""
    check_new_password(password, person=User(email=email, full_name=full_name))
    tenant = open_tenant(name=tenant_name, slug=slug, timezone=timezone)
    with tenant_transaction(tenant):
        user = create_user(email=email, full_name=full_name, role="admin", password=password)
    return tenant, user


def create_user(
    *, email: str, full_name: str, role: str, password: str | None, by: User | None = None
) -> User:
    """Add a person to the office in force. Without `by` the person is its own author.

    Whoever comes in on a page goes on in its language.

    Raises PlanLimitError when the plan has no room for one more, ConflictError `email_taken`, and
    RefusedError where the role has rights that `by` lacks.
    """
    tenant = tenant_or_none()
    role_row = Role.objects.get(name=role)
    if by is not None:
        require_rights_of(role_row, by)
    user = User(
        email=email.lower(),
        full_name=full_name.strip(),
        role=role_row,
        timezone=tenant.timezone if tenant else "UTC",
        locale=get_language() or settings.LANGUAGE_CODE,
    )
    user.set_password(password)
    set_actor(by or user)
    save_unique(user, EMAIL_TAKEN, "email")
    require_room("users")
    return user


def check_new_password(password: str, *, person: User, attr: str = "password") -> None:
    """Raise InvalidError, naming the field, when the password is too weak."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidError(" ".join(error.messages), code="weak_password", attr=attr) from error


@atomic()
def update_profile(*, user: User, changes: dict[str, Any]) -> User:
    """Change what people may change about themselves. Raises InvalidError naming the field."""
    user = User.objects.with_rights().select_for_update(of=("self",)).get(pk=user.pk)
    for name, value in changes.items():
        setattr(user, name, value)
    check_quiet_hours(user)
    user.save()
    return user


def check_quiet_hours(user: User) -> None:
    """Raise InvalidError when they do not begin and end, or are the whole day."""
    start, end = user.quiet_from, user.quiet_until
    if (start is None) != (end is None):
        attr = "quiet_from" if start is None else "quiet_until"
        sentence = _("Quiet hours need a beginning and an end.")
        raise InvalidError(sentence, code="required", attr=attr)
    if start is not None and start == end:
        sentence = _("Quiet hours cannot end when they begin.")
        raise InvalidError(sentence, code="whole_day", attr="quiet_until")


@atomic()
def stop_digest(*, user_id: UUID) -> None:
    """Send this person no more digests, as asked by the link in one. Harmless when run twice."""
    user = User.objects.with_rights().select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is not None and user.digest_at is not None:
        set_actor(user)
        user.digest_at = None
        user.save()


@atomic()
def change_password(*, user: User, old: str, new: str, keep: UUID | None = None) -> None:
    """Set a new password; every session and refresh token of the person ends, but for one.

    Raises InvalidError naming the field when the old one is wrong or the new one is weak.
    """
    user = User.objects.with_rights().select_for_update(of=("self",)).get(pk=user.pk)
    if not user.check_password(old):
        raise InvalidError(
            _("This is not your password."), code="wrong_password", attr="current_password"
        )
    check_new_password(new, person=user, attr="new_password")
    user.set_password(new)
    user.save(update_fields=["password", "updated_at"])
    end_all_sessions(user=user, why="password", keep=keep)
    tell_of_new_password(user)


def tell_of_new_password(user: User) -> None:
    """Write to the person that the password is another one now."""
    lines = (
        _lazy("Your password was changed just now, and all your other sessions have ended."),
        _lazy("If it was not you, ask your office's admin for help at once."),
    )
    write_to(user, PASSWORD_CHANGED, _lazy("Your password was changed"), lines)


register_notice(PASSWORD_CHANGED, NoticeKind())
