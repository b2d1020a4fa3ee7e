"""How people are found by their names: by those who may know everybody."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.finding import Finder, Found
from accounts.models import User
from accounts.permissions import Permission


def _show(rows: list[User], by: User) -> list[Found]:
    """Lead to what they have to do: there is no page of a person."""
    tasks = reverse("task-list")
    return [Found(each.full_name, f"{tasks}?assignee={each.pk}", each.email) for each in rows]


PEOPLE = Finder(
    title=_("People"),
    icon="person",
    grant=Permission.USER_READ,
    rows=lambda user: User.objects.visible_to(user).active(),
    fields=("full_name", "email"),
    show=_show,
    order="full_name",
)
