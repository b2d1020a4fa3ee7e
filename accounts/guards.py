"""What must stay true of the people of an office as a whole."""

from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from accounts.models import Role, User
from accounts.permissions import Permission
from common.errors import ConflictError, RefusedError
from tenants.context import attempt


class LastAdminError(ConflictError):
    """Without an admin nobody could ever change the office again."""

    code = "last_admin"


def ensure_an_admin_remains(*, without: User | Role) -> None:
    """Raise LastAdminError unless somebody else, or another role, still opens the console.

    Locks the admins until the transaction ends: two who demote each other do not both succeed.
    """
    grant = [Permission.ADMIN_SETTINGS]
    admins = User.objects.active().filter(role__permissions__contains=grant).order_by("pk")
    locked = list(admins.select_for_update(of=("self",)))
    kept = [user for user in locked if without.pk not in {user.pk, user.role_id}]
    if locked and not kept:
        raise LastAdminError(_("This would leave the office without an active admin."))


def require_rights_of(role: Role, by: User) -> None:
    """Raise RefusedError where the role has a right that the person lacks.

    Who may change people could otherwise make themselves admin.
    """
    if not by.permissions.issuperset(role.permissions):
        raise RefusedError(
            _("This takes rights that you do not have yourself."), code="beyond_own_rights"
        )


def save_unique(row: models.Model, sentence: StrOrPromise, attr: str) -> None:
    """Save a row. Raises ConflictError, naming the field, when another one has that value.

    Only the database knows: two may come at once.
    """
    try:
        with attempt():
            row.save()
    except IntegrityError as error:
        raise ConflictError(sentence, code=f"{attr}_taken", attr=attr) from error
