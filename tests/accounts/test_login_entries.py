"""The directory of e-mail addresses follows the people, whatever writes them."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role, User
from accounts.services import create_user
from common.errors import ConflictError
from tenants.context import public_context, tenant_context
from tenants.models import LoginEntry
from tests.conftest import PASSWORD


def entries(tenant) -> set[str]:
    with public_context():
        return set(LoginEntry.objects.filter(tenant=tenant).values_list("email", flat=True))


@pytest.fixture
def change(in_acme):
    """`change()` tells which addresses came and went since the test began."""
    before = entries(in_acme)
    return lambda: (entries(in_acme) - before, before - entries(in_acme))


def test_everybody_stands_in_the_directory(in_acme):
    assert entries(in_acme) == set(User.objects.values_list("email", flat=True))


def test_a_new_person_comes_in(change):
    create_user(email="New@Acme.example", full_name="New", role="employee", password=PASSWORD)
    assert change() == ({"new@acme.example"}, set())


def test_people_who_come_in_bulk_come_in(change):
    role = Role.objects.get(name="employee")
    User.objects.bulk_create(
        [User(email=f"{name}@acme.example", full_name=name, role=role) for name in "xyz"]
    )
    assert change()[0] == {"x@acme.example", "y@acme.example", "z@acme.example"}


RENAMES = [
    lambda eve: (setattr(eve, "email", "new@acme.example"), eve.save()),
    lambda eve: User.objects.filter(pk=eve.pk).update(email="new@acme.example"),
    lambda eve: sql("UPDATE accounts_user SET email = 'new@acme.example' WHERE id = %s", eve.pk),
]


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("rename", RENAMES)
def test_a_changed_address_is_changed_there(change, eve, rename):
    rename(eve)
    assert change() == ({"new@acme.example"}, {"eve@acme.example"})


def test_a_person_who_is_deleted_goes(change, eve):
    sql("DELETE FROM accounts_user WHERE id = %s", eve.pk)
    assert change() == (set(), {"eve@acme.example"})


def test_a_person_without_work_can_be_deleted(change, in_acme):
    user = create_user(
        email="new@acme.example", full_name="New", role="employee", password=PASSWORD
    )
    user.delete()
    assert change() == (set(), set())


def test_two_who_swap_addresses_both_stay(change, eve, sarah):
    User.objects.filter(pk=eve.pk).update(email="swap@acme.example")
    User.objects.filter(pk=sarah.pk).update(email="eve@acme.example")
    User.objects.filter(pk=eve.pk).update(email="sarah@acme.example")
    assert change() == (set(), set())


def test_another_change_of_the_person_changes_nothing(change, eve):
    User.objects.filter(pk=eve.pk).update(full_name="Eve Anew", is_active=False)
    assert change() == (set(), set())


def test_what_is_rolled_back_never_came_in(change):
    point = transaction.savepoint()
    create_user(email="new@acme.example", full_name="New", role="employee", password=PASSWORD)
    assert change() == ({"new@acme.example"}, set())
    transaction.savepoint_rollback(point)
    assert change() == (set(), set())


def test_the_same_address_in_another_office_is_an_entry_of_its_own(in_acme, globex):
    with tenant_context(globex):
        twin = create_user(
            email="eve@acme.example", full_name="Eve Two", role="employee", password=PASSWORD
        )
    assert "eve@acme.example" in entries(globex)
    with tenant_context(globex):
        sql("DELETE FROM accounts_user WHERE id = %s", twin.pk)
    assert "eve@acme.example" not in entries(globex)
    assert "eve@acme.example" in entries(in_acme)


@pytest.mark.parametrize("email", ["eve@acme.example", "EVE@acme.example"])
def test_an_address_belongs_to_one_person_of_an_office(in_acme, email):
    with pytest.raises(ConflictError, match="has this e-mail"):
        create_user(email=email, full_name="Eve Two", role="employee", password=PASSWORD)


def test_an_address_with_capitals_is_refused_by_the_table(eve):
    with pytest.raises(IntegrityError, match="user_email_is_lower"), transaction.atomic():
        User.objects.filter(pk=eve.pk).update(email="Eve@acme.example")
