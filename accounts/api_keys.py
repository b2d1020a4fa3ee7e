"""API keys: made by people for their own programs, and by admins for service accounts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.guards import require_rights_of
from accounts.identity_models import ApiKey
from accounts.key_tokens import SHOWN, write_key
from accounts.models import User
from accounts.notices import NoticeKind, register_notice, write_to
from accounts.permissions import Permission
from common.errors import InvalidError, RefusedError
from tenants.context import atomic, current_tenant

MADE = "api_key_made"
GOOD_FOR, LONGEST = timedelta(days=90), timedelta(days=366)
MOST = 50


@atomic()
def create_api_key(
    *,
    name: str,
    scopes: Sequence[str],
    by: User,
    expires_at: datetime | None = None,
    owner_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key of the person, or of a service account, and its text: shown once.

    Raises InvalidError for scopes beyond the owner's rights or a time that will not do, and
    RefusedError for the account of somebody else, or of more rights.
    """
    owner = _owner(owner_id, by)
    _check(scopes, expires_at, owner)
    if ApiKey.objects.filter(user=owner).count() >= MOST:
        raise InvalidError(
            _("There are {most} keys already; delete one.").format(most=MOST), code="too_many_keys"
        )
    key_id = uuid4()
    text, digest = write_key(key_id, current_tenant().pk)
    key = ApiKey(
        id=key_id,
        user=owner,
        name=name.strip(),
        prefix=text[:SHOWN],
        digest=digest,
        scopes=sorted(set(scopes)),
        expires_at=expires_at or timezone.now() + GOOD_FOR,
    )
    key.save(force_insert=True)
    lines = (
        format_lazy(
            _lazy("The key “{name}” was made just now; it opens the office for programs."),
            name=key.name,
        ),
        _lazy("If it was not you, delete it in your profile and change your password."),
    )
    write_to(by, MADE, _lazy("A new API key"), lines)
    return key, text


@atomic()
def change_api_key(*, key: ApiKey, changes: Mapping[str, Any], by: User) -> ApiKey:
    """Change name, scopes or end. Raises as `create_api_key`."""
    _owner(key.user_id, by)
    for name, value in changes.items():
        setattr(key, name, sorted(set(value)) if name == "scopes" else value)
    _check(key.scopes, changes.get("expires_at"), key.user)
    key.save()
    return key


@atomic()
def delete_api_key(*, key: ApiKey) -> None:
    """Delete it; it opens nothing from now on."""
    key.delete()


def _owner(owner_id: UUID | None, by: User) -> User:
    if owner_id in {None, by.pk}:
        return by
    people = User.objects.active().with_rights().filter(pk=owner_id, is_service=True)
    owner: User | None = people.first()
    if owner is None:
        sentence = _("There is no such service account.")
        raise InvalidError(sentence, code="unknown_user", attr="owner_id")
    if not by.may(Permission.USER_UPDATE):
        raise RefusedError(_("Your role does not include this."))
    require_rights_of(owner.role, by)
    return owner


def _check(scopes: Sequence[str], expires_at: datetime | None, owner: User) -> None:
    if beyond := sorted({*scopes} - owner.permissions):
        sentence = _("The owner may not do this either: {names}.").format(names=", ".join(beyond))
        raise InvalidError(sentence, code="beyond_own_rights", attr="scopes")
    now = timezone.now()
    if expires_at is not None and not now < expires_at <= now + LONGEST:
        sentence = "A key ends at some time from now on, within a year."
        raise InvalidError(sentence, attr="expires_at")


register_notice(MADE, NoticeKind())
