"""Who carries a token or a key, as the database knows them at this moment: one round trip."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from accounts.identity_models import ApiKey
from accounts.key_tokens import KeyClaims
from accounts.models import RefreshFamily, Role, Team, User
from accounts.tokens import Claims
from tenants.context import atomic, current_tenant
from tenants.memory import version_now
from tenants.reads import Param, Read

USER = tuple(field.attname for field in User._meta.concrete_fields)
ROLE = tuple(field.attname for field in Role._meta.concrete_fields)
ID_LENGTH = 36
# How exactly it is known when a key was last used.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Nobody, or an active person; and the version of the tenant's row now."""

    person: User | None = None
    version: str | None = None


def bearer(claims: Claims | KeyClaims) -> Bearer:
    """Return whoever carries this in the tenant in force."""
    return _of_key(claims) if isinstance(claims, KeyClaims) else _of_token(claims)


def _of_token(claims: Claims) -> Bearer:
    values = {"user": claims.user_id, "session": claims.session_id, "now": timezone.now()}
    found = _token_read().rows(values, tuple)
    if not found:
        return Bearer()
    *columns, authenticated_at, version = found[0]
    # A session that was ended takes its access tokens along.
    if claims.session_id is not None and authenticated_at is None:
        return Bearer()
    person = _person(columns)
    person.session_id, person.authenticated_at = claims.session_id, authenticated_at
    return Bearer(person, version)


def _of_key(claims: KeyClaims) -> Bearer:
    found = _key_read().rows({"key": claims.key_id}, tuple)
    if not found:
        return Bearer()
    *columns, digest, scopes, expires_at, last_used_at, version = found[0]
    now = timezone.now()
    if not hmac.compare_digest(digest, claims.digest) or expires_at <= now:
        return Bearer()
    person = _person(columns)
    person.key_id = claims.key_id
    person.permissions = frozenset(person.role.permissions) & frozenset(scopes)
    is_noted = last_used_at is not None and last_used_at >= now - NOTED_EVERY
    if not is_noted and not current_tenant().moving_to:
        _note_use(claims, now)
    return Bearer(person, version)


def _note_use(claims: KeyClaims, now: datetime) -> None:
    """Write down that the key is in use, for one of those who come at once."""
    unknown = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    with atomic():
        ApiKey.objects.filter(unknown, pk=claims.key_id).update(last_used_at=now)


@cache
def _token_read() -> Read:
    """Describe it: the person, the role, the teams, the session, and how old our news are."""
    going_on = RefreshFamily.objects.filter(
        pk=Param("session"), user=OuterRef("pk"), ended_at=None, expires_at__gt=Param("now")
    ).values(at=Coalesce("authenticated_at", "created_at"))
    people = User.objects.active().filter(pk=Param("user")).order_by()
    people = people.annotate(session_at=Subquery(going_on))
    return _described(people, "pk", "", "session_at")


@cache
def _key_read() -> Read:
    """Describe it: the owner of a key, and what the key may."""
    keys = ApiKey.objects.filter(pk=Param("key"), user__is_active=True).order_by()
    return _described(keys, "user", "user__", "digest", "scopes", "expires_at", "last_used_at")


def _described(rows: QuerySet[Any], person: str, path: str, *more: str) -> Read:
    line = Concat(Cast("pk", TextField()), Value(" "), "name", output_field=TextField())
    teams = Team.objects.filter(memberships__user=OuterRef(person)).order_by("name")
    led = Team.objects.filter(lead=OuterRef(person)).order_by().values("pk")
    rows = rows.annotate(
        team_lines=ArraySubquery(teams.values(line=line)),
        led=ArraySubquery(led),
        tenant_version=version_now(),
    )
    columns = (f"{path}{name}" for name in USER)
    role = (f"{path}role__{name}" for name in ROLE)
    return Read(rows.values_list(*columns, *role, "team_lines", "led", *more, "tenant_version"))


def _person(columns: list[Any]) -> User:
    *columns, team_lines, led = columns
    alias = current_tenant().db_alias
    user = User.from_db(alias, USER, columns[: len(USER)])
    user.role = Role.from_db(alias, ROLE, columns[len(USER) :])
    user.own_teams = [
        {"id": line[:ID_LENGTH], "name": line[ID_LENGTH + 1 :]} for line in team_lines
    ]
    user.led_team_ids = led
    return user
