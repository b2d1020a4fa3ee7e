"""What those who run an office do with its people, roles and teams.

Nobody gives rights that they do not have, or changes somebody who has more of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import models

from accounts.guards import ensure_an_admin_remains, require_rights_of, save_unique
from accounts.identity_models import IdentityProvider
from accounts.models import Role, Team, TeamMembership, User
from accounts.permissions import Permission
from accounts.services import (
    EMAIL_TAKEN,
    check_new_password,
    check_quiet_hours,
    create_user,
)
from accounts.sign_ins import end_all_sessions
from common.audit import links_to, release
from common.errors import ConflictError, InvalidError, RefusedError
from tenants.context import atomic
from tenants.plans import require_room

ROLE_TAKEN = "There is a role of this name already."
TEAM_TAKEN = "There is a team of this name already."


@atomic()
def add_person(*, email: str, full_name: str, role: str, password: str, by: User) -> User:
    """Let somebody in with a first password. Raises as `create_user`; errors name the field."""
    role_of_name(role)
    check_new_password(password, person=User(email=email, full_name=full_name))
    return create_user(email=email, full_name=full_name, role=role, password=password, by=by)


@atomic()
def add_service(*, full_name: str, role: str, by: User) -> User:
    """Make an account for a program, which never signs in. Raises as `create_user`."""
    row = role_of_name(role)
    require_rights_of(row, by)
    email = f"{uuid4().hex}@service.invalid"
    service = User(email=email, full_name=full_name.strip(), role=row, is_service=True)
    service.set_unusable_password()
    service.save(force_insert=True)
    require_room("users")
    return service


@atomic()
def change_user(*, user: User, password: str = "", by: User | None = None) -> User:
    """Store what was changed about a person; an empty password leaves theirs alone.

    Sessions end with the old password and with the account. Raises LastAdminError, RefusedError
    where `by` has fewer rights, ConflictError for an e-mail that another person has, and
    PlanLimitError when somebody is let in again and the plan has no room.
    """
    before = User.objects.with_rights().get(pk=user.pk)
    if by is not None:
        require_rights_of(before.role, by)
        require_rights_of(user.role, by)
    if not (user.is_active and Permission.ADMIN_SETTINGS in user.role.permissions):
        ensure_an_admin_remains(without=user)
    if password:
        user.set_password(password)
    save_unique(user, EMAIL_TAKEN, "email")
    if password or not user.is_active:
        end_all_sessions(user=user, why="password" if password else "inactive")
    if user.is_active and not before.is_active:
        require_room("users")
    return user


def change_person(*, user: User, changes: Mapping[str, Any], by: User) -> User:
    """Change the given fields of a person; `role` is the name of one. Raises as `change_user`."""
    values = dict(changes)
    if "role" in values:
        user.role = role_of_name(values.pop("role"))
    for name, value in values.items():
        setattr(user, name, value)
    check_quiet_hours(user)
    return change_user(user=user, by=by)


def require_rights_over(user: User, by: User) -> None:
    """Raise RefusedError where the person has a right that `by` lacks."""
    require_rights_of(user.role, by)


def role_of_name(name: str) -> Role:
    """Return the role. Raises InvalidError naming the field."""
    role = Role.objects.filter(name=name).first()
    if role is None:
        raise InvalidError("There is no role of this name.", code="unknown_role", attr="role")
    return role


@atomic()
def delete_user(*, user: User, heir_id: UUID | None, by: User) -> None:
    """Delete a person for good; what they are answerable for passes to the heir.

    What they said stays, under nobody's name. Raises ConflictError `has_work` where there is
    something to pass on and no heir, InvalidError for an heir who is not there, LastAdminError, and
    RefusedError for oneself and for somebody with more rights.
    """
    if user.pk == by.pk:
        raise RefusedError("Ask another admin to delete your account.", code="own_account")
    require_rights_of(user.role, by)
    ensure_an_admin_remains(without=user)
    heir = _heir(heir_id, user)
    for rows, field in links_to(user, models.PROTECT):
        if heir is None and rows.exists():
            raise ConflictError(
                "This person has work left; say in “reassign_to” who takes it.",
                code="has_work",
                attr="reassign_to",
            )
        if heir is not None:
            rows.update(**{field: heir})
    release(user)
    user.delete()


def _heir(heir_id: UUID | None, user: User) -> User | None:
    if heir_id is None:
        return None
    heir: User | None = User.objects.active().exclude(pk=user.pk).filter(pk=heir_id).first()
    if heir is None:
        raise InvalidError(
            "There is no such active person.", code="unknown_user", attr="reassign_to"
        )
    return heir


# --- Roles


@atomic()
def create_role(*, name: str, permissions: Sequence[str], by: User) -> Role:
    """Add a role of the office's own. Raises ConflictError `name_taken` and RefusedError."""
    role = Role(name=name, permissions=sorted(set(permissions)))
    require_rights_of(role, by)
    save_unique(role, ROLE_TAKEN, "name")
    return role


@atomic()
def change_role(*, role: Role, changes: Mapping[str, Any], by: User) -> Role:
    """Change a role of the office's own; it holds from its people's next request on.

    Raises RefusedError for a built-in one, LastAdminError, ConflictError `name_taken`.
    """
    _require_own(role, by)
    for name, value in changes.items():
        setattr(role, name, sorted(set(value)) if name == "permissions" else value)
    require_rights_of(role, by)
    if Permission.ADMIN_SETTINGS not in role.permissions:
        ensure_an_admin_remains(without=role)
    save_unique(role, ROLE_TAKEN, "name")
    return role


@atomic()
def delete_role(*, role: Role, by: User) -> None:
    """Delete a role that nobody has. Raises RefusedError, and ConflictError `role_in_use`."""
    _require_own(role, by)
    is_default = IdentityProvider.objects.filter(default_role=role).exists()
    if is_default or role.users.exists():
        raise ConflictError("People have this role; give them another one.", code="role_in_use")
    role.delete()


def _require_own(role: Role, by: User) -> None:
    if role.built_in:
        raise RefusedError("A built-in role stays as it is.", code="built_in")
    require_rights_of(role, by)


# --- Teams


@atomic()
def create_team(*, name: str, lead_id: UUID | None = None, member_ids: Sequence[UUID] = ()) -> Team:
    """Add a team; work given to it goes to its first member.

    Raises ConflictError `name_taken`, and InvalidError naming the field of an unknown person.
    """
    team = Team(name=name)
    _save_team(team, lead_id, member_ids)
    return team


@atomic()
def change_team(*, team: Team, changes: Mapping[str, Any]) -> Team:
    """Change the given ones of `name`, `lead_id` and `member_ids`. Raises as `create_team`."""
    team.name = changes.get("name", team.name)
    _save_team(team, changes.get("lead_id", team.lead_id), changes.get("member_ids"))
    return team


@atomic()
def delete_team(*, team: Team) -> None:
    """Delete a team; its tasks stay, without it."""
    release(team)
    team.delete()


def _save_team(team: Team, lead_id: UUID | None, member_ids: Sequence[UUID] | None) -> None:
    wanted = [*dict.fromkeys(member_ids or ())]
    known = User.objects.in_bulk([*wanted, *([lead_id] if lead_id else [])])
    for attr, given in (("lead_id", [lead_id] if lead_id else []), ("member_ids", wanted)):
        if any(pk not in known for pk in given):
            raise InvalidError("There is no such person.", code="unknown_user", attr=attr)
    team.lead = known[lead_id] if lead_id else None
    save_unique(team, TEAM_TAKEN, "name")
    if member_ids is not None:
        _seat(team, wanted)


def _seat(team: Team, wanted: Sequence[UUID]) -> None:
    seats = {seat.user_id: seat for seat in team.memberships.select_for_update()}
    TeamMembership.objects.filter(team=team).exclude(user__in=wanted).delete()
    for position, pk in enumerate(wanted):
        seat = seats.get(pk) or TeamMembership(team=team, user_id=pk, position=-1)
        if seat.position != position:
            seat.position = position
            seat.save()
