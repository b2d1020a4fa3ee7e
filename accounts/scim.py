"""People and teams as provisioning by SCIM 2.0 sees them (RFC 7643), and what it does with them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.identity_models import Identity
from accounts.models import Team, User
from accounts.services import create_user
from accounts.staff import change_team, change_user, create_team, role_of_name
from common.errors import ConflictError, InvalidError
from tenants.context import atomic
from tenants.directory import uuid_or_none

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
# Under which name the provisioning's own ids stand among the identities.
ISSUER = "scim"
USER_NAMES = {
    "id": "pk",
    "username": "email__iexact",
    "emails.value": "email__iexact",
    "emails": "email__iexact",
    "externalid": "identities__subject",
    "active": "is_active",
    "displayname": "full_name",
}
GROUP_NAMES = {"id": "pk", "displayname": "name__iexact", "members.value": "members"}
IDS = {"pk", "members"}


def found_by(lookups: Mapping[str, Any], rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows; ids that are none, and values of another type, fit nothing."""
    for name, value in lookups.items():
        if (name == "is_active") != isinstance(value, bool):
            return rows.none()
        if name in IDS and uuid_or_none(str(value)) is None:
            return rows.none()
    if "identities__subject" in lookups:
        rows = rows.filter(identities__issuer=ISSUER)
    return rows.filter(**lookups)


def shown_user(user: User) -> dict[str, Any]:
    """Return a person as SCIM shows one."""
    known = [one.subject for one in user.identities.all() if one.issuer == ISSUER]
    given, _space, family = user.full_name.rpartition(" ")
    return {
        "schemas": [USER],
        "id": str(user.pk),
        **({"externalId": known[0]} if known else {}),
        "userName": user.email,
        "name": {"formatted": user.full_name, "givenName": given, "familyName": family},
        "displayName": user.full_name,
        "emails": [{"value": user.email, "type": "work", "primary": True}],
        "active": user.is_active,
        "roles": [{"value": user.role.name}],
        "meta": _meta("User", user.pk, user.created_at, user.updated_at),
    }


def shown_group(team: Team) -> dict[str, Any]:
    """Return a team as SCIM shows a group."""
    members = [
        {"value": str(seat.user_id), "display": seat.user.full_name}
        for seat in team.memberships.all()
    ]
    return {
        "schemas": [GROUP],
        "id": str(team.pk),
        "displayName": team.name,
        "members": members,
        "meta": _meta("Group", team.pk, team.created_at, team.updated_at),
    }


def _meta(kind: str, pk: UUID, created: Any, changed: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "created": created,
        "lastModified": changed,
        "location": f"/scim/v2/{kind}s/{pk}",
    }


# --- What is given, in whichever of its forms


def user_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a person is given, under our names. Raises InvalidError."""
    plain = {key.lower(): value for key, value in given.items()}
    named = plain.get("name")
    name: dict[str, Any] = named if isinstance(named, dict) else {}
    emails = plain.get("emails")
    email = plain.get("username") or _primary(emails)
    parts = " ".join(filter(None, (name.get("givenName"), name.get("familyName"))))
    full_name = plain.get("displayname") or name.get("formatted") or parts
    roles, outer = plain.get("roles"), plain.get("externalid")
    values = {
        "email": _text(email, "userName").lower() if email else None,
        "full_name": _text(full_name, "displayName") if full_name else None,
        "is_active": _yes_or_no(plain["active"]) if "active" in plain else None,
        "external_id": _text(outer, "externalId") if outer else None,
        "role": _text(_primary(roles), "roles") if roles else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _primary(several: Any) -> Any:
    if not isinstance(several, list):
        return several
    items = [one if isinstance(one, dict) else {"value": one} for one in several]
    items.sort(key=lambda one: one.get("primary") is not True)
    return items[0].get("value") if items else None


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 254:  # noqa: PLR2004  of an address
        raise InvalidError(f"{name} is not a text that we can keep.", code="invalidValue")
    return value


def _yes_or_no(value: Any) -> bool:
    """Return what is meant: Entra ID writes `"False"`."""
    known = {True: True, False: False, "true": True, "false": False}
    found = known.get(value.lower() if isinstance(value, str) else value)
    if found is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        raise InvalidError("active is true or false.", code="invalidValue")
    return found


# --- What is done


@atomic()
def provision_user(*, values: Mapping[str, Any], by: User) -> User:
    """Make a person who signs in elsewhere. Raises as `create_user`; `uniqueness` where one is."""
    if "email" not in values or "@" not in values["email"]:
        raise InvalidError("userName is an e-mail address.", code="invalidValue")
    role = role_of_name(values.get("role", "employee"))
    user = create_user(
        email=values["email"],
        full_name=values.get("full_name") or values["email"],
        role=role.name,
        password=None,
        by=by,
    )
    _keep_external_id(user, values)
    return update_user(user=user, values={"is_active": values.get("is_active", True)}, by=by)


@atomic()
def update_user(*, user: User, values: Mapping[str, Any], by: User) -> User:
    """Change what is given. Raises as `change_user`."""
    for name in ("email", "full_name", "is_active"):
        if name in values:
            setattr(user, name, values[name])
    if "role" in values:
        user.role = role_of_name(values["role"])
    _keep_external_id(user, values)
    return change_user(user=user, by=by)


def _keep_external_id(user: User, values: Mapping[str, Any]) -> None:
    if "external_id" not in values:
        return
    others = Identity.objects.filter(issuer=ISSUER, subject=values["external_id"])
    if others.exclude(user=user).exists():
        raise ConflictError("Somebody else has this externalId.", code="uniqueness")
    mine = Identity.objects.filter(issuer=ISSUER, user=user).first()
    row = mine or Identity(issuer=ISSUER, user=user)
    row.subject = values["external_id"]
    row.save()


def patched_user(operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the operations of a PATCH change of a person. Raises InvalidError."""
    given: dict[str, Any] = {}
    for operation in operations:
        if str(operation.get("op", "")).lower() not in {"add", "replace"}:
            raise InvalidError("Of a person nothing is removed.", code="mutability")
        path, value = operation.get("path"), operation.get("value")
        if path is None and isinstance(value, dict):
            given |= value
        else:
            given |= _at_path(str(path), value)
    return user_values(given)


def _at_path(path: str, value: Any) -> dict[str, Any]:
    """Return what a path means, of those that provisioning sends."""
    plain = path.lower().removeprefix(f"{USER.lower()}:")
    if plain.startswith("emails"):
        return {"userName": value if isinstance(value, str) else _primary(value)}
    known = {
        **{name.lower(): name for name in ("active", "userName", "displayName", "externalId")},
        "name.formatted": "displayName",
        "roles": "roles",
        "name": "name",
    }
    if plain not in known:
        raise InvalidError(f"There is nothing to change at “{path}”.", code="invalidPath")
    return {known[plain]: value}


@atomic()
def save_group(*, team: Team | None, name: str | None, members: Sequence[UUID] | None) -> Team:
    """Make a team, or change one. Raises as `create_team`."""
    if team is None:
        if not name:
            raise InvalidError("displayName is needed.", code="invalidValue")
        return create_team(name=name, member_ids=members or ())
    changes: dict[str, Any] = {}
    if name:
        changes["name"] = name
    if members is not None:
        changes["member_ids"] = members
    return change_team(team=team, changes=changes)


def member_ids(given: Any) -> list[UUID]:
    """Return the ids of members as they are given. Raises InvalidError."""
    items = given if isinstance(given, list) else [given]
    found = [uuid_or_none(str(one.get("value") if isinstance(one, dict) else one)) for one in items]
    if None in found:
        raise InvalidError("A member is named by its id.", code="invalidValue")
    return [pk for pk in found if pk is not None]
