"""What must stay true of the people of an office as a whole."""

from accounts.models import Role, User
from accounts.permissions import Permission
from common.errors import ConflictError


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
        raise LastAdminError("This would leave the office without an active admin.")
