"""How many people may be active."""

import pytest

from accounts.models import User
from accounts.services import create_user
from accounts.staff import change_user
from tenants.context import public_context
from tenants.plans import PlanLimitError
from tests.conftest import PASSWORD
from tests.plan_limits import allow


@pytest.fixture
def full(in_acme):
    """Four people are active and there is no room for a fifth."""
    allow(in_acme, users=4)
    return in_acme


def new_person(name="neo"):
    return create_user(
        email=f"{name}@acme.example", full_name=name.title(), role="employee", password=PASSWORD
    )


def test_one_more_person_is_refused_with_the_limit_in_words(full):
    with pytest.raises(PlanLimitError) as caught:
        new_person()
    assert caught.value.sentence == (
        "Your plan allows 4 active people, and you have 4."
        " Make somebody inactive, or ask for a larger plan."
    )
    assert caught.value.extra == {"limit": "users", "maximum": 4, "used": 4}


def test_somebody_inactive_makes_room_and_comes_back_only_where_there_is_some(full, eve):
    eve.is_active = False
    change_user(user=eve)
    new_person()
    eve.is_active = True
    with pytest.raises(PlanLimitError):
        change_user(user=eve)


def test_after_lowering_the_plan_people_go_on_working_and_are_changed(full, eve):
    allow(full, users=2)
    eve.full_name = "Eve Elder"
    assert change_user(user=eve).full_name == "Eve Elder"


def test_an_operator_is_nobody_of_a_plan(full):
    with public_context():
        for number in range(12):
            new_person(f"olga-{number}")
        assert User.objects.count() >= 12
