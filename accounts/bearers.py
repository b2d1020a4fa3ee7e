"""Who carries an access token, as the database knows them at this moment: one round trip."""

from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Role, Team, User
from tenants.context import current_tenant
from tenants.memory import version_now
from tenants.reads import Param, Read

USER = tuple(field.attname for field in User._meta.concrete_fields)
ROLE = tuple(field.attname for field in Role._meta.concrete_fields)
ID_LENGTH = 36


@cache
def _read() -> Read:
    """Describe it: the person, the role, the teams, those led, and how old our news are."""
    line = Concat(Cast("pk", TextField()), Value(" "), "name", output_field=TextField())
    teams = Team.objects.filter(memberships__user=OuterRef("pk")).order_by("name").values(line=line)
    people = User.objects.active().filter(pk=Param("user")).order_by()
    led = Team.objects.filter(lead=OuterRef("pk")).order_by().values("pk")
    people = people.annotate(
        team_lines=ArraySubquery(teams), led=ArraySubquery(led), tenant_version=version_now()
    )
    role = (f"role__{name}" for name in ROLE)
    return Read(people.values_list(*USER, *role, "team_lines", "led", "tenant_version"))


def bearer(user_id: UUID) -> tuple[User | None, str | None]:
    """Return an active person of the tenant in force, and the version of the tenant's row now."""
    found = _read().rows({"user": user_id}, tuple)
    if not found:
        return None, None
    *columns, team_lines, led, version = found[0]
    person = _person(columns, team_lines)
    person.led_team_ids = led
    return person, version


def _person(columns: list[Any], team_lines: list[str]) -> User:
    alias = current_tenant().db_alias
    user = User.from_db(alias, USER, columns[: len(USER)])
    user.role = Role.from_db(alias, ROLE, columns[len(USER) :])
    user.own_teams = [
        {"id": line[:ID_LENGTH], "name": line[ID_LENGTH + 1 :]} for line in team_lines
    ]
    return user
