"""Whom people see."""

import pytest

from accounts.models import Role, Team, TeamMembership, User
from tests.conftest import person

ALL = {"ada@acme.example", "max@acme.example", "eve@acme.example", "sarah@acme.example"}


def seen_by(user) -> set[str]:
    return set(User.objects.visible_to(user).values_list("email", flat=True))


@pytest.mark.parametrize("email", ["ada@acme.example", "max@acme.example"])
def test_those_who_may_read_people_see_everybody_of_their_office(in_acme, email):
    assert seen_by(person(email)) == ALL


@pytest.mark.parametrize("email", ["eve@acme.example", "sarah@acme.example"])
def test_the_others_see_themselves(in_acme, email):
    assert seen_by(person(email)) == {email}


def test_a_disabled_admin_sees_nobody_else(ada):
    ada.is_active = False
    assert seen_by(ada) == {"ada@acme.example"}


def test_a_role_of_the_offices_own_opens_what_it_grants(eve):
    eve.role = Role.objects.create(name="reader", permissions=["user:read"])
    assert seen_by(eve) == ALL


@pytest.fixture
def teams(in_acme, finance, eve, ada) -> None:
    TeamMembership.objects.create(
        team=Team.objects.create(name="Led by Eve", lead=eve), user=eve, position=1
    )
    Team.objects.create(name="Led by Ada", lead=ada)


@pytest.mark.parametrize(
    ("email", "names"),
    [
        ("ada@acme.example", ["Finance", "Led by Ada", "Led by Eve"]),
        ("max@acme.example", ["Finance", "Led by Ada", "Led by Eve"]),
        ("eve@acme.example", ["Led by Eve"]),
        ("sarah@acme.example", ["Finance"]),
    ],
)
def test_people_see_each_team_of_their_own_once(teams, email, names):
    assert [team.name for team in Team.objects.visible_to(person(email))] == names


def test_members_keep_the_teams_own_order(finance, eve, sarah):
    TeamMembership.objects.create(team=finance, user=eve, position=0)
    TeamMembership.objects.filter(team=finance, user=sarah).update(position=2)
    first = finance.memberships.select_related("user").first()
    assert first is not None
    assert first.user == eve
